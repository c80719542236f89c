import { describe, expect, it } from 'vitest';
import { readBootId } from '../../../../src-main/proc/boot-id.ts';
import { testTree } from '../../../helpers/processes/process-sampler.ts';

describe('readBootId', () => {
  it('is the line of the kernel, or nothing where there is none', () => {
    const tree = testTree();
    expect(readBootId(tree)).toBe('');
    tree.write('/proc/sys/kernel/random/boot_id', '0b0a1f0e-8c43-4d0e-8f8a-6a2f3c1d7e55\n');
    expect(readBootId(tree)).toBe('0b0a1f0e-8c43-4d0e-8f8a-6a2f3c1d7e55');
  });
});
