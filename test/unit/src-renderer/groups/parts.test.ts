import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../../src-renderer/groups/detail/parts.ts';

const NONE = { anonBytes: 0, fileBytes: 0, shmemBytes: 0 };

describe('the parts of the memory of a group', () => {
  it('are those that there are, and what the kernel does not tell apart', () => {
    const parts = partsOf({ ...NONE, anonBytes: 70, slabBytes: 10, swapBytes: 5 }, 100);
    expect(parts).toEqual([
      { name: 'anonBytes', bytes: 70 },
      { name: 'slabBytes', bytes: 10 },
      { name: 'other', bytes: 20 },
      { name: 'swapBytes', bytes: 5 },
    ]);
  });

  it('leave out what is only counted late', () => {
    expect(partsOf({ ...NONE, anonBytes: 99 }, 100)).toEqual([{ name: 'anonBytes', bytes: 99 }]);
    expect(partsOf({ ...NONE, anonBytes: 104 }, 100)).toEqual([{ name: 'anonBytes', bytes: 104 }]);
  });
});
