import { describe, expect, it } from 'vitest';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { en } from '#shared/words/en.ts';
import { orderOfScope, orderView } from '../../../../../src-main/engine/watch/order-view.ts';
import { trayView, type TrayFacts } from '../../../../../src-main/desktop/tray/tray-menu.ts';
import { snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

function factsOf(spec: ProcTreeSpec, level: TrayFacts['level'] = 'calm'): TrayFacts {
  const snapshot = snapshotOf(spec);
  const order = orderOfScope(snapshot, GLOBAL_SCOPE, 10);
  return {
    level,
    memory: snapshot.memory.state,
    order: order.ok ? orderView(order.value, 1) : undefined,
    pageSizeBytes: 4096,
    words: en,
  };
}

const labels = (facts: TrayFacts) =>
  trayView(facts).items.map((item) => (item.kind === 'separator' ? '-' : item.label));

const TWO: ProcTreeSpec = {
  processes: [
    { pid: 10, name: 'big', rssAnonPages: 9000, adj: 300 },
    { pid: 20, name: 'small', rssAnonPages: 100 },
  ],
};

describe('trayView', () => {
  it('shows the state of memory, the next victim and why, and what can be done', () => {
    const facts = factsOf(TWO, 'tight');
    expect(labels(facts)).toEqual([
      'Memory is tight: 6.0 GiB available',
      '-',
      'Next victim: big (10)',
      'Uses 35.4 MiB. Its oom_score_adj of +300 counts like another 2.4',
      'GiB.',
      'Protect big (10)',
      'Protect big (10) strongly',
      'Never kill big (10)',
      '-',
      'Open Lifeboat',
      'Settings',
      '-',
      'Quit',
    ]);
    const { tooltip, victim, level } = trayView(facts);
    expect(tooltip).toBe('Lifeboat: Memory is tight: 6.0 GiB available. Next victim: big (10)');
    expect(victim).toMatchObject({ pid: 10 });
    expect(level).toBe('tight');
  });

  it('says when memory is used up, where that is forecast', () => {
    const forecast = {
      lowSeconds: 450,
      middleSeconds: 550,
      highSeconds: 690,
      fallingSeconds: 900,
      fellBytes: 2 ** 30,
    };
    expect(labels({ ...factsOf(TWO), forecast })[1]).toBe(
      'At this rate memory is used up in 7 to 12 minutes',
    );
  });

  it('says what was started where the name hides it', () => {
    const node = { pid: 10, name: 'MainThread', cmdline: ['/usr/bin/node', 'a.js'], rssAnonPages: 900 };
    expect(labels(factsOf({ processes: [node] }))).toContain('Protect MainThread (10 · node)');
  });

  it('does not claim to know between two that are alike', () => {
    const facts = factsOf(TWO);
    const order = facts.order;
    if (order === undefined) throw new Error('no order');
    expect(labels({ ...facts, order: { ...order, either: [10, 20] } })).toContain(
      'Next victim: big (10), or one with equal badness',
    );
  });

  it('offers nothing to protect where the kernel would not go by the order', () => {
    const facts = factsOf({ ...TWO, sysctls: { 'vm.panic_on_oom': 2 } });
    expect(trayView(facts).victim).toBeUndefined();
    expect(labels(facts)).toContain('The kernel does not follow the kill order here: open Lifeboat');
    expect(labels(facts).some((label) => label.startsWith('Protect'))).toBe(false);
  });

  it('says so where no process can be killed, or nothing is known', () => {
    const facts = factsOf({ processes: [{ pid: 10, name: 'safe', rssAnonPages: 10, adj: -1000 }] });
    expect(trayView({ ...facts, order: undefined }).items[1]).toEqual({
      kind: 'line',
      label: 'Nothing can be killed',
    });
    expect(trayView(facts).victim).toBeUndefined();
  });

  it('shows a hostile name harmlessly', () => {
    const name = 'a\u001b[31m\u202eb';
    const facts = factsOf({ processes: [{ pid: 10, name, rssAnonPages: 900 }] });
    expect(labels(facts).join('\n')).not.toMatch(/[\u001b\u202e]/);
    expect(labels(facts)).toContain('Protect a\\x1b[31m\\u202eb (10)');
  });
});
