import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOST_FILES } from '../../../../src-main/proc/kernel-files.ts';
import { readMeminfo } from '../../../../src-main/proc/meminfo.ts';
import { parseSwaps, readSwaps } from '../../../../src-main/proc/swaps.ts';

const HEADING = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

describe('/proc/swaps', () => {
  it('has a line for each area, blanks in paths escaped', () => {
    const text =
      `${HEADING}/dev/zram0                              partition\t8388604\t\t1024\t\t100\n` +
      '/var/swap\\040file                       file\t\t524284\t\t0\t\t-2\n';
    expect(parseSwaps(text)).toEqual([
      { path: '/dev/zram0', kind: 'partition', sizeBytes: 8388604 * 1024, usedBytes: 1024 * 1024 },
      { path: '/var/swap file', kind: 'file', sizeBytes: 524284 * 1024, usedBytes: 0 },
    ]);
  });

  it('has none on a machine without swap', () => {
    expect(parseSwaps(HEADING)).toEqual([]);
  });

  it('takes a line of another shape for damage', () => {
    expect(parseSwaps(`${HEADING}/dev/sda2 partition many 0 -2\n`)).toBeUndefined();
  });

  it('throws on no text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const areas = parseSwaps(`${HEADING}${text}`);
        expect(areas === undefined || Array.isArray(areas)).toBe(true);
      }),
    );
  });

  it('sums up to what /proc/meminfo says here', () => {
    const swaps = readSwaps(HOST_FILES);
    const meminfo = readMeminfo(HOST_FILES);
    if (!swaps.ok || !meminfo.ok) throw new Error('this machine has no /proc to read');
    const sum = swaps.value.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
    expect(sum).toBe(meminfo.value.swapTotalBytes);
  });
});
