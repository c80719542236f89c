import { describe, expect, it } from 'vitest';
import { ineligibleReason } from '#shared/kernel/badness/eligibility.ts';
import { taskOf, type TaskSpec } from '../../../../helpers/kernel-tasks.ts';

describe('ineligibleReason', () => {
  it.for<{ what: string; over: Partial<TaskSpec>; reason: string | undefined }>([
    { what: 'an ordinary process', over: {}, reason: undefined },
    { what: 'one at -999', over: { oomScoreAdj: -999 }, reason: undefined },
    { what: 'PID 1 of a container', over: { pid: 1 }, reason: undefined },
    { what: 'a process with no page of its own', over: { rssPages: 0 }, reason: undefined },
    { what: 'one at -1000', over: { oomScoreAdj: -1000 }, reason: 'oom-score-adj-minimum' },
    { what: 'global init', over: { globalInit: true }, reason: 'global-init' },
    { what: 'a kernel thread', over: { kernelThread: true, withoutMemory: true }, reason: 'kernel-thread' },
    {
      what: 'a kernel thread that borrows an address space',
      over: { kernelThread: true },
      reason: 'kernel-thread',
    },
    { what: 'a zombie', over: { withoutMemory: true }, reason: 'no-memory' },
    { what: 'a vfork child', over: { passedOver: true }, reason: 'passed-over' },
    { what: 'global init at -1000', over: { globalInit: true, oomScoreAdj: -1000 }, reason: 'global-init' },
  ])('$what: $reason', ({ over, reason }) => {
    expect(ineligibleReason(taskOf({ pid: 7, ...over }))).toBe(reason);
  });
});
