import { describe, expect, it } from 'vitest';
import { parseAuxv, readAuxv } from '../../../../../src-main/proc/pid/auxv.ts';
import { CAPTURED } from '../../../../helpers/captured.ts';
import { procTree } from '../../../../helpers/proc-tree.ts';

/** An auxiliary vector as a machine of that word size and byte order would have it. */
function vector(
  entries: readonly (readonly [number, number])[],
  wordBytes: 4 | 8,
  littleEndian: boolean,
): Uint8Array {
  const bytes = new Uint8Array((entries.length + 1) * 2 * wordBytes);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of entries.flat().entries()) {
    if (wordBytes === 4) view.setUint32(index * 4, word, littleEndian);
    else view.setBigUint64(index * 8, BigInt(word), littleEndian);
  }
  return bytes;
}

const ENTRIES = [
  [33, 0x7fff1000],
  [16, 0x178bfbff],
  [6, 65_536],
  [17, 250],
  [3, 64],
] as const;

describe('readAuxv', () => {
  it('reads the captured one', () => {
    expect(readAuxv(CAPTURED)).toEqual({
      ok: true,
      value: { pageSizeBytes: 4096, clockTicksPerSecond: 100 },
    });
  });

  it('reads a built one, and tells one that is no vector', () => {
    const tree = procTree({ pageSizeBytes: 16_384, clockTicksPerSecond: 1000 });
    expect(readAuxv(tree)).toEqual({ ok: true, value: { pageSizeBytes: 16_384, clockTicksPerSecond: 1000 } });
    tree.write('/proc/self/auxv', 'nonsense');
    expect(readAuxv(tree)).toMatchObject({ ok: false, why: 'malformed' });
    tree.remove('/proc/self/auxv');
    expect(readAuxv(tree)).toMatchObject({ ok: false, why: 'missing' });
    tree.cleanup();
  });
});

describe('parseAuxv', () => {
  it.each<[4 | 8, boolean]>([
    [8, true],
    [4, true],
    [8, false],
    [4, false],
  ])('reads words of %i bytes, little-endian %s', (wordBytes, littleEndian) => {
    expect(parseAuxv(vector(ENTRIES, wordBytes, littleEndian))).toEqual({
      pageSizeBytes: 65_536,
      clockTicksPerSecond: 250,
    });
  });

  it('reads bytes that do not begin where their buffer does', () => {
    const bytes = Buffer.concat([Buffer.from([1, 2, 3]), vector(ENTRIES, 8, true)]).subarray(3);
    expect(parseAuxv(bytes)?.pageSizeBytes).toBe(65_536);
  });

  it.each<[string, readonly (readonly [number, number])[]]>([
    ['no page size', [[17, 100]]],
    ['no clock', [[6, 4096]]],
    [
      'a page size that is no power of two',
      [
        [6, 5000],
        [17, 100],
      ],
    ],
    [
      'a page of 1 KiB',
      [
        [6, 1024],
        [17, 100],
      ],
    ],
    [
      'a clock that stands',
      [
        [6, 4096],
        [17, 0],
      ],
    ],
    [
      'an end before them',
      [
        [0, 0],
        [6, 4096],
        [17, 100],
      ],
    ],
  ])('refuses a vector with %s', (_, entries) => {
    expect(parseAuxv(vector(entries, 8, true))).toBeUndefined();
  });
});
