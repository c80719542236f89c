import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, type View } from '#shared/contract/watch.ts';
import { type Scope } from '#shared/model/scope.ts';
import { fail } from '#shared/result.ts';
import { stubStorage } from '../storage.ts';
import { Watching } from '../../../../src-renderer/next/watching.svelte.ts';
import { SCENES } from '../../../helpers/scenes/scenes.ts';
import { createPair, type Pair } from '../pair.ts';

const scene = (SCENES['workbench'] ?? expect.unreachable)();
const POD: Scope = { kind: 'cgroup', path: '/user.slice' };

function frameOf(view: View, tick = 0): Frame {
  const result = scene.frame(view, tick);
  return result.ok ? result.value : expect.unreachable();
}

function lastView(pair: Pair): View {
  return pair.asked.at(-1)?.input as View;
}

/** Answers requests as the engine does until none is left. */
async function answerAll(pair: Pair): Promise<void> {
  let answered = -1;
  while (answered !== pair.asked.length) {
    answered = pair.asked.length;
    await pair.answer(frameOf(lastView(pair)));
  }
}

async function watching(): Promise<{ readonly state: Watching; readonly pair: Pair }> {
  const pair = createPair();
  stubStorage();
  const state = new Watching();
  state.attach(pair.client);
  await answerAll(pair);
  return { state, pair };
}

