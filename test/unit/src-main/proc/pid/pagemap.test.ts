import { describe, expect, it } from 'vitest';
import { HOST_FILES } from '../../../../../src-main/proc/kernel-files.ts';
import { readPidMaps } from '../../../../../src-main/proc/pid/maps.ts';
import { parsePagemap, readPagemap } from '../../../../../src-main/proc/pid/pagemap.ts';

function entries(...values: readonly bigint[]): Uint8Array {
  return new Uint8Array(new BigUint64Array(values).buffer);
}

describe('parsePagemap', () => {
  it('reads the bits of Documentation/admin-guide/mm/pagemap.rst', () => {
    const bit = (index: number): bigint => 1n << BigInt(index);
    const none = { isPresent: false, isSwapped: false, isAnonymous: true, isExclusive: false, frame: 0 };
    expect(
      parsePagemap(
        entries(
          0n,
          bit(63) | 5n,
          bit(62) | 0x123n,
          bit(63) | bit(61) | bit(56) | bit(54) | bit(32),
          bit(55) | bit(57),
        ),
      ),
    ).toEqual([
      none,
      { ...none, isPresent: true, frame: 5 },
      { ...none, isSwapped: true, frame: 0x123 },
      { ...none, isPresent: true, isAnonymous: false, isExclusive: true, frame: 2 ** 54 + 2 ** 32 },
      none,
    ]);
  });

  it('leaves out an entry that was cut', () => {
    expect(parsePagemap(entries(1n, 2n).subarray(0, 15))).toHaveLength(1);
    expect(parsePagemap(new Uint8Array())).toEqual([]);
  });

  it('reads bytes that do not begin where their buffer does', () => {
    expect(parsePagemap(Buffer.concat([Buffer.from([1]), entries(9n)]).subarray(1))).toMatchObject([
      { frame: 9 },
    ]);
  });
});

describe('readPagemap', () => {
  it('finds the end of our stack in memory', () => {
    const maps = readPidMaps(HOST_FILES, process.pid);
    const stack = maps.ok ? maps.value.find(({ name }) => name === '[stack]') : undefined;
    const read = readPagemap(HOST_FILES, process.pid, (stack?.end ?? 0) - 4096, 1, 4096);
    expect(read).toMatchObject({
      ok: true,
      value: [{ isPresent: true, isAnonymous: true, isExclusive: true }],
    });
  });

  it('tells a process that is gone', () => {
    expect(readPagemap(HOST_FILES, 4_194_305, 0, 1, 4096)).toMatchObject({ ok: false, why: 'missing' });
  });
});
