import { beforeEach, describe, expect, it } from 'vitest';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { fail } from '#shared/result.ts';
import { AlertPages } from '../../../../src-renderer/events/alerts.svelte.ts';
import { createPair } from '../pair.ts';
import { stubStorage } from '../storage.ts';

const alert = (id: number): RecordedAlert => ({
  id,
  timeMs: id,
  alert: { kind: 'kill', count: 1, witness: 'unknown', victims: [] },
});
const ten = (newest: number) => Array.from({ length: 10 }, (_, index) => alert(newest - index));
const ids = ({ entries }: AlertPages) => entries?.map(({ id }) => id);

let stored: Map<string, string>;
beforeEach(() => {
  stored = stubStorage();
});

async function loaded(page: readonly RecordedAlert[]) {
  const pair = createPair();
  const pages = new AlertPages();
  pages.attach(pair.client);
  await pair.answer(page);
  return { pages, pair };
}

describe('AlertPages', () => {
  it('counts new alerts until the list is shown, and from then on those that were not on screen', async () => {
    const { pages, pair } = await loaded([alert(2), alert(1)]);
    expect(pages.unseen).toBe(0);
    pair.emit('events.alert', alert(3));
    pair.emit('events.alert', alert(4));
    expect(pages.unseen).toBe(2);
    const lookAway = pages.watch();
    expect(pages.unseen).toBe(0);
    pair.emit('events.alert', alert(5));
    expect(pages.unseen).toBe(0);
    lookAway();
    pair.emit('events.alert', alert(6));
    expect(pages.unseen).toBe(1);
  });

  it('tells what was missed while there was no page', async () => {
    await loaded([alert(4)]);
    const { pages } = await loaded([alert(7), alert(6), alert(4)]);
    expect(pages.unseen).toBe(2);
  });

  it('has missed nothing in a record that was started over, or that it cannot parse', async () => {
    stored.set('lifeboat.alerts.seen', '900');
    expect((await loaded([alert(3), alert(2)])).pages.unseen).toBe(0);
    expect(stored.get('lifeboat.alerts.seen')).toBe('3');
    stored.set('lifeboat.alerts.seen', 'many');
    expect((await loaded([alert(3)])).pages.unseen).toBe(0);
  });

  it('goes on behind the last one, until a page is not full', async () => {
    const { pages, pair } = await loaded(ten(20));
    expect(pages.complete).toBe(false);
    void pages.more();
    expect(pair.asked.at(-1)).toMatchObject({ request: 'events.alerts', input: { count: 10, beforeId: 11 } });
    await pair.answer([alert(10)]);
    expect(ids(pages)).toEqual([...ten(20).map(({ id }) => id), 10]);
    expect(pages.complete).toBe(true);
  });

  it('puts what happens now first, and has it once', async () => {
    const { pages, pair } = await loaded([alert(3), alert(2)]);
    pair.emit('events.alert', alert(4));
    pair.emit('events.alert', alert(4));
    expect(ids(pages)).toEqual([4, 3, 2]);
  });

  it('keeps what it has when the record cannot be read', async () => {
    const { pages, pair } = await loaded([alert(3)]);
    void pages.load();
    await pair.refuse(fail('journal-failed', { what: 'none' }).error);
    expect(ids(pages)).toEqual([3]);
    expect(pages.failure?.code).toBe('journal-failed');
  });

  it('asks again on a new line', async () => {
    const { pages } = await loaded([alert(3)]);
    const again = createPair();
    pages.attach(again.client);
    await again.answer([alert(5)]);
    expect(ids(pages)).toEqual([5]);
    expect(pages.unseen).toBe(1);
  });
});