describe('Watching', () => {
  it('asks for the order, and for no details while no process is chosen', async () => {
    const { state, pair } = await watching();
    expect(pair.asked.map(({ request }) => request)).toEqual(['watch.subscribe']);
    expect(pair.asked[0]?.input).toEqual({
      scope: { kind: 'global' },
      orderCount: 25,
      owners: { count: 60, open: [] },
    });
    pair.emit('watch.frame', frameOf(lastView(pair), 3));
    expect(pair.asked).toHaveLength(1);
    expect(state.detail).toBeUndefined();
  });

  it('stays with a process that was picked, and lets it go', async () => {
    const { state, pair } = await watching();
    const third = state.frame?.order.entries[2] ?? expect.unreachable();
    state.pick(third);
    expect(state.detail).toBeUndefined();
    await answerAll(pair);
    expect(state.detail).toMatchObject({ process: { pid: third.pid } });
    pair.emit('watch.frame', frameOf(lastView(pair), 3));
    expect(lastView(pair).chosen?.pid).toBe(third.pid);
    state.pick(undefined);
    await answerAll(pair);
    expect(lastView(pair).chosen).toBeUndefined();
    expect(state.detail).toBeUndefined();
  });

  it('keeps the last figures of a process that has ended', async () => {
    const { state, pair } = await watching();
    const third = state.frame?.order.entries[2] ?? expect.unreachable();
    state.pick(third);
    await answerAll(pair);
    pair.emit('watch.frame', { ...frameOf(lastView(pair), 1), chosen: 'gone' });
    expect(state.detail).toBe('gone');
    expect(state.lastDetail?.process.pid).toBe(third.pid);
  });

  it('keeps the figures of before where a process is read while it exits', async () => {
    const { state, pair } = await watching();
    const third = state.frame?.order.entries[2] ?? expect.unreachable();
    state.pick(third);
    await answerAll(pair);
    const before = state.lastDetail ?? expect.unreachable();
    const exiting = { ...before.process, rssPages: 0, swapPages: 0, pageTablePages: 0 };
    pair.emit('watch.frame', {
      ...frameOf(lastView(pair), 1),
      chosen: { ...before, process: exiting },
    });
    pair.emit('watch.frame', { ...frameOf(lastView(pair), 2), chosen: 'gone' });
    expect(state.lastDetail?.process.rssPages).toBe(before.process.rssPages);
  });

  it('does not take the end of one process for the end of another', async () => {
    const { state, pair } = await watching();
    state.pick({ pid: 4_000_000, startTicks: 1 });
    await answerAll(pair);
    expect(state.detail).toBe('gone');
    state.pick(state.frame?.order.entries[1]);
    expect(state.detail).toBeUndefined();
  });

  it('has one request under way, and then asks once for all that was chosen meanwhile', async () => {
    const { state, pair } = await watching();
    const before = pair.asked.length;
    state.openTable(true);
    state.search('j');
    state.search('ja');
    state.search('java');
    state.sortBy('rss');
    expect(pair.asked.length).toBe(before + 1);
    await pair.answer(frameOf(lastView(pair)));
    expect(pair.asked.length).toBe(before + 2);
    expect(lastView(pair).table).toMatchObject({ query: 'java', sort: 'rss', descending: true, from: 0 });
    await answerAll(pair);
    expect(pair.asked.length).toBe(before + 2);
  });

  it('sorts names from A, figures from the largest, and turns round when asked again', () => {
    stubStorage();
    const state = new Watching();
    state.sortBy('name');
    expect([state.sort, state.descending]).toEqual(['name', false]);
    state.sortBy('name');
    expect(state.descending).toBe(true);
    state.sortBy('swap');
    expect([state.sort, state.descending]).toEqual(['swap', true]);
  });

  it('asks for rows only when those that are there run out', async () => {
    const { state, pair } = await watching();
    state.openTable(true);
    await answerAll(pair);
    const before = pair.asked.length;
    for (let row = 0; row <= 24; row += 1) state.showRows(row, 40);
    expect(pair.asked.length).toBe(before);
    state.showRows(60, 40);
    expect(pair.asked.length).toBe(before + 1);
    expect(lastView(pair).table).toMatchObject({ from: 20, count: 120 });
  });

  it('asks once more when the screen turns out to be taller than thought', async () => {
    const { state, pair } = await watching();
    state.openTable(true);
    const before = pair.asked.length;
    state.showRows(0, 200);
    await answerAll(pair);
    expect(lastView(pair).table).toMatchObject({ from: 0, count: 240 });
    expect(pair.asked.length).toBe(before + 1);
    state.showRows(0, 2000);
    await answerAll(pair);
    expect(lastView(pair).table).toMatchObject({ from: 0, count: 500 });
  });

  it('never asks for more than the contract allows, wherever it is scrolled', () => {
    fc.assert(
      fc.property(
        fc.nat(4_000_000),
        fc.nat(2000),
        fc.string({ maxLength: 400, size: 'max' }),
        (from, count, query) => {
          const pair = createPair();
          stubStorage();
          const state = new Watching();
          state.showRows(from, count);
          state.openTable(true);
          state.search(query);
          state.showRows(from, count);
          state.attach(pair.client);
          const { table } = lastView(pair);
          expect(table?.count).toBeLessThanOrEqual(500);
          expect(table?.from).toBeGreaterThanOrEqual(0);
          expect(table?.from).toBeLessThanOrEqual(from);
          expect(table?.query.length).toBeLessThanOrEqual(200);
        },
      ),
    );
  });

  it('goes back to the whole machine when a cgroup is not there', async () => {
    const { state, pair } = await watching();
    state.lookAt(POD);
    expect(state.changingScope).toBe(true);
    await pair.refuse(fail('scope-unknown', { path: '/gone' }).error);
    expect(state.scope).toEqual({ kind: 'global' });
    expect(state.lostScope).toEqual(POD);
    await answerAll(pair);
    expect(state.changingScope).toBe(false);
    expect(state.failure).toBeUndefined();
  });

  it('says that a cgroup is gone when the whole machine comes in its place', async () => {
    const { state, pair } = await watching();
    state.lookAt(POD);
    await answerAll(pair);
    expect(state.frame?.order.scope).toEqual(POD);
    pair.emit('watch.frame', frameOf({ scope: { kind: 'global' }, orderCount: 25 }, 5));
    expect(state.lostScope).toEqual(POD);
    expect(state.scope).toEqual({ kind: 'global' });
    expect(lastView(pair).scope).toEqual({ kind: 'global' });
    await answerAll(pair);
    expect(state.frame?.order.scope).toEqual({ kind: 'global' });
  });

  it('tells a failure, and forgets it when a request succeeds', async () => {
    const pair = createPair();
    stubStorage();
    const state = new Watching();
    state.attach(pair.client);
    await pair.refuse(fail('proc-unreadable', { what: 'file', path: '/proc', errno: 'EACCES' }).error);
    expect(state.failure?.code).toBe('proc-unreadable');
    state.again();
    await answerAll(pair);
    expect(state.failure).toBeUndefined();
  });

  it('asks a new line for what was looked at on the old one, and ignores the old one', async () => {
    const { state, pair } = await watching();
    state.lookAt(POD);
    await answerAll(pair);
    state.search('code');
    pair.breakLine();
    await Promise.resolve();
    expect(state.failure).toBeUndefined();
    expect(state.frame).toBeDefined();
    const next = createPair();
    state.attach(next.client);
    expect(lastView(next)).toMatchObject({ scope: POD, table: { query: 'code' } });
    await answerAll(next);
    expect(state.frame?.table?.range.query).toBe('code');
  });

  it('shows the order by owner or by process, remembers which, and asks for what is unfolded', async () => {
    const { state, pair } = await watching();
    state.fold('container:x', true);
    await answerAll(pair);
    expect(lastView(pair).owners).toEqual({ count: 60, open: ['container:x'] });
    state.fold('container:x', false);
    state.showOrder(false);
    await answerAll(pair);
    expect(lastView(pair)).not.toHaveProperty('owners');
    expect(localStorage.getItem('lifeboat.order')).toBe('process');
    expect(new Watching().byOwner).toBe(false);
  });
});
