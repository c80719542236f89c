import { afterAll, describe, expect, it } from 'vitest';
import { type MemoryMount } from '../../../../../src-main/proc/cgroup/mounts.ts';
import { parseLimit, readMemoryCgroup } from '../../../../../src-main/proc/cgroup/memory-cgroup.ts';
import { parseMemoryStat } from '../../../../../src-main/proc/cgroup/memory-stat.ts';
import { CAPTURED, transcribed } from '../../../../helpers/captured.ts';
import { procTree } from '../../../../helpers/proc-tree.ts';

const PAGE = 4096;
const MIB = 1 << 20;
const captured: MemoryMount = { version: 1, mountPoint: `${CAPTURED.sys}/fs/cgroup/memory` };
/** What a built tree prints of a cgroup that uses nothing. */
const ANON_ONLY = {
  ...{ inactiveFileBytes: 0, activeFileBytes: 0, inactiveAnonBytes: 0, activeAnonBytes: 0 },
  ...{ unevictableBytes: 0, slabReclaimableBytes: 0, dirtyBytes: 0, writebackBytes: 0 },
};
const trees = [procTree({ cgroupVersion: 1 }), procTree({ cgroupVersion: 2 })] as const;
const [v1, v2] = trees;
const mount1: MemoryMount = { version: 1, mountPoint: `${v1.sys}/fs/cgroup/memory` };
const mount2: MemoryMount = { version: 2, mountPoint: `${v2.sys}/fs/cgroup` };
afterAll(() => {
  for (const tree of trees) tree.cleanup();
});

describe('readMemoryCgroup on v1', () => {
  it('reads the captured one', () => {
    expect(readMemoryCgroup(captured, '/system.slice/eater.service', PAGE)).toEqual({
      ok: true,
      value: {
        limitBytes: 64 * MIB,
        usageBytes: 8_810_496,
        memswLimitBytes: 96 * MIB,
        memswUsageBytes: 8_810_496,
        swapUsageBytes: 0,
        swappiness: 60,
        stat: {
          inactiveFileBytes: 0,
          activeFileBytes: 8 * MIB,
          inactiveAnonBytes: 16_384,
          activeAnonBytes: 0,
          unevictableBytes: 0,
          dirtyBytes: 8 * MIB,
          writebackBytes: 0,
        },
        oomGroup: false,
        oomKillDisable: false,
        underOom: false,
        oomKills: 0,
      },
    });
  });

  it('finds no limit on the root, which has books here', () => {
    const read = readMemoryCgroup(captured, '/', PAGE);
    expect(read).toMatchObject({ ok: true, value: { oomGroup: false } });
    expect(read.ok && read.value).not.toHaveProperty('limitBytes');
    expect(read.ok && read.value).not.toHaveProperty('memswLimitBytes');
  });

  it('reads one that waits instead of killing', () => {
    v1.setCgroup('/waits', {
      limitBytes: MIB,
      usageBytes: MIB,
      oomKillDisable: true,
      underOom: true,
      oomKills: 3,
      swappiness: 0,
      swapUsageBytes: 4096,
    });
    expect(readMemoryCgroup(mount1, '/waits', PAGE)).toMatchObject({
      value: {
        limitBytes: MIB,
        oomKillDisable: true,
        underOom: true,
        oomKills: 3,
        swappiness: 0,
        swapUsageBytes: 4096,
      },
    });
  });

  it('leaves out what is not counted: swap, and kills before Linux 4.13', () => {
    v1.setCgroup('/old', { limitBytes: MIB });
    v1.remove('/sys/fs/cgroup/memory/old/memory.memsw.limit_in_bytes');
    v1.write('/sys/fs/cgroup/memory/old/memory.oom_control', 'oom_kill_disable 0\nunder_oom 0\n');
    v1.write('/sys/fs/cgroup/memory/old/memory.stat', 'inactive_file 1\nactive_file 2\n');
    expect(readMemoryCgroup(mount1, '/old', PAGE)).toEqual({
      ok: true,
      value: {
        limitBytes: MIB,
        usageBytes: 0,
        swappiness: 60,
        stat: { inactiveFileBytes: 1, activeFileBytes: 2 },
        oomGroup: false,
        oomKillDisable: false,
        underOom: false,
      },
    });
  });
});

