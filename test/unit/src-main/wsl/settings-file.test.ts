import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runWithin } from '../../../../src-main/wsl/run-within.ts';
import { namesBeside, readSettingsFile } from '../../../../src-main/wsl/settings-file.ts';

function folder(): string {
  const path = mkdtempSync(`${tmpdir()}/lifeboat-wsl-`);
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

describe('reading a settings file', () => {
  it('gives the bytes as they are, of a name with odd characters and through a link', async () => {
    const at = folder();
    const bytes = Buffer.from([0xff, 0xfe, 0, 10, 13, 0x1a]);
    writeFileSync(`${at}/-n $(x) 'y'`, bytes);
    symlinkSync(`${at}/-n $(x) 'y'`, `${at}/link`);
    expect(await readSettingsFile(`${at}/link`)).toEqual({ ok: true, value: bytes });
    expect(await readSettingsFile(`${at}/-n $(x) 'y'`)).toEqual({ ok: true, value: bytes });
  });

  it('says what is in the way', async () => {
    const at = folder();
    execFileSync('mkfifo', [`${at}/pipe`]);
    writeFileSync(`${at}/file`, '');
    symlinkSync('nowhere', `${at}/dangling`);
    const missing = (path: string) => ({
      ok: false,
      error: { code: 'not-found', facts: { what: 'file', path } },
    });
    const noFile = (path: string) => ({
      ok: false,
      error: { code: 'io-failed', facts: { what: 'no-file', path } },
    });
    expect(await readSettingsFile(`${at}/none`)).toEqual(missing(`${at}/none`));
    expect(await readSettingsFile(`${at}/file/none`)).toEqual(missing(`${at}/file/none`));
    expect(await readSettingsFile('')).toEqual(missing(''));
    expect(await readSettingsFile(`${at}/pipe`)).toEqual(noFile(`${at}/pipe`));
    expect(await readSettingsFile(at)).toEqual(noFile(at));
    expect(await readSettingsFile('/dev/zero')).toEqual(noFile('/dev/zero'));
    expect(await readSettingsFile(`${at}/file`)).toEqual({ ok: true, value: Buffer.alloc(0) });
  });

  it('lists the names beside a file', async () => {
    const at = folder();
    writeFileSync(`${at}/.wslconfig.txt`, '');
    expect(await namesBeside(`${at}/.wslconfig`)).toContain('.wslconfig.txt');
    expect(await namesBeside(`${at}/none/.wslconfig`)).toEqual([]);
  });
});

describe('a program with a limited time', () => {
  it('is given up when it does not end, and its output when it does not stop', async () => {
    expect(await runWithin('sleep', ['1000'], { timeoutMs: 50, mostBytes: 10 })).toEqual({ how: 'timeout' });
    expect(await runWithin('yes', [], { timeoutMs: 60_000, mostBytes: 10 })).toEqual({ how: 'too-much' });
  });

  it('says that it cannot be started', async () => {
    expect(await runWithin(`${folder()}/none`, [], { timeoutMs: 60_000, mostBytes: 10 })).toEqual({
      how: 'failed',
      errno: 'ENOENT',
    });
  });
});
