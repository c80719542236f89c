// Over 300 lines: cases of one subject, which share what stands at the top.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '#shared/result.ts';
import { actionsOn, lookOf } from './stage.ts';
import { StrictHelper, wrote, writes } from './strict-helper.ts';

const REFUSED = fail('elevation-refused', {}).error;

describe('apply', () => {
  it('raises what is ours without a helper, and records it as done', async () => {
    const { actions, change, values, entries, starts, events } = actionsOn();
    const applied = await actions.apply([change(10, 300)]);
    expect(applied).toMatchObject({
      ok: true,
      value: { group: 1, outcomes: [{ pid: 10, before: 0, asked: 300, after: 300 }] },
    });
    expect(values.get(10)).toBe(300);
    expect(starts()).toBe(0);
    expect(entries()).toMatchObject([
      {
        action: 'set-adj',
        subject: 'p10 (10)',
        who: 'alice',
        before: '0',
        asked: '300',
        after: '300',
        state: 'done',
      },
    ]);
    expect(events.map(({ event }) => event)).toEqual(['change.journal']);
  });

  it('asks the helper for what needs root, with the value that the person saw', async () => {
    const helper = new StrictHelper().expect(writes(wrote('x', '0', '-500')));
    const { actions, change, ownWrites, entries } = actionsOn({ helper });
    const lowered = change(10, -500);
    expect(await actions.apply([lowered])).toMatchObject({
      ok: true,
      value: { outcomes: [{ after: -500 }] },
    });
    const { pid, startTicks } = lowered;
    expect(helper.asked).toEqual([
      {
        verb: 'set-adj',
        process: { pid, startTicks, look: lookOf(pid, startTicks) },
        oomScoreAdj: -500,
        expected: 0,
      },
    ]);
    expect(ownWrites).toEqual([]);
    expect(entries()).toMatchObject([{ state: 'done', after: '-500' }]);
  });

  it('lowers what is ours without a helper as far as the kernel lets it, and by the helper from there on', async () => {
    const helper = new StrictHelper().expect(writes(wrote('x', '50', '-5')));
    const { actions, change, values, starts, entries } = actionsOn({ helper, ownLeast: 0 });
    values.set(10, 100);
    expect(await actions.apply([change(10, 50)])).toMatchObject({
      ok: true,
      value: { outcomes: [{ before: 100, after: 50 }] },
    });
    expect(values.get(10)).toBe(50);
    expect(entries()).toMatchObject([{ state: 'done', before: '100', after: '50' }]);
    expect(starts()).toBe(0);

    expect(await actions.apply([change(10, -5)])).toMatchObject({
      ok: true,
      value: { outcomes: [{ after: -5 }] },
    });
    expect(helper.asked).toMatchObject([{ verb: 'set-adj', oomScoreAdj: -5, expected: 50 }]);
    expect(starts()).toBe(1);
  });

  it('lowers nothing where another change needs root and root is refused', async () => {
    const { actions, change, values, entries } = actionsOn({ helper: REFUSED, ownLeast: 0 });
    values.set(10, 100);
    expect(await actions.apply([change(10, 50), change(30, 5)])).toEqual({ ok: false, error: REFUSED });
    expect(values.get(10)).toBe(100);
    expect(entries()).toEqual([]);
  });

  it('asks for no root where the value has changed meanwhile', async () => {
    const { actions, change, values, starts } = actionsOn({ ownLeast: 0 });
    values.set(10, 100);
    const lowered = change(10, 50);
    values.set(10, 200);
    expect(await actions.apply([lowered])).toMatchObject({
      ok: true,
      value: { outcomes: [{ error: { code: 'changed-meanwhile' } }] },
    });
    expect([values.get(10), starts()]).toEqual([200, 0]);
  });

  it('raises another user’s by the helper', async () => {
    const helper = new StrictHelper().expect(writes(wrote('x', '0', '100')));
    const { actions, change } = actionsOn({ helper });
    expect(await actions.apply([change(30, 100)])).toMatchObject({ ok: true });
    expect(helper.asked.length).toBe(1);
  });

  it('starts one helper for all, and gives the ones that need none to it only where they need it', async () => {
    const helper = new StrictHelper()
      .expect(writes(wrote('x', '0', '-1')))
      .expect(writes(wrote('x', '0', '5')));
    const { actions, change, starts, ownWrites } = actionsOn({ helper });
    const applied = await actions.apply([change(10, -1), change(20, 7), change(30, 5)]);
    expect(applied).toMatchObject({
      ok: true,
      value: { outcomes: [{ after: -1 }, { after: 7 }, { after: 5 }] },
    });
    expect(starts()).toBe(1);
    expect(ownWrites).toEqual(['adj 20 7']);
  });

  it('writes and records nothing where root is refused', async () => {
    const { actions, change, values, entries, events } = actionsOn({ helper: REFUSED });
    const applied = await actions.apply([change(20, 7), change(10, -500)]);
    expect(applied).toEqual({ ok: false, error: REFUSED });
    expect(values.get(20)).toBe(0);
    expect(entries()).toEqual([]);
    expect(actions.rights()).toEqual({ state: 'failed', error: REFUSED, command: 'sudo lifeboat' });
    expect(events).toEqual([{ event: 'change.rights', payload: actions.rights() }]);
  });

  it('records a failed write as failed, with its reason, and goes on with the next', async () => {
    const denied = fail('no-cap-sys-resource', { subject: 'oom_score_adj' });
    const helper = new StrictHelper().expect(() => denied).expect(writes(wrote('x', '0', '-5')));
    const { actions, change, entries } = actionsOn({ helper });
    const applied = await actions.apply([change(10, -500), change(20, -5)]);
    expect(applied).toMatchObject({
      ok: true,
      value: { outcomes: [{ error: denied.error }, { after: -5 }] },
    });
    expect(entries()).toMatchObject([
      { state: 'done', subject: 'p20 (20)' },
      { state: 'failed', subject: 'p10 (10)', why: denied.error },
    ]);
    expect(entries()[1]?.after).toBeUndefined();
  });

  it('counts a value that came with a shared address space as written', async () => {
    const { actions, change, values, entries } = actionsOn();
    const both = [change(10, 50), change(20, 50)];
    values.set(20, 50);
    const applied = await actions.apply(both);
    expect(applied).toMatchObject({ ok: true, value: { outcomes: [{ after: 50 }, { pid: 20, after: 50 }] } });
    expect(entries().map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('does not count another value as written', async () => {
    const { actions, change, values } = actionsOn();
    const change20 = change(20, 50);
    values.set(20, 60);
    expect(await actions.apply([change20])).toMatchObject({
      ok: true,
      value: { outcomes: [{ error: { code: 'changed-meanwhile' } }] },
    });
  });

  it('goes on when the journal fails, and tells it', async () => {
    const { actions, change, values, troubles } = actionsOn({ journalFails: true });
    const applied = await actions.apply([change(10, 300)]);
    expect(applied).toMatchObject({ ok: true, value: { outcomes: [{ after: 300 }] } });
    expect(applied.ok && applied.value.group).toBeUndefined();
    expect(values.get(10)).toBe(300);
    expect(troubles).toEqual(['There is no journal. Changes are still made, but not recorded.']);
  });

  it('throws where the helper says yes and wrote nothing', async () => {
    const helper = new StrictHelper().expect(writes());
    const { actions, change } = actionsOn({ helper });
    await expect(actions.apply([change(10, -5)])).rejects.toThrow('wrote nothing');
  });
});

describe('a front end that may only look', () => {
  it('refuses everything that writes, and starts nothing', async () => {
    const { actions, change, starts, ownWrites, entries } = actionsOn({
      policy: { readOnly: true, command: 'lifeboat serve' },
    });
    const refused = { ok: false, error: { code: 'read-only', facts: { command: 'lifeboat serve' } } };
    expect(actions.rights()).toEqual({ state: 'read-only', command: 'lifeboat serve' });
    expect(await actions.apply([change(10, 300)])).toMatchObject(refused);
    expect(await actions.keepAdj({ kind: 'rule', name: 'p10' }, 5)).toMatchObject(refused);
    expect(
      await actions.keepAdj({ kind: 'unit', unit: { manager: 'user:1000', name: 'a.service' } }, 5),
    ).toMatchObject(refused);
    expect(await actions.applySysctls([{ name: 'vm.swappiness', value: 1 }])).toMatchObject(refused);
    expect(await actions.keepSysctl('vm.swappiness', 1)).toMatchObject(refused);
    expect(await actions.unlock()).toMatchObject(refused);
    expect([starts(), ownWrites, entries()]).toEqual([0, [], []]);
  });

  it('refuses to undo what another front end did', async () => {
    const doing = actionsOn();
    await doing.actions.apply([doing.change(10, 300)]);
    const entries = doing.entries();
    expect(entries.length).toBe(1);
    const { actions } = actionsOn({ policy: { readOnly: true, command: 'lifeboat serve' } });
    expect(await actions.undo('all')).toMatchObject({ ok: false });
  });
});

describe('rights', () => {
  it('are asked for once where two ask at the same time', async () => {
    const helper = new StrictHelper();
    const { actions, starts, events } = actionsOn({ helper });
    const both = await Promise.all([actions.unlock(), actions.unlock()]);
    const allowed = { state: 'allowed', via: 'sudo', sysResource: true };
    expect(both).toEqual([
      { ok: true, value: allowed },
      { ok: true, value: allowed },
    ]);
    expect(starts()).toBe(1);
    expect(events).toEqual([{ event: 'change.rights', payload: allowed }]);
  });

  it('are gone with the helper, and asked for again', async () => {
    const helper = new StrictHelper();
    const { actions, starts, events } = actionsOn({ helper });
    await actions.unlock();
    helper.end();
    await helper.ended;
    await Promise.resolve();
    expect(actions.rights().state).toBe('asks');
    expect(events.map(({ payload }) => (payload as { state: string }).state)).toEqual(['allowed', 'asks']);
    await actions.unlock();
    expect(starts()).toBe(2);
  });

  it('end with the front end', async () => {
    const helper = new StrictHelper();
    const { actions } = actionsOn({ helper });
    await actions.unlock();
    await actions.close();
    expect(helper.closed).toBe(true);
  });
});

describe('keepAdj', () => {
  it('writes a rule, or a drop-in of one’s own manager, without root', async () => {
    const { actions, ownWrites, starts, rulesFile } = actionsOn();
    expect(await actions.keepAdj({ kind: 'rule', name: 'p10' }, 5)).toMatchObject({
      ok: true,
      value: { file: rulesFile },
    });
    expect(readFileSync(rulesFile, 'utf8')).toMatch(/\[\[rule\]\]\nname = "p10"\nadj = 5\n$/);
    await actions.keepAdj({ kind: 'unit', unit: { manager: 'user:1000', name: 'a.service' } }, -5);
    expect(ownWrites).toEqual(['unit a.service -5']);
    expect(starts()).toBe(0);
  });

  it('lets the helper write for a unit of the system, and puts back what was kept before', async () => {
    const file = '/etc/systemd/system/a.service.d/90-lifeboat.conf';
    const helper = new StrictHelper();
    const { actions, entries, systemUnits } = actionsOn({ helper });
    for (const [before, after] of [
      ['', '-5'],
      ['-5', '-9'],
      ['-9', '-5'],
      ['-5', ''],
    ] as const) {
      helper.expect(() => {
        systemUnits.set('a.service', after);
        return ok({ written: [wrote(file, before, after)] });
      });
    }
    const unit = { kind: 'unit', unit: { manager: 'system', name: 'a.service' } } as const;
    expect(await actions.keepAdj(unit, -5)).toEqual({ ok: true, value: { file } });
    await actions.keepAdj(unit, -9);
    expect(entries()).toMatchObject([
      { action: 'keep-unit-adj', before: '-5', after: '-9' },
      { action: 'keep-unit-adj', before: '', after: '-5' },
    ]);
    await actions.undo('all');
    expect(helper.asked.slice(2)).toEqual([
      { verb: 'keep-unit-adj', unit: 'a.service', oomScoreAdj: -5, expected: '-9' },
      { verb: 'forget-unit-adj', unit: 'a.service', expected: '-5' },
    ]);
    expect(entries().map(({ state }) => state)).toEqual(['undone', 'undone']);
  });
});

describe('the kernel’s log', () => {
  function listener() {
    const heard: string[] = [];
    return {
      heard,
      begin: () => heard.push('begin'),
      take: (record: string) => heard.push(record),
      end: () => heard.push('end'),
    };
  }

  it('is heard by way of the helper, from when it starts until it ends', async () => {
    const helper = new StrictHelper().expect(writes());
    const kernelLog = listener();
    const { actions } = actionsOn({ helper, kernelLog });
    expect(kernelLog.heard).toEqual([]);
    await actions.unlock();
    expect(helper.asked).toEqual([{ verb: 'follow-kernel-log' }]);
    helper.say({ event: 'kernel-log', line: '3,9,9,-;Out of memory' });
    await actions.close();
    await helper.ended;
    expect(kernelLog.heard).toEqual(['begin', '3,9,9,-;Out of memory', 'end']);
  });

  it('that the helper cannot read is not waited for, and nothing else is lost', async () => {
    const helper = new StrictHelper().expect(() => fail('io-failed', { what: 'write', path: '/etc/x' }));
    const kernelLog = listener();
    const { actions, troubles } = actionsOn({ helper, kernelLog });
    expect(await actions.unlock()).toMatchObject({ ok: true, value: { state: 'allowed' } });
    await Promise.resolve();
    expect(kernelLog.heard).toEqual(['begin', 'end']);
    expect(troubles).toEqual([]);
  });
});