describe('readMemoryCgroup on v2', () => {
  it('reads all files', () => {
    v2.setCgroup('/a/b', {
      limitBytes: 64 * MIB,
      usageBytes: 9 * MIB,
      swapLimitBytes: 0,
      swapUsageBytes: 8192,
      highBytes: 48 * MIB,
      minBytes: MIB,
      ...{ inactiveFileBytes: 5, activeFileBytes: 6, slabReclaimableBytes: 3, unevictableBytes: 7 },
      ...{ dirtyBytes: 2, writebackBytes: 1 },
      oomGroup: true,
      oomKills: 2,
    });
    expect(readMemoryCgroup(mount2, '/a/b', PAGE)).toEqual({
      ok: true,
      value: {
        limitBytes: 64 * MIB,
        usageBytes: 9 * MIB,
        swapLimitBytes: 0,
        swapUsageBytes: 8192,
        highBytes: 48 * MIB,
        minBytes: MIB,
        stat: {
          inactiveFileBytes: 5,
          activeFileBytes: 6,
          inactiveAnonBytes: 9 * MIB - 5 - 6 - 3 - 7,
          activeAnonBytes: 0,
          unevictableBytes: 7,
          slabReclaimableBytes: 3,
          dirtyBytes: 2,
          writebackBytes: 1,
        },
        oomGroup: true,
        oomKillDisable: false,
        oomKills: 2,
        ooms: 2,
      },
    });
  });

  it('reads what real kernels write', () => {
    v2.setCgroup('/real', { usageBytes: 9 * MIB });
    v2.write('/sys/fs/cgroup/real/memory.stat', transcribed('memory.stat-6.8'));
    v2.write('/sys/fs/cgroup/real/memory.events', transcribed('memory.events-7.0'));
    expect(readMemoryCgroup(mount2, '/real', PAGE)).toEqual({
      ok: true,
      value: {
        usageBytes: 9 * MIB,
        swapUsageBytes: 0,
        stat: expect.objectContaining({
          inactiveFileBytes: 2_995_503_104,
          activeFileBytes: 859_398_144,
        }) as unknown,
        oomGroup: false,
        oomKillDisable: false,
        oomKills: 1,
        ooms: 1,
      },
    });
  });

  it('does without the files that a kernel has not', () => {
    v2.setCgroup('/bare', { limitBytes: MIB });
    for (const name of ['swap.max', 'swap.current', 'oom.group', 'events', 'high', 'min'])
      v2.remove(`/sys/fs/cgroup/bare/memory.${name}`);
    expect(readMemoryCgroup(mount2, '/bare', PAGE)).toEqual({
      ok: true,
      value: {
        limitBytes: MIB,
        usageBytes: 0,
        stat: ANON_ONLY,
        oomGroup: false,
        oomKillDisable: false,
      },
    });
  });

  it('has no books for the root', () => {
    expect(readMemoryCgroup(mount2, '/', PAGE)).toMatchObject({ ok: false, why: 'missing' });
  });
});

describe('readMemoryCgroup where it cannot', () => {
  it('tells a cgroup that is not there', () => {
    expect(readMemoryCgroup(mount2, '/none', PAGE)).toMatchObject({
      ok: false,
      why: 'missing',
      errno: 'ENOENT',
    });
  });

  it('does not leave the mount', () => {
    v2.write('/proc/outside/memory.max', '1\n');
    expect(readMemoryCgroup(mount2, '/../../../proc/outside', PAGE)).toMatchObject({
      ok: false,
      why: 'missing',
    });
  });

  it.each(['memory.max', 'memory.current', 'memory.stat'])(
    'tells when %s vanishes, breaks or makes no sense',
    (name) => {
      const path = `/sys/fs/cgroup/x/${name}`;
      v2.setCgroup('/x', { limitBytes: MIB });
      v2.write(path, 'nonsense\n');
      expect(readMemoryCgroup(mount2, '/x', PAGE)).toMatchObject({ ok: false, why: 'malformed' });
      v2.remove(path);
      expect(readMemoryCgroup(mount2, '/x', PAGE)).toMatchObject({ ok: false, why: 'missing' });
      v2.breakFile(path);
      expect(readMemoryCgroup(mount2, '/x', PAGE)).toMatchObject({
        ok: false,
        why: 'failed',
        errno: 'EISDIR',
      });
      v2.removeCgroup('/x');
    },
  );
});

describe('parseLimit', () => {
  it.each([
    ['max\n', PAGE, Infinity],
    ['9223372036854771712\n', PAGE, Infinity],
    ['9223372036854710272\n', 65_536, Infinity],
    ['9223372036854775807\n', PAGE, Infinity],
    ['18446744073709551615\n', PAGE, Infinity],
    ['8796093018112\n', PAGE, Infinity],
    ['0\n', PAGE, 0],
    ['67108864\n', PAGE, 64 * MIB],
    ['8796093022208\n', PAGE, 2 ** 43],
  ])('reads %j', (text, page, limit) => {
    expect(parseLimit(text, page)).toBe(limit);
  });

  it.each(['', 'maximum\n', '-1\n', '1.5\n', '1 2\n'])('refuses %j', (text) => {
    expect(parseLimit(text, PAGE)).toBeUndefined();
  });
});

describe('parseMemoryStat', () => {
  it('takes the subtree on v1, as the limit does', () => {
    expect(
      parseMemoryStat(
        'inactive_file 1\nactive_file 2\nswap 3\ndirty 4\ntotal_inactive_file 10\ntotal_active_file 20\ntotal_swap 30\ntotal_dirty 40\n',
      ),
    ).toEqual({ inactiveFileBytes: 10, activeFileBytes: 20, swapBytes: 30, dirtyBytes: 40 });
  });

  it('leaves out what the kernel does not print', () => {
    expect(parseMemoryStat('inactive_file 1\nactive_file 2\nfile_dirty 3\n')).toEqual({
      inactiveFileBytes: 1,
      activeFileBytes: 2,
      dirtyBytes: 3,
    });
  });

  it.each([
    '',
    'inactive_file 1\n',
    'inactive_file x\nactive_file 1\n',
    'inactive_file 1\nactive_file 1\nswap x\n',
    'inactive_file 1\nactive_file 1\nslab_reclaimable -1\n',
  ])('refuses %j', (text) => {
    expect(parseMemoryStat(text)).toBeUndefined();
  });
});
