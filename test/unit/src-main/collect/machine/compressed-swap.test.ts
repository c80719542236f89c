import { describe, expect, it } from 'vitest';
import { CompressedSwapReader } from '../../../../../src-main/collect/machine/compressed-swap.ts';
import { DEFAULT_MEMINFO } from '../../../../helpers/proc-texts.ts';
import { testTree } from '../../../../helpers/processes/process-sampler.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const HEAD = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
const area = (path: string, sizeBytes: number, usedBytes: number) =>
  `${path}\tpartition\t${sizeBytes / 1024}\t${usedBytes / 1024}\t100\n`;
const meminfo = {
  ...DEFAULT_MEMINFO,
  memTotalBytes: 8 * GIB,
  swapTotalBytes: 4 * GIB,
  swapFreeBytes: 3 * GIB,
};

describe('CompressedSwapReader', () => {
  it('reads how much of memory the pages of zram take', () => {
    const tree = testTree();
    tree.write('/proc/swaps', HEAD + area('/dev/zram0', 4 * GIB, 1 * GIB));
    tree.write('/sys/block/zram0/mm_stat', `${GIB} ${GIB / 4} ${GIB / 4} 0 ${GIB / 4} 0 0 0 0\n`);
    expect(new CompressedSwapReader(tree).read(0, meminfo)).toEqual({ share: 0.25 });
  });

  it('counts only what fits below the limit of the device', () => {
    const tree = testTree();
    tree.write('/proc/swaps', HEAD + area('/dev/zram0', 4 * GIB, 1 * GIB));
    tree.write('/sys/block/zram0/mm_stat', `${GIB} ${GIB / 4} ${GIB / 4} ${GIB / 2} ${GIB / 4} 0 0 0 0\n`);
    expect(new CompressedSwapReader(tree).read(0, meminfo)).toEqual({ share: 0.25, roomBytes: GIB });
  });

  it('supposes two fifths before anything was swapped', () => {
    const tree = testTree();
    tree.write('/proc/swaps', HEAD + area('/dev/zram0', 4 * GIB, 0));
    tree.write('/sys/block/zram0/mm_stat', '4096 74 12288 0 12288 0 0 0 0\n');
    const all = { ...meminfo, swapFreeBytes: 4 * GIB };
    expect(new CompressedSwapReader(tree).read(0, all)?.share).toBeCloseTo(0.4, 5);
  });

  it('takes the pool of zswap for memory until it is full', () => {
    const tree = testTree();
    tree.write('/proc/swaps', HEAD + area('/dev/vda2', 4 * GIB, 1 * GIB));
    tree.write('/sys/module/zswap/parameters/enabled', 'Y\n');
    tree.write('/sys/module/zswap/parameters/max_pool_percent', '20\n');
    const pool = { ...meminfo, zswapUsedBytes: 256 * MIB, zswapDataBytes: 768 * MIB };
    // A third of 3 GiB is below what the pool may still take (1.6 GiB less 256 MiB).
    expect(new CompressedSwapReader(tree).read(0, pool)?.share).toBeCloseTo(1 / 3, 5);
  });

  it.for([
    { what: 'swap is on disk', swaps: HEAD + area('/dev/vda2', 4 * GIB, 0), swapTotalBytes: 4 * GIB },
    { what: 'there is no swap', swaps: HEAD, swapTotalBytes: 0 },
    { what: 'the device does not say', swaps: HEAD + area('/dev/zram0', GIB, 0), swapTotalBytes: GIB },
  ])('knows nothing where $what', ({ swaps, swapTotalBytes }) => {
    const tree = testTree();
    tree.write('/proc/swaps', swaps);
    expect(new CompressedSwapReader(tree).read(0, { ...meminfo, swapTotalBytes })).toBeUndefined();
  });
});
