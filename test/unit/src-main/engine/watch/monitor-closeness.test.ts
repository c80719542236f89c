import { describe, expect, it, vi } from 'vitest';
import { IN_BOX, monitored, pidsOf, VIEW } from '../../../../helpers/monitored.ts';

const MIB = 2 ** 20;

describe('Monitor, reading as closely as its clients look', () => {
  it('places the chosen process, however far behind what is shown', () => {
    const { monitor, client } = monitored();
    monitor.start();
    const { client: looking } = client();
    const table = { query: '', sort: 'rank', descending: false, from: 0, count: 1 } as const;
    for (const [pid, rank] of [
      [10, 1],
      [20, 2],
    ] as const) {
      const chosen = { pid, startTicks: 1000 + pid };
      const answer = monitor.watch(looking, { ...VIEW, orderCount: 1, table, chosen });
      expect(answer.ok && answer.value).toMatchObject({
        order: { entries: [{ pid: 10, rank: 1 }] },
        table: { rows: [{ pid: 10, rank: 1 }] },
        chosen: { process: { pid, rank } },
      });
    }
  });

  it('reads again for the first client: what no client watched may be a few ticks old', () => {
    const same = { rssAnonPages: 9000, oomScore: 700 };
    const { tree, monitor, next, client } = monitored({
      processes: [
        { pid: 50, name: 'one', ...same },
        { pid: 51, name: 'other', ...same },
      ],
    });
    monitor.start();
    for (let tick = 0; tick < 8; tick++) next();
    tree.setProcess({ pid: 51, name: 'other', ...same, swapPages: 3000 });
    next();
    const answer = monitor.watch(client().client, VIEW);
    expect(answer.ok && pidsOf(answer.value)).toEqual([51, 50]);
  });

  it('looks closely at the front all the time while memory is short', () => {
    const { tree, monitor, next } = monitored({ meminfo: { memAvailableBytes: MIB } });
    monitor.start();
    for (const swapPages of [11, 22, 33]) {
      tree.setProcess({ pid: 10, name: 'big', rssAnonPages: 9000, cgroup: '/big', swapPages });
      next();
      const seen = monitor.front();
      expect(seen.ok && seen.value.order.places[0]?.task.memory?.swapPages).toBe(swapPages);
    }
  });

  it('knows the next victim in place of the chosen one, however little is shown', () => {
    const { monitor, client } = monitored({
      processes: [1, 2, 3].map((each) => ({ pid: each * 10, rssAnonPages: each * 1000, cgroup: '/box' })),
    });
    monitor.start();
    const chosen = { pid: 30, startTicks: 1030 };
    const answer = monitor.watch(client().client, { ...IN_BOX, orderCount: 1, chosen });
    expect(answer.ok && answer.value.chosen).toMatchObject({ protect: { nextPid: 20 } });
  });

  it('answers first, and then looks around for the next tick', () => {
    const { sampler, monitor, next } = monitored();
    const lookAround = vi.spyOn(sampler, 'lookAround');
    monitor.start();
    const before: number[] = [];
    monitor.watch({ view: VIEW, rows: [], onFrame: () => before.push(lookAround.mock.calls.length) }, VIEW);
    lookAround.mockClear();
    next();
    next();
    expect(before).toEqual([0, 1]);
    expect(lookAround).toHaveBeenCalledTimes(2);
  });
});
