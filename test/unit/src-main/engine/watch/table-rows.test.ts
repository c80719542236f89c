import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SORT_COLUMNS, type TableRange, type TableRow } from '#shared/contract/watch.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { orderOfScope, type OrderOfScope } from '../../../../../src-main/engine/watch/order-view.ts';
import { rowOf, showsFront, tableRows } from '../../../../../src-main/engine/watch/table-rows.ts';
import { wholeCommandIn } from '../../../../../src-main/engine/rules/whole-command.ts';
import { WholeCommands } from '../../../../../src-main/engine/watch/whole-commands.ts';
import { sampledTree, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const ALL: TableRange = { query: '', sort: 'rank', descending: false, from: 0, count: 500 };
const ID = 'ab'.repeat(32);

const spec: ProcTreeSpec = {
  users: { root: 0, alice: 1000 },
  cgroups: { '/box': { oomGroup: true } },
  processes: [
    { pid: 1, name: 'init' },
    { pid: 2, name: 'kthreadd', kernelThread: true },
    { pid: 10, name: 'Postgres', uid: 1000, rssAnonPages: 700, cgroup: '/system.slice/db.service' },
    { pid: 20, name: 'worker', rssAnonPages: 900, cmdline: ['worker', '--tenant=Acme'], swapPages: 4 },
    { pid: 30, name: 'worker', rssAnonPages: 800, adj: 20 },
    { pid: 40, name: 'sshd', adj: -1000, rssAnonPages: 5000 },
    { pid: 50, name: 'a.box', rssAnonPages: 600, cgroup: '/box' },
    { pid: 60, name: 'b.box', rssAnonPages: 10, cgroup: '/box' },
    { pid: 70, name: 'gone', memory: 'none' },
    { pid: 80, name: 'contained', rssAnonPages: 300, cgroup: `/docker/${ID}` },
  ],
};

function orderIn(tree: ProcTreeSpec = spec): OrderOfScope & { find: (pid: number) => TableRow } {
  const snapshot = snapshotOf(tree);
  const order = orderOfScope(snapshot, GLOBAL_SCOPE);
  if (!order.ok) throw new Error(order.error.code);
  return {
    ...order.value,
    find: (pid) => {
      const process = snapshot.processes.find((each) => each.pid === pid);
      if (process === undefined) throw new Error(`no process ${pid}`);
      return rowOf(order.value, process);
    },
  };
}

describe('tableRows', () => {
  it('has all processes: places first, then those that are never killed, with the reason', () => {
    const { rows, total } = tableRows(orderIn(), ALL);
    expect(total).toBe(10);
    expect(rows.map(({ pid, rank, ineligible }) => [pid, rank, ineligible])).toEqual([
      [30, 1, undefined],
      [20, 2, undefined],
      [10, 3, undefined],
      [50, 4, undefined],
      [60, 4, undefined],
      [80, 5, undefined],
      [1, undefined, 'global-init'],
      [2, undefined, 'kernel-thread'],
      [40, undefined, 'oom-score-adj-minimum'],
      [70, undefined, 'no-memory'],
    ]);
  });

  it.for([
    { query: 'WORKER', pids: [30, 20] },
    { query: 'worker acme', pids: [20] },
    { query: '  acme   worker ', pids: [20] },
    { query: 'alice', pids: [10] },
    { query: 'db.service', pids: [10] },
    { query: 'abab', pids: [80] },
    { query: '40', pids: [40] },
    { query: 'no process has this', pids: [] },
    { query: '.*', pids: [] },
  ])('finds "$query"', ({ query, pids }) => {
    const { rows, total } = tableRows(orderIn(), { ...ALL, query });
    expect(rows.map(({ pid }) => pid)).toEqual(pids);
    expect(total).toBe(pids.length);
  });

  it.for([
    { sort: 'name', first: [50, 60, 80] },
    { sort: 'pid', first: [1, 2, 10] },
    { sort: 'user', first: [10, 1, 2] },
    { sort: 'oomScoreAdj', first: [40, 1, 2] },
  ] as const)('sorts by $sort', ({ sort, first }) => {
    const { rows } = tableRows(orderIn(), { ...ALL, sort, count: 3 });
    expect(rows.map(({ pid }) => pid)).toEqual(first);
  });

  it.for([
    { sort: 'rss', first: [40, 20, 30] },
    { sort: 'swap', first: [20, 1, 2] },
    { sort: 'badness', first: [30, 20, 10] },
    { sort: 'oomScoreAdj', first: [30, 1, 2] },
  ] as const)('sorts by $sort from the largest', ({ sort, first }) => {
    const { rows } = tableRows(orderIn(), { ...ALL, sort, descending: true, count: 3 });
    expect(rows.map(({ pid }) => pid)).toEqual(first);
  });

  it('sorts those that die with a victim by their own badness', () => {
    const { rows } = tableRows(orderIn(), { ...ALL, sort: 'badness', descending: true });
    const shown = rows.filter(({ ineligible }) => ineligible === undefined).map((row) => row.badnessPages);
    expect(shown).toEqual(shown.toSorted((a, b) => b - a));
  });

  it('needs the order only as far as it shows it, where it shows the front', () => {
    const snapshot = snapshotOf(spec);
    const upTo = (most: number) => {
      const order = orderOfScope(snapshot, GLOBAL_SCOPE, most);
      return order.ok ? order.value : expect.unreachable(order.error.code);
    };
    for (const [from, count] of [
      [0, 1],
      [0, 3],
      [1, 2],
      [2, 3],
      [0, 5],
      [4, 2],
      [0, 500],
      [7, 0],
    ] as const) {
      const range = { ...ALL, query: ' ', from, count };
      expect(showsFront(range)).toBe(true);
      expect(tableRows(upTo(from + count), range)).toEqual(tableRows(upTo(Infinity), range));
    }
  });

  it.for([{ query: 'worker' }, { sort: 'rss' as const }, { descending: true }])(
    'shows no front with %o',
    (asked) => {
      expect(showsFront({ ...ALL, ...asked })).toBe(false);
    },
  );

  it('finds a word behind the part of a command that a snapshot keeps, and reads the whole of it once', () => {
    const classPath = '/opt/broker/libs/some-library.jar:'.repeat(400);
    const { tree, sample } = sampledTree({
      processes: [
        { pid: 20, name: 'java', cmdline: ['java', '-cp', classPath, 'kafka.Kafka'] },
        { pid: 30, name: 'java', cmdline: ['java', '-cp', classPath, 'zoo.Keeper'] },
      ],
    });
    const read: number[] = [];
    const whole = wholeCommandIn(tree);
    const commands = new WholeCommands((process) => {
      read.push(process.pid);
      return whole(process);
    });
    const found = (query: string) => {
      const order = orderOfScope(sample(), GLOBAL_SCOPE);
      if (!order.ok) throw new Error(order.error.code);
      return tableRows(order.value, { ...ALL, query }, commands).rows.map(({ pid }) => pid);
    };
    expect(found('KAFKA.kafka')).toEqual([20]);
    expect(found('java keeper')).toEqual([30]);
    expect(found('kafka.nothing')).toEqual([]);
    expect(read.toSorted()).toEqual([20, 30]);
  });

  it('gives any part of the same whole', () => {
    const order = orderIn();
    fc.assert(
      fc.property(
        fc.constantFrom(...SORT_COLUMNS),
        fc.boolean(),
        fc.constantFrom('', 'worker', 'o', 'zzz'),
        fc.nat({ max: 12 }),
        fc.nat({ max: 12 }),
        (sort, descending, query, from, count) => {
          const whole = tableRows(order, { query, sort, descending, from: 0, count: 500 });
          const part = tableRows(order, { query, sort, descending, from, count });
          expect(part.rows).toEqual(whole.rows.slice(from, from + count));
          expect(part.total).toBe(whole.rows.length);
          expect(part.range).toEqual({ query, sort, descending, from, count });
        },
      ),
    );
  });

  it('has the same rows in whatever order', () => {
    const order = orderIn();
    const pidsBy = (sort: TableRange['sort'], descending: boolean) =>
      tableRows(order, { ...ALL, sort, descending }).rows.map(({ pid }) => pid);
    for (const sort of SORT_COLUMNS) {
      const all = [1, 2, 10, 20, 30, 40, 50, 60, 70, 80];
      expect(pidsBy(sort, false).toSorted((a, b) => a - b)).toEqual(all);
      expect(pidsBy(sort, true).toSorted((a, b) => a - b)).toEqual(all);
    }
    expect(pidsBy('pid', true)).toEqual(pidsBy('pid', false).toReversed());
  });

  it('keeps equal ones by pid in both directions', () => {
    const order = orderIn();
    for (const descending of [false, true]) {
      const roots = tableRows(order, { ...ALL, query: 'root', sort: 'user', descending }).rows;
      expect(roots.map(({ pid }) => pid)).toEqual([1, 2, 20, 30, 40, 50, 60, 70, 80]);
    }
  });
});

describe('rowOf', () => {
  it('is the row of the table', () => {
    const order = orderIn();
    for (const row of tableRows(order, ALL).rows) expect(order.find(row.pid)).toEqual(row);
  });

  it('is a row without a place for a process outside of the scope', () => {
    const order = orderIn();
    const stranger = snapshotOf({ processes: [{ pid: 99, name: 'stranger' }] }).processes[0];
    if (stranger === undefined) throw new Error('no stranger');
    const row = rowOf(order, stranger);
    expect(row.name).toBe('stranger');
    expect(row).not.toHaveProperty('rank');
    expect(row).not.toHaveProperty('ineligible');
  });
});
