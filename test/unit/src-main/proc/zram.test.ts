import { describe, expect, it } from 'vitest';
import { parseMmStat, zramUsedBytes } from '../../../../src-main/proc/zram.ts';
import { testTree } from '../../../helpers/processes/process-sampler.ts';

/** Of a machine with 8 GiB of zram, Linux 6.12. */
const MM_STAT = '     4096       74    12288        0    12288        0        0        0        0\n';

describe('zram', () => {
  it('has what is in it, what that takes, and its limit in mm_stat', () => {
    expect(parseMmStat(MM_STAT)).toEqual({ dataBytes: 4096, usedBytes: 12_288, limitBytes: 0 });
    expect(parseMmStat('1 2\n')).toBeUndefined();
    expect(parseMmStat('one two three four\n')).toBeUndefined();
  });

  it('is the sum of all devices, 0 without any, and not known where one does not say', () => {
    const tree = testTree();
    expect(zramUsedBytes(tree)).toBe(0);
    tree.write('/sys/block/zram0/mm_stat', MM_STAT);
    tree.write('/sys/block/zram1/mm_stat', MM_STAT);
    tree.write('/sys/block/sda/mm_stat', 'x');
    expect(zramUsedBytes(tree)).toBe(24_576);
    tree.write('/sys/block/zram1/mm_stat', 'x');
    expect(zramUsedBytes(tree)).toBeUndefined();
  });
});
