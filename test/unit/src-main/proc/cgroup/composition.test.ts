import { describe, expect, it } from 'vitest';
import { parseComposition, parseCompositionV1 } from '../../../../../src-main/proc/cgroup/composition.ts';

/** Linux 6.12, cut. */
const V2 = `anon 208896
file 1085440
kernel 700416
kernel_stack 16384
pagetables 61440
percpu 4800
sock 8192
shmem 40960
file_mapped 0
slab_reclaimable 376832
slab_unreclaimable 205832
slab 582664
`;

/** Linux 5.10, cut. */
const V1 = `cache 1085440
rss 208896
shmem 40960
total_cache 2170880
total_rss 417792
total_shmem 81920
total_swap 4096
`;

describe('what the memory of a cgroup is made of', () => {
  it('is parsed with cgroup v2: shared memory is no file, slab is a part of the kernel', () => {
    expect(parseComposition(V2)).toEqual({
      ...{ anonBytes: 208_896, fileBytes: 1_044_480, shmemBytes: 40_960, slabBytes: 582_664 },
      ...{ kernelBytes: 117_752, socketBytes: 8192 },
    });
  });

  it('adds the parts of the kernel where it prints no sum, before Linux 5.18', () => {
    const before = V2.replace(/^kernel \d+\n/m, '');
    expect(parseComposition(before)?.kernelBytes).toBe(16_384 + 61_440 + 4800);
  });

  it('is parsed with cgroup v1, with the cgroups below', () => {
    expect(parseCompositionV1(V1)).toEqual({
      ...{ anonBytes: 417_792, fileBytes: 2_088_960, shmemBytes: 81_920, swapBytes: 4096 },
    });
  });

  it.each(['', 'anon\n', 'anon -1\nfile 2\n', 'file 12\n', 'anon 1\nfile x\n'])('refuses %j', (text) => {
    expect(parseComposition(text)).toBeUndefined();
    expect(parseCompositionV1(text)).toBeUndefined();
  });
});
