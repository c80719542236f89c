import { describe, expect, it } from 'vitest';
import { type OrderEntry } from '#shared/model/kill-order.ts';
import { type OwnStanding } from '#shared/model/own-process.ts';
import { fail } from '#shared/result.ts';
import { OwnStandings } from '../../../../src-renderer/doctor/own.svelte.ts';
import { createPair } from '../pair.ts';

const STANDING: OwnStanding = {
  id: 'own',
  computedAtMs: 0,
  writes: [],
  changes: [],
  processes: [
    { pid: 10, startTicks: 1, name: 'lifeboat', role: 'main', rank: 4, oomScoreAdj: 200, usedBytes: 1 },
    { pid: 11, startTicks: 2, name: 'lifeboat', role: 'window', rank: 2, oomScoreAdj: 300, usedBytes: 1 },
  ],
  eligibleCount: 9,
  targetAdj: -250,
};
const entry = (pid: number, startTicks: number) => ({ pid, startTicks }) as OrderEntry;

describe('OwnStandings', () => {
  it('asks where Lifeboat stands, and finds the first place that is its own', async () => {
    const pair = createPair();
    const own = new OwnStandings();
    own.attach(pair.client);
    expect(own.firstIn([entry(11, 2)])).toBeUndefined();
    await pair.answer(STANDING);
    expect(own.standing).toEqual(STANDING);
    expect(own.firstIn([entry(5, 5), entry(11, 2), entry(10, 1)])?.pid).toBe(11);
    // Its pid went to another process.
    expect(own.firstIn([entry(11, 3)])).toBeUndefined();
  });

  it('keeps what it knew when it cannot be said', async () => {
    const pair = createPair();
    const own = new OwnStandings();
    own.attach(pair.client);
    await pair.answer(STANDING);
    void own.load();
    await pair.refuse(fail('proc-unreadable', { what: 'file', path: '/proc', errno: 'EACCES' }).error);
    expect(own.failure?.code).toBe('proc-unreadable');
    expect(own.standing).toEqual(STANDING);
  });
});
