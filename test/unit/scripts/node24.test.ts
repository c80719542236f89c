import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../helpers/web-client.ts';

const SHIM = join(import.meta.dirname, '../../../scripts/node24.js');

/** A project with nothing in it but the shim, one TypeScript file, and what a test puts in. */
function project(): string {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'scripts'));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  copyFileSync(SHIM, join(dir, 'scripts/node24.js'));
  writeFileSync(
    join(dir, 'main.ts'),
    'const args: readonly string[] = process.argv.slice(2);\n' +
      'console.log(JSON.stringify({ args, file: process.argv[1] }));\nprocess.exitCode = 3;\n',
  );
  return dir;
}

function run(dir: string) {
  return spawnSync(process.execPath, ['scripts/node24.js', 'main.ts', 'a', '--b'], {
    cwd: dir,
    encoding: 'utf8',
  });
}

describe('the Node of this project', () => {
  it('is 24, from its own node_modules', () => {
    expect(process.versions.node).toMatch(/^24\./);
    expect(process.execPath).toContain('/node_modules/node-linux-');
  });
});

describe('node24.js', () => {
  it('runs a TypeScript file with its arguments and exit code', () => {
    const dir = project();
    mkdirSync(join(dir, 'node_modules/vite'), { recursive: true });
    const { stdout, stderr, status } = run(dir);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ args: ['a', '--b'], file: join(dir, 'main.ts') });
    expect(status).toBe(3);
  });

  it('says what to do where nothing is installed', () => {
    const { stderr, status } = run(project());
    expect(stderr).toBe('The packages of Lifeboat are not installed. Run "npm ci" first.\n');
    expect(status).toBe(1);
  });

  it('takes the Node of node_modules when it is started by an older one', () => {
    const dir = project();
    mkdirSync(join(dir, 'node_modules/vite'), { recursive: true });
    mkdirSync(join(dir, 'node_modules/.bin'));
    symlinkSync(process.execPath, join(dir, 'node_modules/.bin/node'));
    // Stands in for an older Node: the version is all that the shim looks at.
    writeFileSync(
      join(dir, 'old.mjs'),
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });\n",
    );
    const { stdout, status } = spawnSync(
      process.execPath,
      ['--import', './old.mjs', 'scripts/node24.js', 'main.ts', 'a'],
      { cwd: dir, encoding: 'utf8' },
    );
    expect(JSON.parse(stdout)).toMatchObject({ args: ['a'] });
    expect(status).toBe(3);
  });

  it('says what it needs when there is only an older one', () => {
    const dir = project();
    mkdirSync(join(dir, 'node_modules/vite'), { recursive: true });
    writeFileSync(
      join(dir, 'old.mjs'),
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });\n",
    );
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--import', './old.mjs', 'scripts/node24.js', 'main.ts'],
      { cwd: dir, encoding: 'utf8' },
    );
    expect(stderr).toMatch(/^Lifeboat needs Node 24; this is v/);
    expect(status).toBe(1);
  });
});
