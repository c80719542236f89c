import { statSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { type MemoryMount } from '../../../../../src-main/proc/cgroup/mounts.ts';
import {
  cgroupFolder,
  listChildCgroups,
  readCgroupExists,
  readCgroupProcs,
} from '../../../../../src-main/proc/cgroup/tree.ts';
import { CAPTURED } from '../../../../helpers/captured.ts';
import { procTree } from '../../../../helpers/proc-tree.ts';

const captured: MemoryMount = { version: 1, mountPoint: `${CAPTURED.sys}/fs/cgroup/memory` };
const tree = procTree({
  processes: [
    { pid: 30, cgroup: '/a' },
    { pid: 9, cgroup: '/a' },
    { pid: 12, cgroup: '/a/b' },
  ],
  cgroups: { '/z': {}, '/c': {}, '/m': {}, '/empty': {} },
});
const built: MemoryMount = { version: 2, mountPoint: `${tree.sys}/fs/cgroup` };
afterAll(() => {
  tree.cleanup();
});

describe('readCgroupProcs', () => {
  it('reads the captured one, in its order', () => {
    expect(readCgroupProcs(captured, '/system.slice/eater.service')).toEqual({
      ok: true,
      value: [5382, 5384, 5386, 5387, 5389],
    });
  });

  it('keeps the order of the file, which need not be that of the pids', () => {
    expect(readCgroupProcs(built, '/a')).toEqual({ ok: true, value: [30, 9] });
  });

  it('keeps the places of processes that have no pid here', () => {
    tree.write('/sys/fs/cgroup/foreign/cgroup.procs', '0\n7\n0\n');
    expect(readCgroupProcs(built, '/foreign')).toEqual({ ok: true, value: [0, 7, 0] });
  });

  it('reads as many as there may be', () => {
    const pids = Array.from({ length: 300_000 }, (_, index) => index + 1);
    tree.write('/sys/fs/cgroup/many/cgroup.procs', pids.map((pid) => `${pid}\n`).join(''));
    const read = readCgroupProcs(built, '/many');
    expect(read.ok && read.value.length).toBe(300_000);
  });

  it('knows an empty one, a missing one, and one that is no list', () => {
    expect(readCgroupProcs(built, '/empty')).toEqual({ ok: true, value: [] });
    expect(readCgroupProcs(built, '/none')).toMatchObject({ ok: false, why: 'missing' });
    tree.write('/sys/fs/cgroup/odd/cgroup.procs', '12\nx\n');
    expect(readCgroupProcs(built, '/odd')).toMatchObject({ ok: false, why: 'malformed' });
  });
});

describe('listChildCgroups', () => {
  it('lists by age, as the inodes tell it', () => {
    const read = listChildCgroups(built, '/');
    const inodes = read.ok ? read.value.map(({ inode }) => inode) : [];
    expect(read.ok && read.value.map(({ name }) => name).sort()).toEqual(
      expect.arrayContaining(['a', 'c', 'empty', 'm', 'z']),
    );
    expect(inodes).toEqual([...inodes].sort((a, b) => a - b));
    expect(read.ok && read.value.find(({ name }) => name === 'z')?.inode).toBe(
      statSync(`${built.mountPoint}/z`).ino,
    );
  });

  it('lists cgroups only, not their files', () => {
    expect(listChildCgroups(captured, '/system.slice/eater.service')).toMatchObject({
      value: [{ name: 'worker' }],
    });
    expect(listChildCgroups(captured, '/system.slice/eater.service/worker')).toEqual({ ok: true, value: [] });
  });

  it('tells a cgroup that is gone', () => {
    expect(listChildCgroups(built, '/none')).toMatchObject({ ok: false, why: 'missing', errno: 'ENOENT' });
  });
});

describe('readCgroupExists', () => {
  it('recognizes cgroups among other folders', () => {
    expect(readCgroupExists(built, '/')).toBe(true);
    expect(readCgroupExists(built, '/a/b')).toBe(true);
    expect(readCgroupExists(built, '/none')).toBe(false);
    expect(readCgroupExists(built, '/a/cgroup.procs')).toBe(false);
  });
});

describe('cgroupFolder', () => {
  it('is the mount point for the root', () => {
    expect(cgroupFolder(built, '/')).toEqual({ ok: true, value: built.mountPoint });
  });

  it.each(['/..', '/../etc', '/a/../..', '/a/..', '../a', 'a', '', '/a\0b', '/a/../../../../etc/passwd'])(
    'refuses %j',
    (path) => {
      expect(cgroupFolder(built, path)).toMatchObject({ ok: false, why: 'missing' });
      expect(readCgroupExists(built, path)).toBe(false);
      expect(readCgroupProcs(built, path)).toMatchObject({ ok: false, why: 'missing' });
      expect(listChildCgroups(built, path)).toMatchObject({ ok: false, why: 'missing' });
    },
  );

  it('takes names that only look like going up', () => {
    expect(cgroupFolder(built, '/..a/b..')).toEqual({ ok: true, value: `${built.mountPoint}/..a/b..` });
  });
});
