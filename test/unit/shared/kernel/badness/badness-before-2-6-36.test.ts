import { describe, expect, it } from 'vitest';
import { badnessBefore2636, type OldBadnessInput } from '#shared/kernel/badness/badness-before-2-6-36.ts';

const PLAIN: OldBadnessInput = {
  totalVmPages: 1000,
  childrenVmPages: [],
  cpuSeconds: 0,
  runSeconds: 0,
  nice: 0,
  privileged: false,
  capSysRawio: false,
  sharesNodes: true,
  oomAdj: 0,
};

describe('badnessBefore2636', () => {
  it.for<{ what: string; over: Partial<OldBadnessInput>; points: number }>([
    { what: 'the size of its address space', over: {}, points: 1000 },
    { what: 'half of each child and one page more', over: { childrenVmPages: [500, 301] }, points: 1402 },
    {
      what: 'divided by the root of its CPU time in eights of seconds',
      over: { cpuSeconds: 32 },
      points: 500,
    },
    { what: 'CPU time below eight seconds does not count', over: { cpuSeconds: 7.9 }, points: 1000 },
    { what: 'divided by the fourth root of its age', over: { runSeconds: 16 * 1024 }, points: 500 },
    { what: 'the roots are rounded down', over: { runSeconds: 15 * 1024 }, points: 1000 },
    { what: 'doubled when it is nice', over: { nice: 1 }, points: 2000 },
    { what: 'not doubled when it is not', over: { nice: -5 }, points: 1000 },
    { what: 'a quarter when it is privileged', over: { privileged: true }, points: 250 },
    { what: 'a quarter when it may do raw I/O', over: { capSysRawio: true }, points: 250 },
    { what: 'an eighth when its memory nodes are others', over: { sharesNodes: false }, points: 125 },
    { what: 'shifted up by oom_adj', over: { oomAdj: 3 }, points: 8000 },
    { what: 'shifted down by oom_adj', over: { oomAdj: -3 }, points: 125 },
    { what: 'nothing left', over: { oomAdj: -16 }, points: 0 },
    { what: 'at least one before it is shifted up', over: { totalVmPages: 0, oomAdj: 15 }, points: 32_768 },
  ])('$what', ({ over, points }) => {
    expect(badnessBefore2636({ ...PLAIN, ...over })).toBe(points);
  });

  it('truncates after each step, in the order of the kernel', () => {
    const input = { totalVmPages: 1003, childrenVmPages: [7], cpuSeconds: 80, runSeconds: 0, nice: 5 };
    // 1003 + 4 = 1007; / 3 = 335; * 2 = 670; / 4 = 167; >> 1 = 83.
    expect(badnessBefore2636({ ...PLAIN, ...input, privileged: true, oomAdj: -1 })).toBe(83);
  });
});
