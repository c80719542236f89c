import { describe, expect, it } from 'vitest';
import { type Together, whoDiesWith } from '#shared/kernel/kill-order/die-together.ts';
import { type KernelTask } from '#shared/kernel/task.ts';
import { cgroupScope, pidsOf, taskOf } from '../../../../helpers/kernel-tasks.ts';

function together(over: Partial<Together> & { groups?: readonly string[] } = {}): Together {
  const { groups = [], ...rest } = over;
  return { scope: { kind: 'global' }, oomGroups: new Set(groups), honoursOomGroup: true, ...rest };
}

describe('whoDiesWith: an address space that reaches out of the scope', () => {
  const scope = { kind: 'cgroup', path: '/box' } as const;
  const victim = taskOf({ pid: 10, cgroup: '/box', mm: 7 });
  const mate = taskOf({ pid: 11, cgroup: '/box', mm: 8 });
  const outside = [
    taskOf({ pid: 5, cgroup: '/other', mm: 7, oomScoreAdj: -1000 }),
    taskOf({ pid: 6, cgroup: '/other', mm: 9 }),
    taskOf({ pid: 7, cgroup: '/', mm: 8 }),
    taskOf({ pid: 1, cgroup: '/', mm: 7, globalInit: true }),
  ];

  it('takes tasks that share it along, in any cgroup and at any value, but not global init', () => {
    expect(pidsOf(whoDiesWith([victim, mate], together({ scope }), outside)(victim))).toEqual([5]);
  });

  it('does so for all members of a group', () => {
    const group = together({ scope, groups: ['/box'] });
    expect(pidsOf(whoDiesWith([victim, mate], group, outside)(victim))).toEqual([11, 5, 7]);
  });
});

/** Who dies with the first of them. */
function withFirst(tasks: readonly KernelTask[], over?: Parameters<typeof together>[0]): number[] {
  const [victim] = tasks;
  if (victim === undefined) throw new Error('no such task');
  return pidsOf(whoDiesWith(tasks, together(over))(victim));
}

describe('whoDiesWith: memory.oom.group', () => {
  const victim = taskOf({ pid: 10, cgroup: '/pod/app' });
  const others = [
    taskOf({ pid: 11, cgroup: '/pod/app' }),
    taskOf({ pid: 12, cgroup: '/pod/app/worker' }),
    taskOf({ pid: 13, cgroup: '/pod/sidecar' }),
    taskOf({ pid: 14, cgroup: '/pod' }),
    taskOf({ pid: 15, cgroup: '/pod/application' }),
    taskOf({ pid: 16, cgroup: '/' }),
  ];
  const tasks = [victim, ...others];

  it.for<{ what: string; groups: string[]; pids: number[] }>([
    { what: 'no others without a group', groups: [], pids: [] },
    { what: 'no others for the group of other tasks', groups: ['/pod/sidecar'], pids: [] },
    { what: 'its cgroup and all below', groups: ['/pod/app'], pids: [11, 12] },
    { what: 'the higher one of two levels', groups: ['/pod/app', '/pod'], pids: [11, 12, 13, 14, 15] },
    { what: 'not what is only below', groups: ['/pod/app/worker'], pids: [] },
  ])('$what', ({ groups, pids }) => {
    expect(withFirst(tasks, { groups })).toEqual(pids);
  });

  it.for([
    { scope: '/pod/app', pids: [11, 12] },
    { scope: '/pod', pids: [11, 12, 13, 14, 15] },
  ])('where $scope ran out, a group above it does not count', ({ scope, pids }) => {
    expect(withFirst(tasks, { groups: ['/pod/app', '/pod'], scope: cgroupScope(scope) })).toEqual(pids);
  });

  it('before 4.19 there are none', () => {
    expect(withFirst(tasks, { groups: ['/pod'], honoursOomGroup: false })).toEqual([]);
  });

  it('spares -1000, global init, kernel threads and the dead, but not those passed over', () => {
    const cgroup = '/pod';
    const mixed = [
      taskOf({ pid: 10, cgroup }),
      taskOf({ pid: 1, cgroup, globalInit: true }),
      taskOf({ pid: 2, cgroup, kernelThread: true }),
      taskOf({ pid: 11, cgroup, oomScoreAdj: -1000 }),
      taskOf({ pid: 12, cgroup, withoutMemory: true }),
      taskOf({ pid: 13, cgroup, passedOver: true }),
      taskOf({ pid: 14, cgroup, oomScoreAdj: -999 }),
    ];
    expect(withFirst(mixed, { groups: ['/pod'] })).toEqual([13, 14]);
  });
});

describe('whoDiesWith: a shared address space', () => {
  it('kills all that share it, in scan order, even at -1000', () => {
    const tasks = [
      taskOf({ pid: 10, mm: 7 }),
      taskOf({ pid: 14, mm: 7 }),
      taskOf({ pid: 12, mm: 8 }),
      taskOf({ pid: 13 }),
      taskOf({ pid: 11, mm: 7, oomScoreAdj: -1000 }),
    ];
    expect(withFirst(tasks)).toEqual([14, 11]);
  });

  it('spares global init and kernel threads that share it', () => {
    const tasks = [
      taskOf({ pid: 10, mm: 7 }),
      taskOf({ pid: 1, mm: 7, globalInit: true }),
      taskOf({ pid: 2, mm: 7, kernelThread: true }),
    ];
    expect(withFirst(tasks)).toEqual([]);
  });

  it('takes along tasks that share with a member of the group, from outside of it and in scan order', () => {
    const tasks = [
      taskOf({ pid: 10, cgroup: '/pod' }),
      taskOf({ pid: 11, cgroup: '/elsewhere', mm: 7, oomScoreAdj: -1000 }),
      taskOf({ pid: 12, cgroup: '/pod', mm: 7 }),
      taskOf({ pid: 13, cgroup: '/elsewhere' }),
    ];
    expect(withFirst(tasks, { groups: ['/pod'] })).toEqual([11, 12]);
  });

  it('an unknown address space is shared with none', () => {
    expect(withFirst([taskOf({ pid: 10 }), taskOf({ pid: 11 })])).toEqual([]);
  });
});
