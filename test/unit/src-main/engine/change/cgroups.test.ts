import { describe, expect, it } from 'vitest';
import { actionsOn } from './stage.ts';
import { pends, StrictHelper, wrote, writes } from './strict-helper.ts';

const LIMIT = { path: '/a', setting: 'max', value: 4096 } as const;
const SWITCH = pends(7, wrote('a memory.max', 'max', '4096'));

/** A limit that was set and confirmed. */
async function limited() {
  const helper = new StrictHelper().expect(SWITCH).expect(writes());
  const stage = actionsOn({ helper, cgroups: { '/a': 'max' } });
  await stage.actions.applyCgroup(LIMIT, 'max', false);
  await stage.actions.confirmPending(7, false);
  stage.cgroups.set('/a', 4096);
  return { ...stage, helper };
}

describe('a limit of a cgroup', () => {
  it('is set with a switch that takes it back, shown, and recorded as waiting', async () => {
    const helper = new StrictHelper().expect(SWITCH);
    const { actions, events, entries } = actionsOn({ helper, cgroups: { '/a': 'max' } });
    const pending = {
      id: 7,
      of: 'cgroup',
      changes: [{ subject: '/a memory.max', before: 'max', after: '4096' }],
      deadlineMs: 1_700_000_020_000,
      totalSeconds: 20,
    };
    expect(await actions.applyCgroup(LIMIT, 'max', true)).toEqual({ ok: true, value: pending });
    expect(helper.asked).toEqual([
      {
        verb: 'set-cgroup',
        path: '/a',
        file: 'memory.max',
        value: 4096,
        mayKill: true,
        pendingSeconds: 20,
      },
    ]);
    expect(events.filter(({ event }) => event === 'change.pending')).toEqual([
      { event: 'change.pending', payload: pending },
    ]);
    expect(entries()).toMatchObject([
      { action: 'set-cgroup', subject: '/a memory.max', before: 'max', asked: '4096', state: 'pending' },
    ]);
  });

  it('is refused where it is another by now, and nothing is asked of the helper', async () => {
    const { actions, starts } = actionsOn({ cgroups: { '/a': 8192 } });
    expect(await actions.applyCgroup(LIMIT, 'max', false)).toMatchObject({
      ok: false,
      error: { code: 'changed-meanwhile' },
    });
    expect(await actions.applyCgroup({ ...LIMIT, path: '/b' }, 'max', false)).toMatchObject({
      ok: false,
      error: { code: 'scope-unknown' },
    });
    expect(starts()).toBe(0);
  });

  it('stands once it is confirmed, and nothing of it is kept on disk', async () => {
    const { entries, helper } = await limited();
    expect(entries()).toMatchObject([{ state: 'done', after: '4096' }]);
    expect(helper.asked.at(-1)).toEqual({ verb: 'confirm', change: 7 });
  });

  it('waits alone: a setting has to wait for it', async () => {
    const helper = new StrictHelper().expect(SWITCH);
    const { actions } = actionsOn({ helper, cgroups: { '/a': 'max' }, sysctls: { 'vm.swappiness': 60 } });
    await actions.applyCgroup(LIMIT, 'max', false);
    expect(await actions.applySysctls([{ name: 'vm.swappiness', value: 1 }])).toMatchObject({ ok: false });
  });
});

describe('undo of a limit', () => {
  it('puts it back for good where it is still ours', async () => {
    const { actions, helper, entries } = await limited();
    helper.expect(pends(8, wrote('a memory.max', '4096', 'max'))).expect(writes());
    expect(await actions.undo('all')).toMatchObject({ ok: true, value: [{ result: 'undone' }] });
    expect(helper.asked.slice(-2)).toEqual([
      { verb: 'set-cgroup', path: '/a', file: 'memory.max', value: 'max' },
      { verb: 'confirm', change: 8 },
    ]);
    expect(entries()[0]?.state).toBe('undone');
  });

  it('leaves one that has been changed since', async () => {
    const { actions, cgroups, helper } = await limited();
    cgroups.set('/a', 8192);
    const undone = await actions.undo('all');
    expect(undone).toMatchObject({ ok: true, value: [{ result: 'left' }] });
    expect(undone.ok && undone.value[0]?.why?.facts).toMatchObject({ now: '8192' });
    expect(helper.asked.length).toBe(2);
  });

  it('has nothing to do where it is as it was, or the cgroup is gone', async () => {
    const back = await limited();
    back.cgroups.set('/a', 'max');
    expect(await back.actions.undo('all')).toMatchObject({ ok: true, value: [{ result: 'undone' }] });
    const gone = await limited();
    gone.cgroups.delete('/a');
    expect(await gone.actions.undo('all')).toMatchObject({ ok: true, value: [{ result: 'left' }] });
    expect(gone.entries()[0]).toMatchObject({ state: 'undone' });
  });
});
