import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(`${ROOT}/${name}`, 'utf8'));
}

function wantedBy({ dependencies, devDependencies, optionalDependencies }: Manifest): Record<string, string> {
  return { ...dependencies, ...devDependencies, ...optionalDependencies };
}

/** All files under version control that exist in the work tree. */
function projectFiles(): string[] {
  const names = execFileSync('git', ['-C', ROOT, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return names.split('\0').filter((name) => name !== '' && existsSync(`${ROOT}/${name}`));
}

/** Whether a text names a path, and not a longer one or a part of one. */
function namesPath(text: string, path: string): boolean {
  const literal = path.replaceAll(/[.+*?^$(){}|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w.}/-])${literal}(?![\\w.-])`).test(text);
}

describe('toolchain', () => {
  it('runs on Node 24, whatever Node the machine has', () => {
    expect(process.versions.node).toMatch(/^24\./);
  });

  it('pins every dependency to one version', () => {
    const wanted = Object.entries(wantedBy(readJson('package.json') as Manifest));
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('locks the versions that it asks for', () => {
    const manifest = readJson('package.json') as Manifest;
    const { packages } = readJson('package-lock.json') as { packages: Readonly<Record<string, Manifest>> };
    expect(wantedBy(packages[''] ?? expect.unreachable())).toEqual(wantedBy(manifest));
    const locked = Object.keys(wantedBy(manifest)).map((name) => [
      name,
      packages[`node_modules/${name}`]?.version,
    ]);
    expect(Object.fromEntries(locked)).toEqual(wantedBy(manifest));
  });

  it('fetches no package from anywhere but the registry that npm asks by itself', () => {
    const { packages } = readJson('package-lock.json') as {
      packages: Readonly<Record<string, { readonly resolved?: string }>>;
    };
    const elsewhere = Object.values(packages).filter(
      ({ resolved }) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(elsewhere).toEqual([]);
  });

  it('names no path of the machine that it was made on', () => {
    // Where this checkout lies and whose home it is; in what is not a test also where homes and build services commonly are.
    const own = [ROOT.replace(/\/$/, ''), homedir()].filter((path) => path.split('/').length > 2);
    const common = /(?<![\w.}/-])\/(?:home|Users|builds|work|workspace)\/\w/;
    const files = projectFiles().filter((name) => !name.startsWith('test/fixtures/'));
    expect(files).toContain('package.json');
    const found = files.filter((name) => {
      const text = readFileSync(`${ROOT}/${name}`, 'latin1');
      return own.some((path) => namesPath(text, path)) || (!name.startsWith('test/') && common.test(text));
    });
    expect(found).toEqual([]);
  });

  it('has no file of more than 300 lines that does not say why in its first lines', () => {
    const sources = projectFiles().filter((name) => /\.(?:ts|svelte|js)$/.test(name));
    const long = sources.filter((name) => {
      const lines = readFileSync(`${ROOT}/${name}`, 'utf8').trimEnd().split('\n');
      return lines.length > 300 && !lines.slice(0, 4).some((line) => /Over 300 lines: \w/.test(line));
    });
    expect(long).toEqual([]);
  });

  it('has no folder of sources with more than 20 files beside each other', () => {
    const folders = projectFiles()
      .filter((name) => /^(?:src-main|src-renderer|shared|scripts|packaging|test)\//.test(name))
      .filter((name) => !name.startsWith('test/fixtures/'))
      .map((name) => name.slice(0, name.lastIndexOf('/')));
    const counts = Map.groupBy(folders, (folder) => folder);
    expect([...counts].filter(([, files]) => files.length > 20).map(([folder]) => folder)).toEqual([]);
  });
});
