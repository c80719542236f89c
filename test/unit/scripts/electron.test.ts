import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type Download,
  downloadElectron,
  electronGet,
  electronPackage,
  electronProgram,
  sandboxFacts,
  tryElectron,
  unpackElectron,
} from '../../../scripts/electron.ts';
import { temporaryDir } from '../../helpers/web-client.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PACKAGE = electronPackage(ROOT);

/** A mirror of Electron's releases on this machine, and a cache of its own. */
async function startMirror(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const cache = temporaryDir();
  vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  vi.stubEnv('electron_config_cache', cache);
  return cache;
}

/** A package with a program that is a script. */
function builtPackage(script: string, version = PACKAGE.version): { folder: string; program: string } {
  const folder = temporaryDir();
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist/version'), `v${version}\n`);
  const program = join(folder, 'dist/electron');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return { folder, program };
}

beforeEach(() => {
  vi.unstubAllEnvs();
});

describe('downloadElectron', () => {
  it('tells each percent once, in order, and puts nothing of its own between package and cache', async () => {
    const asked = vi.fn<Download>(async ({ downloadOptions }) => {
      for (const transferred of [0, 1, 1, 50, 50, 100])
        await downloadOptions.getProgressCallback({ transferred, total: 100 });
      return '/cache/electron.zip';
    });
    const onPercent = vi.fn();
    expect(await downloadElectron(PACKAGE, asked, onPercent)).toEqual({ ok: true });
    expect(onPercent.mock.calls.flat()).toEqual([0, 1, 50, 100]);
    const [options] = asked.mock.calls[0] ?? [];
    expect(options?.version).toBe(PACKAGE.version);
    expect(options?.checksums[`electron-v${PACKAGE.version}-linux-x64.zip`]).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives up where no server answers', async () => {
    const cache = await startMirror(() => undefined);
    const download = await electronGet(PACKAGE);
    const patience = { firstMs: 100, nextMs: 100 };
    expect(await downloadElectron(PACKAGE, download, vi.fn(), patience)).toEqual({
      ok: false,
      why: 'nothing came for 0 s',
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  it('gives up where an answer breaks off', async () => {
    await startMirror((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('x'.repeat(10));
    });
    const onPercent = vi.fn();
    const patience = { firstMs: 20_000, nextMs: 100 };
    const outcome = await downloadElectron(PACKAGE, await electronGet(PACKAGE), onPercent, patience);
    expect(outcome).toEqual({ ok: false, why: 'nothing came for 0 s' });
    expect(onPercent.mock.calls).toEqual([[1]]);
  });

  it('refuses what is not the program that the package names', async () => {
    const cache = await startMirror((_request, response) => response.end('something else'));
    const outcome = await downloadElectron(PACKAGE, await electronGet(PACKAGE), vi.fn());
    expect(outcome).toMatchObject({ ok: false, why: expect.stringMatching(/checksum/i) as string });
    expect(readdirSync(cache, { recursive: true }).filter((name) => String(name).endsWith('.zip'))).toEqual(
      [],
    );
  });

  it('says why a server refuses it, and that there is none', async () => {
    await startMirror((_request, response) => response.writeHead(404).end());
    const download = await electronGet(PACKAGE);
    expect(await downloadElectron(PACKAGE, download, vi.fn())).toMatchObject({
      ok: false,
      why: expect.stringContaining('404') as string,
    });
    vi.stubEnv('ELECTRON_MIRROR', 'http://127.0.0.1:9/');
    expect(await downloadElectron(PACKAGE, download, vi.fn())).toEqual({ ok: false, why: 'bad port' });
  });
});

describe('electronProgram', () => {
  it('is the one of the package', () => {
    const { folder, program } = builtPackage('exit 0');
    expect(electronProgram({ folder, version: PACKAGE.version })).toBe(program);
  });

  it('is missing when it was not fetched, or is of another version', () => {
    const { folder } = builtPackage('exit 0', '1.2.3');
    expect(electronProgram({ folder, version: PACKAGE.version })).toBeUndefined();
    expect(electronProgram({ folder: temporaryDir(), version: PACKAGE.version })).toBeUndefined();
  });

  it('may be somewhere else, as its own package says', () => {
    const { folder, program } = builtPackage('exit 0');
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', join(folder, 'dist'));
    expect(electronProgram({ folder: '/nowhere', version: PACKAGE.version })).toBe(program);
  });
});

describe('tryElectron', () => {
  it('is content with a program that runs as a Node', () => {
    const { program } = builtPackage('[ "$ELECTRON_RUN_AS_NODE $1 $2" = "1 -e 0" ]');
    expect(tryElectron(program)).toEqual({ ok: true });
  });

  it('says which library is missing', () => {
    const said = 'electron: error while loading shared libraries: libnss3.so: cannot open shared object file';
    const { program } = builtPackage(`echo '${said}' >&2; exit 127`);
    expect(tryElectron(program)).toEqual({ ok: false, why: said });
  });

  it('says how it ended when it says nothing, and that it cannot be started', () => {
    expect(tryElectron(builtPackage('exit 3').program)).toEqual({ ok: false, why: 'it ended with 3' });
    expect(tryElectron('/nowhere/electron')).toMatchObject({
      ok: false,
      why: expect.stringContaining('ENOENT') as string,
    });
  });
});

describe('unpackElectron', () => {
  it('runs the install script of the package, and says what it says', () => {
    const folder = temporaryDir();
    writeFileSync(join(folder, 'install.js'), '');
    expect(unpackElectron({ folder, version: '1.2.3' })).toEqual({ ok: true });
    writeFileSync(join(folder, 'install.js'), 'console.error("no room\\n at"); process.exitCode = 1;');
    expect(unpackElectron({ folder, version: '1.2.3' })).toEqual({ ok: false, why: 'no room' });
  });
});

describe('sandboxFacts', () => {
  it('knows a helper that belongs to root and is setuid, and no other', () => {
    const { folder, program } = builtPackage('exit 0');
    expect(sandboxFacts(program).hasSetuidHelper).toBe(false);
    writeFileSync(join(folder, 'dist/chrome-sandbox'), '');
    chmodSync(join(folder, 'dist/chrome-sandbox'), 0o755);
    expect(sandboxFacts(program).hasSetuidHelper).toBe(false);
    chmodSync(join(folder, 'dist/chrome-sandbox'), 0o4755);
    expect(sandboxFacts(program).hasSetuidHelper).toBe(process.getuid?.() === 0);
  });
});
