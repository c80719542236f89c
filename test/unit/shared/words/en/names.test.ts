import { describe, expect, it } from 'vitest';
import { youLose } from '#shared/words/en/names.ts';

describe('what is lost with a virtual machine', () => {
  it.each([
    ['win11', 'the virtual machine win11, as if its power were cut'],
    // qemu without -name.
    ['virtual machine', 'a virtual machine, as if its power were cut'],
  ])('%s', (name, said) => {
    expect(youLose({ kind: 'vm', name })).toBe(said);
  });
});
