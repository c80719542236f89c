import { describe, expect, it } from 'vitest';
import { parseMeminfo, readMeminfo } from '../../../../src-main/proc/meminfo.ts';
import { CAPTURED, transcribed } from '../../../helpers/captured.ts';
import { procTree } from '../../../helpers/proc-tree.ts';

describe('readMeminfo', () => {
  it('reads the captured one', () => {
    expect(readMeminfo(CAPTURED)).toEqual({
      ok: true,
      value: {
        memTotalBytes: 24_684_092 * 1024,
        memFreeBytes: 12_002_704 * 1024,
        memAvailableBytes: 13_413_856 * 1024,
        buffersBytes: 201_064 * 1024,
        cachedBytes: 1_273_640 * 1024,
        swapCachedBytes: 0,
        activeFileBytes: 1_039_604 * 1024,
        inactiveFileBytes: 426_244 * 1024,
        anonBytes: 10_028_784 * 1024,
        shmemBytes: 8856 * 1024,
        slabReclaimableBytes: 282_828 * 1024,
        pageTablesBytes: 378_480 * 1024,
        swapTotalBytes: 0,
        swapFreeBytes: 0,
        committedBytes: 13_151_856 * 1024,
        commitLimitBytes: 12_342_044 * 1024,
        hugetlbBytes: 0,
        zswapUsedBytes: 0,
        zswapDataBytes: 0,
      },
    });
  });

  it('says that there is none', () => {
    const tree = procTree();
    tree.remove('/proc/meminfo');
    expect(readMeminfo(tree)).toMatchObject({ ok: false, why: 'missing' });
    tree.cleanup();
  });
});

describe('parseMeminfo', () => {
  const old = transcribed('meminfo-3.10');

  it('leaves MemAvailable out where the kernel does not say it', () => {
    const meminfo = parseMeminfo(old);
    expect(meminfo).toMatchObject({ memTotalBytes: 15_666_184 * 1024, committedBytes: 530_844 * 1024 });
    expect(meminfo).not.toHaveProperty('memAvailableBytes');
  });

  it('counts the pools of all sizes of huge pages', () => {
    expect(parseMeminfo(`${old}Hugetlb:         2097152 kB\n`)?.hugetlbBytes).toBe(2 ** 31);
  });

  it('counts the pool of the default size where the sum is missing', () => {
    const pool = old.replace('HugePages_Total:       0', 'HugePages_Total:     512');
    expect(parseMeminfo(pool)?.hugetlbBytes).toBe(512 * 2 ** 21);
  });

  it('knows a kernel without huge pages', () => {
    expect(parseMeminfo(old.replace(/^Huge.*\n/gm, ''))?.hugetlbBytes).toBe(0);
  });

  it('does not mind the order of the lines, nor a last one without a newline', () => {
    const reversed = old.trimEnd().split('\n').reverse().join('\n');
    expect(parseMeminfo(reversed)).toEqual(parseMeminfo(old));
  });

  it.each([
    'MemTotal:',
    'MemFree:',
    'Buffers:',
    'Cached:',
    'SwapCached:',
    'Active(file):',
    'Inactive(file):',
    'AnonPages:',
    'Shmem:',
    'SReclaimable:',
    'PageTables:',
    'SwapTotal:',
    'SwapFree:',
    'CommitLimit:',
    'Committed_AS:',
  ])('refuses a text without %s', (key) => {
    const text = old
      .split('\n')
      .filter((line) => !line.startsWith(key))
      .join('\n');
    expect(parseMeminfo(text)).toBeUndefined();
  });

  it.each([
    'MemTotal:       lots kB',
    'MemTotal:       -1 kB',
    'MemTotal:       15666184',
    'MemTotal:',
    'MemTotal: 1 2 kB',
    'MemTotal: 1e3 kB',
  ])('refuses %s', (line) => {
    expect(parseMeminfo(old.replace(/^MemTotal:.*$/m, line))).toBeUndefined();
  });

  it.each(['MemAvailable:   ? kB', 'Hugetlb:        ? kB'])(
    'refuses a known line that is wrong: %s',
    (line) => {
      expect(parseMeminfo(`${old}${line}\n`)).toBeUndefined();
    },
  );
});
