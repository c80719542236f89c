import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Written } from '#shared/contract/helper.ts';
import { ok } from '#shared/result.ts';
import { PendingChanges, type Plan, type Restored } from '../../../../../src-main/helper/root/pending.ts';

const LINE: Written = { subject: 'a', before: '2', asked: '1', after: '1' };
const RESTORED: Restored = { complete: true, written: [LINE] };

let reverted: [number, readonly Written[]][];
let pending: PendingChanges;
beforeEach(() => {
  reverted = [];
  pending = new PendingChanges((...event) => reverted.push(event));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function planOf(subject: string, restore: () => Restored = () => RESTORED): Plan {
  return { subjects: [subject], undo: [], apply: () => ok({ written: [], restore }) };
}

describe('PendingChanges', () => {
  it('takes a change back when its time is up, and not before', async () => {
    const started = await pending.start(planOf('a'), 20);
    expect(started).toMatchObject({ ok: true, value: { pending: { change: 1 } } });
    vi.advanceTimersByTime(19_999);
    expect(reverted).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(reverted).toEqual([[1, [LINE]]]);
  });

  it('keeps a change that is confirmed in time', async () => {
    await pending.start(planOf('a'), 20);
    expect(pending.confirm(1)).toMatchObject({ ok: true });
    vi.advanceTimersByTime(60_000);
    pending.revertAll();
    expect(reverted).toEqual([]);
  });

  it('takes a change back when asked, once', async () => {
    const restore = vi.fn(() => RESTORED);
    await pending.start(planOf('a', restore), 20);
    expect(pending.revert(1)).toEqual({ ok: true, value: { written: [LINE] } });
    expect(pending.revert(1)).toMatchObject({ error: { code: 'change-unknown' } });
    expect(pending.confirm(1)).toMatchObject({ error: { code: 'change-unknown' } });
    vi.advanceTimersByTime(60_000);
    expect(restore).toHaveBeenCalledOnce();
  });

  it('takes all back at the end, the newest first', async () => {
    for (const subject of ['a', 'b', 'c']) await pending.start(planOf(subject), 20);
    pending.revertAll();
    expect(reverted.map(([change]) => change)).toEqual([3, 2, 1]);
  });

  it('makes no second change of what waits already', async () => {
    await pending.start(planOf('a'), 20);
    const apply = vi.fn(planOf('a').apply);
    expect(await pending.start({ ...planOf('a'), apply }, 20)).toMatchObject({
      error: { code: 'changed-meanwhile' },
    });
    expect(apply).not.toHaveBeenCalled();
    pending.confirm(1);
    expect(await pending.start(planOf('a'), 20)).toMatchObject({ ok: true });
  });

  it('tries again each second while the system refuses', async () => {
    let refusals = 3;
    const restore = () => (refusals-- > 0 ? { complete: false, written: [] } : RESTORED);
    await pending.start(planOf('a', restore), 20);
    vi.advanceTimersByTime(22_999);
    expect(reverted).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(reverted).toEqual([[1, [LINE]]]);
  });

  it('goes on trying when taking back by request is refused', async () => {
    let refusals = 1;
    const restore = () => (refusals-- > 0 ? { complete: false, written: [] } : RESTORED);
    await pending.start(planOf('a', restore), 20);
    expect(pending.revert(1)).toMatchObject({ error: { code: 'io-failed' } });
    vi.advanceTimersByTime(1000);
    expect(reverted).toEqual([[1, [LINE]]]);
  });

  it('lets only so many wait', async () => {
    for (let n = 0; n < 32; n += 1) await pending.start(planOf(`a${n}`), 20);
    expect(await pending.start(planOf('one more'), 20)).toMatchObject({ error: { code: 'bad-request' } });
    pending.revertAll();
  });
});
