import { describe, expect, it } from 'vitest';
import { fail, ok } from '#shared/result.ts';
import { actionsOn } from './stage.ts';
import { pends, StrictHelper, wrote, writes } from './strict-helper.ts';

const CHANGES = [{ name: 'vm.overcommit_memory', value: 2 }] as const;
const WROTE = wrote('vm.overcommit_memory', '0', '2');
const SYSCTLS = { 'vm.overcommit_memory': 0 } as const;

function waiting(helper: StrictHelper = new StrictHelper()) {
  helper.expect(pends(7, WROTE));
  const stage = actionsOn({ helper, sysctls: SYSCTLS });
  return { ...stage, helper, apply: () => stage.actions.applySysctls(CHANGES) };
}

const states = (stage: { entries: () => readonly { state: string }[] }) =>
  stage.entries().map(({ state }) => state);
const pendingEvents = ({ events }: { events: readonly { event: string; payload: unknown }[] }) =>
  events.filter(({ event }) => event === 'change.pending').map(({ payload }) => payload);

describe('a setting that waits to be confirmed', () => {
  it('is set with a switch that takes it back, shown, and recorded as waiting', async () => {
    const stage = waiting();
    const applied = await stage.apply();
    const pending = {
      id: 7,
      changes: [{ subject: 'vm.overcommit_memory', before: '0', after: '2' }],
      deadlineMs: 1_700_000_020_000,
      totalSeconds: 20,
      of: 'sysctls',
    };
    expect(applied).toEqual({ ok: true, value: pending });
    expect(stage.actions.pending()).toEqual(pending);
    expect(pendingEvents(stage)).toEqual([pending]);
    expect(stage.helper.asked).toEqual([
      { verb: 'set-sysctls', changes: [{ ...CHANGES[0], expected: 0 }], pendingSeconds: 20 },
    ]);
    expect(states(stage)).toEqual(['pending']);
    expect(stage.entries()[0]).toMatchObject({ action: 'set-sysctl', before: '0', asked: '2' });
  });

  it('stands once it is confirmed, and is kept on disk where that was asked for', async () => {
    const stage = waiting();
    await stage.apply();
    stage.helper
      .expect(writes())
      .expect(writes(wrote('/etc/sysctl.d/90-lifeboat.conf vm.overcommit_memory', '', '2')));
    expect(await stage.actions.confirmPending(7, true)).toEqual({
      ok: true,
      value: [{ file: '/etc/sysctl.d/90-lifeboat.conf' }],
    });
    expect(stage.helper.asked.slice(1)).toEqual([
      { verb: 'confirm', change: 7 },
      { verb: 'keep-sysctl', name: 'vm.overcommit_memory', value: 2 },
    ]);
    expect(states(stage)).toEqual(['done', 'done']);
    expect(stage.entries().map(({ after }) => after)).toEqual(['2', '2']);
    expect(pendingEvents(stage).at(-1)).toBe('none');
    expect(stage.actions.pending()).toBeUndefined();
  });

  it('writes nothing on disk where only this boot was meant', async () => {
    const stage = waiting();
    await stage.apply();
    stage.helper.expect(writes());
    expect(await stage.actions.confirmPending(7, false)).toEqual({ ok: true, value: [] });
    expect(stage.helper.asked.at(-1)).toEqual({ verb: 'confirm', change: 7 });
  });

  it('has its time again while it waits, as the helper grants it', async () => {
    const stage = waiting();
    await stage.apply();
    const granted = (deadlineMs: number) => () => ok({ written: [], pending: { change: 7, deadlineMs } });
    stage.helper.expect(granted(1_700_000_031_000));
    expect(await stage.actions.extendPending(7)).toMatchObject({
      ok: true,
      value: { deadlineMs: 1_700_000_031_000 },
    });
    expect(stage.helper.asked.at(-1)).toEqual({ verb: 'extend', change: 7 });
    expect(pendingEvents(stage).at(-1)).toMatchObject({ id: 7, deadlineMs: 1_700_000_031_000 });
    // Extended often enough: the deadline stays, and no new one is reported.
    const reported = pendingEvents(stage).length;
    stage.helper.expect(granted(1_700_000_031_000));
    expect((await stage.actions.extendPending(7)).ok).toBe(true);
    expect(pendingEvents(stage)).toHaveLength(reported);
    expect(await stage.actions.extendPending(8)).toMatchObject({
      ok: false,
      error: { code: 'change-unknown' },
    });
    stage.helper.expect(writes());
    await stage.actions.confirmPending(7, false);
    expect(await stage.actions.extendPending(7)).toMatchObject({
      ok: false,
      error: { code: 'change-unknown' },
    });
    expect(states(stage)).toEqual(['done']);
  });

  it('is taken back on a word', async () => {
    const stage = waiting();
    await stage.apply();
    stage.helper.expect(writes(wrote('vm.overcommit_memory', '2', '0')));
    expect(await stage.actions.revertPending(7)).toEqual(ok(null));
    expect(stage.helper.asked.at(-1)).toEqual({ verb: 'revert', change: 7 });
    expect(states(stage)).toEqual(['undone']);
    expect(pendingEvents(stage).at(-1)).toBe('none');
  });

  it('is reverted by the switch, which is reported', async () => {
    const stage = waiting();
    await stage.apply();
    stage.helper.say({ event: 'reverted', change: 6, written: [] });
    expect(states(stage)).toEqual(['pending']);
    stage.helper.say({ event: 'reverted', change: 7, written: [wrote('vm.overcommit_memory', '2', '0')] });
    expect(states(stage)).toEqual(['reverted']);
    expect(stage.entries()[0]?.why).toEqual({ code: 'not-confirmed', facts: { why: 'time' } });
    expect(pendingEvents(stage).at(-1)).toBe('none');
    expect(await stage.actions.confirmPending(7, true)).toMatchObject({
      ok: false,
      error: { code: 'change-unknown' },
    });
    expect(await stage.actions.undo('all')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('is over when the helper ends, which puts it back', async () => {
    const stage = waiting();
    await stage.apply();
    stage.helper.end();
    await stage.helper.ended;
    await Promise.resolve();
    expect(states(stage)).toEqual(['reverted']);
    expect(stage.entries()[0]?.why).toEqual({
      code: 'not-confirmed',
      facts: { why: 'helper-ended' },
    });
    expect(stage.actions.pending()).toBeUndefined();
    expect(pendingEvents(stage).at(-1)).toBe('none');
  });

  it('is recorded as in force when the system does not let it go back, and as reverted once it did', async () => {
    const stage = waiting();
    await stage.apply();
    const stuck = wrote('vm.overcommit_memory', '2', '2');
    stage.helper.say({ event: 'not-reverted', change: 7, written: [stuck] });
    expect(states(stage)).toEqual(['done']);
    expect(stage.entries()[0]?.why).toMatchObject({ code: 'not-reverted', facts: { now: '2' } });
    stage.helper.say({ event: 'reverted', change: 7, written: [wrote('vm.overcommit_memory', '2', '0')] });
    expect(states(stage)).toEqual(['reverted']);
  });

  it('is recorded as replaced when another program has set another value', async () => {
    const stage = waiting();
    await stage.apply();
    stage.helper.say({ event: 'reverted', change: 7, written: [wrote('vm.overcommit_memory', '1', '1')] });
    expect(stage.entries()[0]?.why).toMatchObject({
      code: 'changed-meanwhile',
      facts: { what: 'not-ours', now: '1' },
    });
  });

  it('has to be decided before the next one', async () => {
    const stage = waiting();
    await stage.apply();
    expect(await stage.apply()).toMatchObject({ ok: false, error: { code: 'busy' } });
    expect(stage.helper.asked.length).toBe(1);
  });

  it('cannot be asked for twice while the first answer is on its way', async () => {
    const stage = waiting();
    const [first, second] = await Promise.all([stage.apply(), stage.apply()]);
    expect(first.ok).toBe(true);
    expect(second).toMatchObject({ ok: false, error: { code: 'busy' } });
    expect(stage.helper.asked.length).toBe(1);
    expect(states(stage)).toEqual(['pending']);
  });

  it('is recorded as failed where the helper refuses it, and the next one may be asked for', async () => {
    const helper = new StrictHelper().expect(() => fail('changed-meanwhile', { what: 'race', subject: 'x' }));
    const stage = waiting(helper);
    expect(await stage.apply()).toMatchObject({ ok: false, error: { code: 'changed-meanwhile' } });
    expect(stage.entries()).toMatchObject([{ state: 'failed', why: { code: 'changed-meanwhile' } }]);
    expect(pendingEvents(stage)).toEqual([]);
    expect((await stage.apply()).ok).toBe(true);
  });

  it('stays as it was when the confirmation does not get through', async () => {
    const stage = waiting();
    await stage.apply();
    stage.helper.expect(() => fail('helper-silent', {}));
    expect(await stage.actions.confirmPending(7, false)).toMatchObject({ ok: false });
    expect(states(stage)).toEqual(['pending']);
    expect(stage.actions.pending()?.id).toBe(7);
  });

  it('is neither set nor recorded where root is refused', async () => {
    const refused = fail('elevation-dismissed', {}).error;
    const { actions, entries, events } = actionsOn({ helper: refused, sysctls: SYSCTLS });
    expect(await actions.applySysctls(CHANGES)).toEqual({ ok: false, error: refused });
    expect(entries()).toEqual([]);
    expect(events.map(({ event }) => event)).toEqual(['change.rights']);
  });

  it('works without a journal', async () => {
    const helper = new StrictHelper().expect(pends(7, WROTE)).expect(writes());
    const { actions, troubles } = actionsOn({ helper, sysctls: SYSCTLS, journalFails: true });
    expect((await actions.applySysctls(CHANGES)).ok).toBe(true);
    expect(await actions.confirmPending(7, false)).toEqual({ ok: true, value: [] });
    expect(troubles).toEqual(['There is no journal. Changes are still made, but not recorded.']);
  });
});
