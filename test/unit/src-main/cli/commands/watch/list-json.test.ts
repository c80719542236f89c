import { describe, expect, it } from 'vitest';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { jsonHead, listJson } from '../../../../../../src-main/cli/commands/watch/list-json.ts';
import { orderOfScope } from '../../../../../../src-main/engine/watch/order-view.ts';
import { parseListed } from '../../../../../helpers/processes/process-list-shape.ts';
import { snapshotOf } from '../../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../../helpers/proc-tree.ts';

function listed(spec: ProcTreeSpec, count = 10) {
  const snapshot = snapshotOf(spec);
  const order = orderOfScope(snapshot, GLOBAL_SCOPE);
  if (!order.ok) throw new Error(order.error.code);
  return parseListed(JSON.stringify(listJson(snapshot, order.value, count)));
}

const processes = [
  { pid: 1, name: 'init' },
  { pid: 10, name: 'big', rssAnonPages: 9000, cgroup: '/system.slice/big.service' },
  { pid: 20, name: 'small' },
  { pid: 30, memory: 'none' },
] as const;

describe('jsonHead', () => {
  it('says when, and on which kernel', () => {
    const snapshot = snapshotOf({});
    expect(jsonHead(snapshot)).toEqual({
      version: 1,
      time: new Date(snapshot.timeMs).toISOString(),
      kernel: { release: '6.12.0-1-amd64', formula: '5.9' },
    });
  });
});

describe('listJson', () => {
  it('has the first places, and all processes without one', () => {
    const { order, ineligible } = listed({ processes }, 1);
    expect(order.map(({ rank, pid, unit }) => [rank, pid, unit])).toEqual([[1, 10, 'big.service']]);
    expect(ineligible).toEqual([
      { pid: 1, name: 'init', reason: 'global-init' },
      { pid: 30, name: 'process-30', reason: 'no-memory' },
    ]);
  });

  it.for([
    { what: 'kills', spec: { processes }, printed: { panics: false, confidence: 'certain', either: [10] } },
    {
      what: 'panics',
      spec: { processes, sysctls: { 'vm.panic_on_oom': 2 } },
      printed: { panics: true, confidence: 'certain', either: [], order: [] },
    },
    { what: 'has no victim left', spec: {}, printed: { panics: true, either: [], order: [] } },
    {
      what: 'kills the process that asks',
      spec: { processes, sysctls: { 'vm.oom_kill_allocating_task': 1 } },
      printed: { panics: false, killsAllocatingTask: true, confidence: 'close', either: [] },
    },
    {
      what: 'kills a process that may be hidden',
      spec: { processes, initialPidNamespace: false },
      printed: { panics: false, confidence: 'close' },
    },
  ])('says that the kernel $what', ({ spec, printed }) => {
    expect(listed(spec)).toMatchObject(printed);
  });
});
