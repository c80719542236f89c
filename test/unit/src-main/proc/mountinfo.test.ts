import { describe, expect, it } from 'vitest';
import {
  hasLxcfsMeminfo,
  type Mount,
  parseMountinfo,
  procOptions,
  readMountinfo,
} from '../../../../src-main/proc/mountinfo.ts';
import { CAPTURED, transcribed } from '../../../helpers/captured.ts';
import { procTree } from '../../../helpers/proc-tree.ts';

function mounts(text: string): readonly Mount[] {
  const parsed = parseMountinfo(text);
  if (parsed === undefined) throw new Error('does not parse');
  return parsed;
}

describe('readMountinfo', () => {
  it('reads the captured one', () => {
    const read = readMountinfo(CAPTURED);
    expect(read.ok && read.value.length).toBe(19);
    expect(read.ok && read.value.find(({ mountPoint }) => mountPoint === '/sys/fs/cgroup/memory')).toEqual({
      mountPoint: '/sys/fs/cgroup/memory',
      root: '/',
      fsType: 'cgroup',
      options: ['rw', 'relatime'],
      superOptions: ['rw', 'memory'],
    });
  });
});

describe('parseMountinfo', () => {
  it('reads optional fields, blanks and backslashes in names, and an empty source', () => {
    const text =
      '64 43 0:40 /a\\040b /mnt/c\\134d\\012e rw shared:1 master:2 propagate_from:3 - fuse.x\\040y  rw,path=/p\\040q\n';
    expect(parseMountinfo(text)).toEqual([
      {
        mountPoint: '/mnt/c\\d\ne',
        root: '/a b',
        fsType: 'fuse.x y',
        options: ['rw'],
        superOptions: ['rw', 'path=/p q'],
      },
    ]);
  });

  it('reads a name that looks like the separator', () => {
    expect(mounts('1 0 0:1 - - rw - tmpfs - rw\n')).toMatchObject([
      { root: '-', mountPoint: '-', fsType: 'tmpfs' },
    ]);
  });

  it('reads thousands of lines', () => {
    const line = '1894 1893 0:415 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw\n';
    expect(parseMountinfo(line.repeat(20_000))?.length).toBe(20_000);
  });

  it('has no mounts in an empty text', () => {
    expect(parseMountinfo('')).toEqual([]);
  });

  it.each(['1 2 0:3 / /proc rw', '1 2 0:3 / /proc rw - proc', 'garbage', '1 2 0:3 / /proc rw proc proc rw'])(
    'refuses %j',
    (line) => {
      expect(parseMountinfo(`${line}\n`)).toBeUndefined();
    },
  );
});

describe('procOptions', () => {
  const line = (options: string): string => `22 27 0:21 / /proc rw - proc proc rw${options}\n`;

  it.each([
    ['', 0],
    [',hidepid=0', 0],
    [',hidepid=off', 0],
    [',hidepid=1', 1],
    [',hidepid=noaccess', 1],
    [',hidepid=2', 2],
    [',hidepid=invisible', 2],
    [',hidepid=4', 4],
    [',hidepid=ptraceable', 4],
  ])('reads %j', (options, hidePid) => {
    expect(procOptions(mounts(line(options)))).toEqual({ hidePid, onlyPids: false });
  });

  it('reads what a kernel says that hides as much as it can', () => {
    expect(procOptions(mounts(transcribed('mountinfo-hidepid')))).toEqual({
      hidePid: 2,
      seeingGid: 5,
      onlyPids: true,
    });
  });

  it('goes by the uppermost mount', () => {
    expect(procOptions(mounts(line('') + line(',hidepid=2')))?.hidePid).toBe(2);
  });

  it('knows nothing where /proc is no procfs, not mounted, or hides in a way yet unknown', () => {
    expect(procOptions(mounts(`${line('')}1 2 0:3 / /proc rw - tmpfs tmpfs rw\n`))).toBeUndefined();
    expect(procOptions([])).toBeUndefined();
    expect(procOptions(mounts(line(',hidepid=everything')))).toBeUndefined();
  });
});

describe('hasLxcfsMeminfo', () => {
  it('finds lxcfs over /proc/meminfo', () => {
    expect(hasLxcfsMeminfo(mounts(transcribed('mountinfo-docker-in-lxc')))).toBe(true);
  });

  it('does not mistake lxcfs elsewhere', () => {
    const host = '149 25 0:44 / /var/lib/lxcfs rw shared:127 - fuse.lxcfs lxcfs rw,user_id=0\n';
    const uptime = '150 25 0:44 /proc/uptime /proc/uptime rw - fuse.lxcfs lxcfs rw\n';
    expect(hasLxcfsMeminfo(mounts(host + uptime))).toBe(false);
  });

  it('agrees with a built tree', () => {
    const tree = procTree({ lxcfs: true, hidePid: 'invisible' });
    const read = readMountinfo(tree);
    expect(read.ok && hasLxcfsMeminfo(read.value)).toBe(true);
    expect(read.ok && procOptions(read.value)?.hidePid).toBe(2);
    tree.cleanup();
  });
});
