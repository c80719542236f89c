import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readOwnFile } from '../../../../src-main/store/own-file.ts';
import { unsafePath } from '../../../../src-main/store/own-path.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'lifeboat-own-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

const asked = { mostBytes: 100, followLinks: true };
const fault = (path: string, options = asked) => {
  const read = readOwnFile(path, options);
  return read.ok ? undefined : read.fault.kind;
};

describe('readOwnFile', () => {
  it('gives the text of a file that only this user can change', () => {
    const path = join(folder(), 'a');
    writeFileSync(path, 'hello');
    expect(readOwnFile(path, asked)).toEqual({ ok: true, text: 'hello' });
  });

  it('follows a link of this user where it may, and nowhere else', () => {
    const at = folder();
    writeFileSync(join(at, 'a'), 'hello');
    symlinkSync(join(at, 'a'), join(at, 'link'));
    expect(readOwnFile(join(at, 'link'), asked)).toEqual({ ok: true, text: 'hello' });
    expect(fault(join(at, 'link'), { ...asked, followLinks: false })).toBe('no-file');
  });

  it('does not wait for a FIFO, and takes no folder, device or socket', () => {
    const at = folder();
    execFileSync('mkfifo', [join(at, 'fifo')]);
    expect(fault(join(at, 'fifo'))).toBe('no-file');
    expect(fault(at)).toBe('no-file');
    expect(fault('/dev/zero')).toBe('no-file');
  });

  it('reads no more than it was asked for', () => {
    const path = join(folder(), 'a');
    writeFileSync(path, 'x'.repeat(100));
    expect(fault(path)).toBeUndefined();
    writeFileSync(path, 'x'.repeat(101));
    expect(fault(path)).toBe('too-large');
    // Its size is said to be 0.
    expect(fault('/proc/self/mountinfo')).toBe('too-large');
  });

  it('refuses a file that others may write to', () => {
    const path = join(folder(), 'a');
    writeFileSync(path, 'hello');
    chmodSync(path, 0o666);
    expect(fault(path)).toBe('changeable');
  });

  it('says that a file is missing, also where its name is too long', () => {
    expect(fault(join(folder(), 'none'))).toBe('missing');
    expect(fault(`/${'x'.repeat(5000)}`)).toBe('missing');
  });
});

describe('unsafePath', () => {
  it('refuses a folder that every user may write to, unless it is sticky', () => {
    const at = join(folder(), 'open');
    mkdirSync(at);
    chmodSync(at, 0o777);
    expect(unsafePath(join(at, 'a'))?.facts).toEqual({ what: 'changeable', path: at });
    chmodSync(at, 0o1777);
    expect(unsafePath(join(at, 'a'))).toBeUndefined();
  });

  it('refuses it behind a link as well', () => {
    const at = folder();
    mkdirSync(join(at, 'open'));
    chmodSync(join(at, 'open'), 0o777);
    symlinkSync('./open/../open', join(at, 'link'));
    expect(unsafePath(join(at, 'link/a'))?.facts).toEqual({ what: 'changeable', path: join(at, 'open') });
  });

  it('ends at links that lead to each other', () => {
    const at = folder();
    symlinkSync('b', join(at, 'a'));
    symlinkSync('a', join(at, 'b'));
    expect(unsafePath(join(at, 'a'))?.facts.what).toBe('links');
  });
});
