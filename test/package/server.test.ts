import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { output, packageFile, temporaryFolder } from './support/packages.ts';

const NODE_24 = `${dirname(process.execPath)}:/usr/bin:/bin`;

/** The archive, unpacked as on a server. */
function installed(): string {
  const folder = temporaryFolder();
  output('tar', '--extract', '--gzip', '--file', packageFile('-server.tar.gz'), '--directory', folder);
  return join(folder, `lifeboat-${packageJson.version}-server`);
}

function run(args: readonly string[], environment: NodeJS.ProcessEnv) {
  return spawnSync(join(installed(), 'bin/lifeboat'), args, { encoding: 'utf8', env: environment });
}

/** A `node` of some version, in a folder for PATH. */
function otherNode(version: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  return folder;
}

describe('the archive for servers', () => {
  it('has the command, the page, the helper and what is written about them, and no desktop', () => {
    const folder = installed();
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(folder, name)).isFile(),
    );
    expect(files).toEqual(
      expect.arrayContaining([
        ...[
          'LICENSE',
          'LICENSES.third-party.txt',
          'README.md',
          'bin/lifeboat',
          'lib/main/lifeboat.js',
          'lib/helper/helper.cjs',
        ],
        ...[
          'lib/renderer/index.html',
          'share/man/man1/lifeboat.1.gz',
          'share/bash-completion/completions/lifeboat',
        ],
      ]),
    );
    expect(files.filter((name) => /desktop|preload|node_modules|\.ts$|\.map$/.test(name))).toEqual([]);
    expect(statSync(packageFile('-server.tar.gz')).size).toBeLessThan(1 << 20);
  });

  it('says so where Node may not have the address space that it takes', () => {
    const command = [join(installed(), 'bin/lifeboat'), 'list'];
    const ran = spawnSync('prlimit', ['--as=1000000000:1000000000', ...command], {
      encoding: 'utf8',
      env: { PATH: NODE_24 },
    });
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toMatch(/^lifeboat: .* 976562 KiB of address space .* ulimit -v unlimited\n$/);
  });

  it('lists by the Node on PATH', () => {
    const { status, stdout } = run(['list', '--json'], { PATH: NODE_24 });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1 });
  });

  it('serves the page', async () => {
    const state = temporaryFolder();
    const child = spawn(join(installed(), 'bin/lifeboat'), ['serve', '--port', '0'], {
      env: { PATH: NODE_24, XDG_STATE_HOME: state },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill();
    });
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.includes('#token=')) break;
    }
    const [address = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said) ?? [];
    const answer = await fetch(address);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>Lifeboat');
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  });

  it('takes the Node that LIFEBOAT_NODE names', () => {
    const environment = { PATH: `${otherNode('v20.19.0')}:/usr/bin:/bin`, LIFEBOAT_NODE: process.execPath };
    expect(run(['--version'], environment)).toMatchObject({ status: 0, stdout: `${packageJson.version}\n` });
  });

  it('says in a sentence that a Node is too old', () => {
    expect(run(['list'], { PATH: `${otherNode('v22.20.0')}:/usr/bin:/bin` })).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        'lifeboat: it needs Node 24 or newer, and node is v22.20.0. LIFEBOAT_NODE=/path/to/node names another.\n',
    });
  });

  it('says in a sentence that there is no Node', () => {
    expect(run(['list'], { PATH: '/usr/bin:/bin', LIFEBOAT_NODE: '/no/such/node' })).toMatchObject({
      status: 1,
      stderr:
        'lifeboat: it needs Node 24 or newer, and there is no /no/such/node. LIFEBOAT_NODE=/path/to/node names another.\n',
    });
  });
});
