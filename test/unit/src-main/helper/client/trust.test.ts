import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeableBy } from '../../../../../src-main/helper/client/trust.ts';

const NOBODY_USER = { uid: 65534, gid: 65534 };
let folder: string;
let file: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-trust-')));
  mkdirSync(join(folder, 'a'));
  file = join(folder, 'a/helper.cjs');
  writeFileSync(file, '');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('changeableBy', () => {
  it('finds nothing about what the system has installed', () => {
    expect(changeableBy(realpathSync('/usr/bin/env'), 'root', NOBODY_USER)).toBeUndefined();
  });

  it('finds /tmp, where all users may write, above a file of one’s own', () => {
    const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    chmodSync(folder, 0o755);
    expect(changeableBy(file, 'user', owner)).toBe(realpathSync(tmpdir()));
  });

  it('finds the file itself first', () => {
    chmodSync(file, 0o666);
    expect(changeableBy(file, 'root', NOBODY_USER)).toBe(file);
  });

  it('does not look through a link', () => {
    symlinkSync(file, join(folder, 'link'));
    expect(changeableBy(join(folder, 'link'), 'root', NOBODY_USER)).toBe(join(folder, 'link'));
  });

  it('finds a folder that a group may write to, unless it is the user’s own', () => {
    const gid = process.getgid?.() ?? 0;
    const uid = process.getuid?.() ?? 0;
    chmodSync(join(folder, 'a'), 0o775);
    expect(changeableBy(file, 'user', { uid, gid: gid + 1 })).toBe(join(folder, 'a'));
    expect(changeableBy(file, 'user', { uid, gid })).not.toBe(join(folder, 'a'));
    expect(changeableBy(file, 'root', { uid, gid })).toBe(uid === 0 ? join(folder, 'a') : file);
  });

  it('takes a file of the user at level user only', () => {
    const uid = process.getuid?.() ?? 0;
    const own = { uid: uid === 0 ? 65534 : uid, gid: 65534 };
    if (uid === 0) chownSync(file, own.uid, own.gid);
    expect(changeableBy(file, 'root', own)).toBe(file);
    expect(changeableBy(file, 'user', own)).not.toBe(file);
  });
});
