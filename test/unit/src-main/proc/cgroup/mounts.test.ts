import { describe, expect, it } from 'vitest';
import {
  type CgroupMounts,
  findCgroupMounts,
  memoryMount,
  pathInMount,
  readCgroupMounts,
} from '../../../../../src-main/proc/cgroup/mounts.ts';
import { type KernelFiles } from '../../../../../src-main/proc/kernel-files.ts';
import { parseMountinfo, readMountinfo } from '../../../../../src-main/proc/mountinfo.ts';
import { CAPTURED, transcribed } from '../../../../helpers/captured.ts';
import { procTree, type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

function read(files: KernelFiles): CgroupMounts {
  const mounts = readMountinfo(files);
  if (!mounts.ok) throw new Error(mounts.why);
  return readCgroupMounts(files, mounts.value);
}

function find(text: string, controllers?: string): CgroupMounts {
  return findCgroupMounts(parseMountinfo(text) ?? [], () => controllers);
}

describe('readCgroupMounts', () => {
  it('finds v1 on the captured machine, which has a unified hierarchy without the memory controller', () => {
    expect(read(CAPTURED)).toEqual({
      version: 1,
      memoryMountPoint: `${CAPTURED.sys}/fs/cgroup/memory`,
      memoryRoot: '/',
      unifiedMountPoint: `${CAPTURED.sys}/fs/cgroup/unified`,
    });
  });

  it.each<[NonNullable<ProcTreeSpec['cgroupVersion']>, CgroupMounts['version'], string | undefined, boolean]>(
    [
      [1, 1, 'fs/cgroup/memory', false],
      [2, 2, 'fs/cgroup', true],
      ['hybrid', 1, 'fs/cgroup/memory', true],
      ['none', undefined, undefined, false],
    ],
  )('finds the controller of a built tree with cgroups %s', (cgroupVersion, version, folder, unified) => {
    const tree = procTree({ cgroupVersion });
    const mounts = read(tree);
    expect(mounts.version).toBe(version);
    expect(mounts.memoryMountPoint).toBe(folder === undefined ? undefined : `${tree.sys}/${folder}`);
    expect(mounts.unifiedMountPoint !== undefined).toBe(unified);
    tree.cleanup();
  });

  it('takes a unified hierarchy for one without the controller when that cannot be read', () => {
    const tree = procTree({ cgroupVersion: 2 });
    tree.breakFile('/sys/fs/cgroup/cgroup.controllers');
    expect(read(tree).version).toBeUndefined();
    tree.cleanup();
  });
});

describe('findCgroupMounts', () => {
  it('finds v2 in a pod', () => {
    expect(find(transcribed('mountinfo-kubernetes'), 'cpu memory pids\n')).toEqual({
      version: 2,
      memoryMountPoint: '/sys/fs/cgroup',
      memoryRoot: '/',
      unifiedMountPoint: '/sys/fs/cgroup',
    });
  });

  it('takes a controller for memory only by its whole name', () => {
    expect(find(transcribed('mountinfo-kubernetes'), 'cpu memory2 xmemory\n').version).toBeUndefined();
  });

  it('keeps mounts outside of /sys, and what of the hierarchy is mounted', () => {
    const text = '30 20 0:26 /docker/abc /dev/memcg rw - cgroup none rw,memory\n';
    expect(find(text)).toEqual({ version: 1, memoryMountPoint: '/dev/memcg', memoryRoot: '/docker/abc' });
  });

  it('prefers the mount that shows the whole hierarchy', () => {
    const text =
      '30 20 0:26 /lxc/a /srv/a rw - cgroup cgroup rw,memory\n31 20 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n';
    expect(find(text).memoryMountPoint).toBe('/sys/fs/cgroup/memory');
  });

  it('does not take a v1 hierarchy of other controllers for it', () => {
    expect(
      find('30 20 0:26 / /x rw - cgroup cgroup rw,cpu\n31 20 0:27 / /memory rw - tmpfs memory rw,memory\n'),
    ).toEqual({
      version: undefined,
    });
  });
});

describe('memoryMount', () => {
  it('is what the readers of cgroups need, where there is a controller', () => {
    expect(memoryMount({ version: 2, memoryMountPoint: '/x', memoryRoot: '/' })).toEqual({
      version: 2,
      mountPoint: '/x',
    });
    expect(memoryMount({ version: undefined })).toBeUndefined();
  });
});

describe('pathInMount', () => {
  it.each([
    ['/', '/a/b', '/a/b'],
    ['/', '/', '/'],
    ['/docker/abc', '/docker/abc', '/'],
    ['/docker/abc', '/docker/abc/init.scope', '/init.scope'],
    ['/docker/abc', '/docker/abcd', undefined],
    ['/docker/abc', '/', undefined],
    ['/', '/../other', undefined],
    ['/..', '/', undefined],
    ['/', '/a..b/..c', '/a..b/..c'],
  ])('places %s %s', (root, path, placed) => {
    expect(pathInMount(root, path)).toBe(placed);
  });
});
