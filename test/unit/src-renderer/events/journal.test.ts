import { describe, expect, it } from 'vitest';
import { type JournalEntry, type JournalState } from '#shared/model/change.ts';
import { fail } from '#shared/result.ts';
import { JournalPages } from '../../../../src-renderer/events/journal.svelte.ts';
import { createPair } from '../pair.ts';

const entry = (id: number, state: JournalState = 'done'): JournalEntry => ({
  id,
  group: id,
  timeMs: id,
  who: 'alice',
  action: 'set-adj',
  subject: `p (${id})`,
  asked: '5',
  state,
});
const fifty = (newest: number) => Array.from({ length: 50 }, (_, index) => entry(newest - index));
const ids = ({ entries }: JournalPages) => entries?.map(({ id }) => id);

async function loaded(page: readonly JournalEntry[]) {
  const pair = createPair();
  const journal = new JournalPages();
  journal.attach(pair.client);
  void journal.load();
  await pair.answer(page);
  return { journal, pair };
}

describe('JournalPages', () => {
  it('is requested when it is shown; events before that are not kept', () => {
    const pair = createPair();
    const journal = new JournalPages();
    journal.attach(pair.client);
    pair.emit('change.journal', entry(1));
    expect(pair.asked).toEqual([]);
    expect(journal.entries).toBeUndefined();
  });

  it('goes on behind the last one, until a page is not full', async () => {
    const { journal, pair } = await loaded(fifty(120));
    expect(journal.complete).toBe(false);
    void journal.more();
    void journal.more();
    expect(pair.asked.slice(1)).toMatchObject([
      { request: 'change.journal', input: { count: 50, beforeId: 71 } },
    ]);
    await pair.answer([entry(70), entry(69)]);
    expect(ids(journal)).toEqual([...fifty(120).map(({ id }) => id), 70, 69]);
    expect(journal.complete).toBe(true);
  });

  it('takes in what is new, newest first, and what became something else where it stands', async () => {
    const { journal, pair } = await loaded([entry(3), entry(2)]);
    pair.emit('change.journal', entry(5));
    pair.emit('change.journal', entry(4));
    pair.emit('change.journal', entry(2, 'undone'));
    expect(ids(journal)).toEqual([5, 4, 3, 2]);
    expect(journal.entries?.at(-1)?.state).toBe('undone');
  });

  it('keeps what it has when a page cannot be read, and forgets the failure with the next one', async () => {
    const { journal, pair } = await loaded([entry(3)]);
    void journal.load();
    await pair.refuse(fail('journal-failed', { what: 'none' }).error);
    expect(journal.failure?.code).toBe('journal-failed');
    expect(ids(journal)).toEqual([3]);
    void journal.load();
    await pair.answer([entry(4), entry(3)]);
    expect(journal.failure).toBeUndefined();
    expect(ids(journal)).toEqual([4, 3]);
  });

  it('asks on the next line again', async () => {
    const { journal, pair } = await loaded([entry(3)]);
    void journal.load();
    pair.breakLine();
    await Promise.resolve();
    expect(journal.failure).toBeUndefined();
    const next = createPair();
    journal.attach(next.client);
    expect(next.asked.map(({ request }) => request)).toEqual(['change.journal']);
    await next.answer([entry(4)]);
    expect(ids(journal)).toEqual([4]);
  });
});
