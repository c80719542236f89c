// Over 300 lines: cases of one subject, which share what stands at the top.
import { describe, expect, it } from 'vitest';
import { fail } from '#shared/result.ts';
import { type SysctlChange } from '#shared/model/sysctl/sysctl.ts';
import { actionsOn } from '../stage.ts';
import { pends, StrictHelper, wrote, writes } from '../strict-helper.ts';

/** What became of each, newest first: `p10 (10) undone`. */
function resultsOf(undone: Awaited<ReturnType<ReturnType<typeof actionsOn>['actions']['undo']>>): string[] {
  if (!undone.ok) throw new Error(undone.error.code);
  return undone.value.map(({ entry, result }) => `${entry.subject} ${entry.asked} ${result}`);
}

describe('undo of adjustments', () => {
  it('goes back newest first, through all values, to the oldest', async () => {
    const helper = new StrictHelper();
    const { actions, change, values, entries } = actionsOn({ helper });
    for (const value of [100, 200, 300]) await actions.apply([change(10, value)]);
    for (const [before, after] of [
      ['300', '200'],
      ['200', '100'],
      ['100', '0'],
    ] as const) {
      helper.expect(() => {
        values.set(10, Number(after));
        return { ok: true, value: { written: [wrote('x', before, after)] } };
      });
    }
    expect(resultsOf(await actions.undo('all'))).toEqual([
      'p10 (10) 300 undone',
      'p10 (10) 200 undone',
      'p10 (10) 100 undone',
    ]);
    expect(values.get(10)).toBe(0);
    expect(entries().map(({ state }) => state)).toEqual(['undone', 'undone', 'undone']);
    expect(await actions.undo('all')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('raises what is ours without a helper', async () => {
    const helper = new StrictHelper().expect(writes(wrote('x', '0', '-500')));
    const { actions, change, values, starts } = actionsOn({ helper });
    await actions.apply([change(10, -500)]);
    values.set(10, -500);
    await actions.undo('all');
    expect(values.get(10)).toBe(0);
    expect(helper.asked.length).toBe(1);
    expect(starts()).toBe(1);
  });

  it('lowers what is ours without a helper, as far as the kernel lets it', async () => {
    const helper = new StrictHelper().expect(writes(wrote('x', '0', '-5')));
    const { actions, change, values, starts, ownWrites } = actionsOn({ helper, ownLeast: 0 });
    await actions.apply([change(10, 100)]);
    expect(resultsOf(await actions.undo('all'))).toEqual(['p10 (10) 100 undone']);
    expect(values.get(10)).toBe(0);
    expect(ownWrites).toEqual(['adj 10 100', 'adj 10 0']);
    expect(starts()).toBe(0);

    values.set(20, -5);
    await actions.apply([{ ...change(20, 300), before: -5 }]);
    expect(resultsOf(await actions.undo('all'))).toEqual(['p20 (20) 300 undone']);
    expect(helper.asked.length).toBe(1);
    expect(starts()).toBe(1);
  });

  it('takes one click back and leaves the others', async () => {
    const { actions, change, values, entries } = actionsOn({
      helper: new StrictHelper().expect(writes(wrote('x', '5', '0'))).expect(writes(wrote('x', '6', '0'))),
    });
    await actions.apply([change(10, 5), change(20, 6)]);
    await actions.apply([change(30 - 10, 9)]);
    values.set(20, 6);
    const [newest] = entries();
    expect(newest?.group).toBe(3);
    expect(resultsOf(await actions.undo(1))).toEqual(['p20 (20) 6 undone', 'p10 (10) 5 undone']);
    expect(entries().map(({ id, state }) => `${id} ${state}`)).toEqual(['3 done', '2 undone', '1 undone']);
    expect(await actions.undo(1)).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(await actions.undo(77)).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('leaves a value that has been changed since, and may be asked again for that change', async () => {
    const { actions, change, values, entries } = actionsOn();
    const applied = await actions.apply([change(10, 100)]);
    values.set(10, 150);
    const undone = await actions.undo((applied.ok ? applied.value.group : undefined) ?? 0);
    expect(undone).toMatchObject({ ok: true, value: [{ result: 'left' }] });
    expect(undone.ok && undone.value[0]?.why?.facts).toMatchObject({ now: '150' });
    expect(values.get(10)).toBe(150);
    expect(entries()[0]?.state).toBe('done');
  });

  it('says once what cannot be undone when all is to be, and does not repeat it', async () => {
    const { actions, change, values, entries } = actionsOn();
    await actions.apply([change(10, 100)]);
    values.set(10, 150);
    expect(await actions.undo('all')).toMatchObject({ ok: true, value: [{ result: 'left' }] });
    expect(entries()[0]?.why?.facts).toMatchObject({ now: '150' });
    expect(await actions.undo('all')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('leaves the dead in peace, once', async () => {
    const { actions, change, values, entries } = actionsOn();
    await actions.apply([change(10, 100)]);
    values.delete(10);
    expect(await actions.undo('all')).toMatchObject({ ok: true, value: [{ result: 'left' }] });
    expect(entries()[0]).toMatchObject({ state: 'undone', why: { code: 'process-gone' } });
    expect(await actions.undo('all')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('counts what has its old value as undone, as one does that shares an address space', async () => {
    const { actions, change, values } = actionsOn();
    await actions.apply([change(10, 100)]);
    values.set(10, 0);
    expect(resultsOf(await actions.undo('all'))).toEqual(['p10 (10) 100 undone']);
  });

  it('stops where root is refused, and nothing is said to be undone', async () => {
    const refused = fail('elevation-refused', {}).error;
    const { actions, change, entries, values } = actionsOn({ helper: refused });
    await actions.apply([change(10, 100), change(20, 100)]);
    expect(await actions.undo('all')).toEqual({ ok: false, error: refused });
    expect(entries().map(({ state }) => state)).toEqual(['done', 'done']);
    expect(values.get(20)).toBe(100);
  });

  it('names what could not be put back, and goes on', async () => {
    const helper = new StrictHelper()
      .expect(() => fail('no-cap-sys-resource', { subject: 'oom_score_adj' }))
      .expect(writes(wrote('x', '100', '0')));
    const { actions, change, entries } = actionsOn({ helper });
    await actions.apply([change(10, 100), change(20, 100)]);
    expect(resultsOf(await actions.undo('all'))).toEqual(['p20 (20) 100 failed', 'p10 (10) 100 undone']);
    expect(entries().map(({ state }) => state)).toEqual(['done', 'undone']);
  });
});

/** Sets and keeps some settings, as a confirmed change. */
async function settled(
  { actions, sysctls }: ReturnType<typeof actionsOn>,
  helper: StrictHelper,
  changes: readonly SysctlChange[],
  written: readonly ReturnType<typeof wrote>[],
): Promise<void> {
  helper.expect(pends(4, ...written)).expect(writes());
  const pending = await actions.applySysctls(changes);
  if (!pending.ok) throw new Error(pending.error.code);
  await actions.confirmPending(4, false);
  for (const { subject, after } of written) sysctls.set(subject, Number(after));
}

describe('undo of settings', () => {
  it('puts those of one click back at once, where they are still ours', async () => {
    const helper = new StrictHelper();
    const stage = actionsOn({ helper, sysctls: { 'vm.swappiness': 60, 'vm.panic_on_oom': 0 } });
    await settled(
      stage,
      helper,
      [
        { name: 'vm.swappiness', value: 10 },
        { name: 'vm.panic_on_oom', value: 1 },
      ],
      [wrote('vm.swappiness', '60', '10'), wrote('vm.panic_on_oom', '0', '1')],
    );
    stage.sysctls.set('vm.swappiness', 30);
    // The helper takes back every setting that is not confirmed.
    helper.expect(pends(5, wrote('vm.panic_on_oom', '1', '0'))).expect(writes());
    expect(resultsOf(await stage.actions.undo('all'))).toEqual([
      'vm.panic_on_oom 1 undone',
      'vm.swappiness 10 left',
    ]);
    expect(helper.asked.slice(-2)).toEqual([
      { verb: 'set-sysctls', changes: [{ name: 'vm.panic_on_oom', value: 0, expected: 1 }] },
      { verb: 'confirm', change: 5 },
    ]);
  });

  it('brings back a kbytes that was in force before a ratio was set', async () => {
    const helper = new StrictHelper();
    const stage = actionsOn({
      helper,
      sysctls: { 'vm.overcommit_ratio': 0, 'vm.overcommit_kbytes': 5_000_000, 'vm.overcommit_memory': 0 },
    });
    await settled(
      stage,
      helper,
      [
        { name: 'vm.overcommit_ratio', value: 80 },
        { name: 'vm.overcommit_memory', value: 2 },
      ],
      // The helper tells what was cleared where it stands in its own list.
      [
        wrote('vm.overcommit_ratio', '0', '80'),
        wrote('vm.overcommit_kbytes', '5000000', '0'),
        wrote('vm.overcommit_memory', '0', '2'),
      ],
    );
    expect(stage.entries().map(({ subject, before, after }) => `${subject} ${before} ${after}`)).toEqual([
      'vm.overcommit_kbytes 5000000 0',
      'vm.overcommit_memory 0 2',
      'vm.overcommit_ratio 0 80',
    ]);
    helper.expect(writes());
    expect(resultsOf(await stage.actions.undo('all')).every((line) => line.endsWith('undone'))).toBe(true);
    expect(helper.asked.at(-1)).toEqual({
      verb: 'set-sysctls',
      changes: [
        { name: 'vm.overcommit_kbytes', value: 5_000_000, expected: 0 },
        { name: 'vm.overcommit_memory', value: 0, expected: 2 },
        { name: 'vm.overcommit_ratio', value: 0, expected: 80 },
      ],
    });
  });

  it('touches neither ratio nor kbytes when another choice has been made since', async () => {
    const helper = new StrictHelper();
    const stage = actionsOn({ helper, sysctls: { 'vm.overcommit_ratio': 0, 'vm.overcommit_kbytes': 700 } });
    await settled(
      stage,
      helper,
      [{ name: 'vm.overcommit_ratio', value: 80 }],
      [wrote('vm.overcommit_ratio', '0', '80'), wrote('vm.overcommit_kbytes', '700', '0')],
    );
    stage.sysctls.set('vm.overcommit_ratio', 90);
    expect(resultsOf(await stage.actions.undo('all'))).toEqual([
      'vm.overcommit_kbytes 0 left',
      'vm.overcommit_ratio 80 left',
    ]);
    expect(helper.unasked).toBe(0);
  });

  it('keeps again what was kept before, forgets what was not, and brings back what was forgotten', async () => {
    const line = (before: string, after: string) =>
      writes(wrote('/etc/sysctl.d/90-lifeboat.conf vm.swappiness', before, after));
    const helper = new StrictHelper().expect(line('', '10')).expect(line('10', '20')).expect(line('20', ''));
    const { actions, kept } = actionsOn({ helper });
    expect(await actions.keepSysctl('vm.swappiness', 10)).toEqual({
      ok: true,
      value: { file: '/etc/sysctl.d/90-lifeboat.conf' },
    });
    kept.set('vm.swappiness', 10);
    await actions.keepSysctl('vm.swappiness', 20);
    kept.set('vm.swappiness', 20);
    await actions.keepSysctl('vm.swappiness');
    const asked = helper.asked.length;
    const undoOne = async (group: number, now: number | undefined) => {
      if (now === undefined) kept.delete('vm.swappiness');
      else kept.set('vm.swappiness', now);
      helper.expect(line('?', '?'));
      expect(resultsOf(await actions.undo(group)).every((text) => text.endsWith('undone'))).toBe(true);
    };
    await undoOne(3, undefined);
    await undoOne(2, 20);
    await undoOne(1, 10);
    expect(helper.asked.slice(asked)).toEqual([
      { verb: 'keep-sysctl', name: 'vm.swappiness', value: 20 },
      { verb: 'keep-sysctl', name: 'vm.swappiness', value: 10 },
      { verb: 'forget-sysctl', name: 'vm.swappiness' },
    ]);
  });

  it('leaves a line that was changed by hand since', async () => {
    const helper = new StrictHelper().expect(writes(wrote('f vm.swappiness', '', '10')));
    const { actions, kept } = actionsOn({ helper });
    await actions.keepSysctl('vm.swappiness', 10);
    kept.set('vm.swappiness', 11);
    expect(resultsOf(await actions.undo('all'))).toEqual(['vm.swappiness 10 left']);
    expect(helper.asked.length).toBe(1);
  });
});

describe('keeping one of ratio and kbytes', () => {
  const FILE = '/etc/sysctl.d/90-lifeboat.conf';

  it.for([
    ['vm.overcommit_ratio', 80, 'vm.overcommit_kbytes', 5000],
    ['vm.overcommit_kbytes', 5000, 'vm.overcommit_ratio', 80],
  ] as const)(
    '%s %d is taken back with the line of %s that it displaced',
    async ([name, value, other, line]) => {
      const helper = new StrictHelper().expect(
        writes(
          wrote(`${FILE} ${name}`, '', value.toString()),
          wrote(`${FILE} ${other}`, line.toString(), ''),
        ),
      );
      const { actions, kept, entries } = actionsOn({ helper, kept: { [other]: line } });
      await actions.keepSysctl(name, value);
      expect(
        entries().map((entry) => `${entry.group} ${entry.action} ${entry.subject} ${entry.before}`),
      ).toEqual([`1 forget-sysctl ${other} ${line}`, `1 keep-sysctl ${name} `]);
      kept.delete(other);
      kept.set(name, value);
      helper.expect(() => {
        kept.delete(name);
        kept.set(other, line);
        return { ok: true, value: { written: [wrote('x', '', '')] } };
      });
      expect(resultsOf(await actions.undo(1))).toEqual([`${other}  undone`, `${name} ${value} undone`]);
      expect(helper.asked.at(-1)).toEqual({ verb: 'keep-sysctl', name: other, value: line });
      expect(helper.unasked).toBe(0);
    },
  );

  it('records nothing beside it where no line went', async () => {
    const helper = new StrictHelper().expect(
      writes(wrote(`${FILE} vm.overcommit_ratio`, '70', '80'), wrote(`${FILE} vm.overcommit_kbytes`, '', '')),
    );
    const { actions, entries } = actionsOn({ helper });
    await actions.keepSysctl('vm.overcommit_ratio', 80);
    expect(entries().length).toBe(1);
  });
});

describe('undo of what was changed in a former boot', () => {
  const set = (subject: string, before: string, after: string) =>
    ({ action: 'set-sysctl', subject, before, asked: after, after }) as const;

  it('never writes to a process, whatever its number, start time and value are', async () => {
    const { actions, snapshot, values, ownWrites, entries, starts } = actionsOn({
      earlier: [
        {
          action: 'set-adj',
          subject: 'p10 (10)',
          process: { pid: 10, startTicks: snapshotTicks(10) },
          before: '100',
          asked: '0',
          after: '0',
        },
      ],
    });
    expect(snapshot.processes.find(({ pid }) => pid === 10)?.startTicks).toBe(snapshotTicks(10));
    expect(values.get(10)).toBe(0);
    expect(entries()[0]?.formerBoot).toBe(true);
    expect(await actions.undo('all')).toMatchObject({
      ok: true,
      value: [{ result: 'left', why: { code: 'former-boot', facts: { of: 'process' } } }],
    });
    expect([ownWrites, starts()]).toEqual([[], 0]);
    expect(entries()[0]).toMatchObject({ state: 'undone' });
    expect(await actions.undo('all')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  it('leaves a setting and a cgroup of the same value, which this boot has given them', async () => {
    const { actions, starts } = actionsOn({
      sysctls: { 'vm.swappiness': 10 },
      earlier: [
        set('vm.swappiness', '60', '10'),
        { action: 'set-cgroup', subject: '/a memory.max', before: 'max', asked: '4096', after: '4096' },
      ],
    });
    const undone = await actions.undo('all');
    expect(resultsOf(undone)).toEqual(['/a memory.max 4096 left', 'vm.swappiness 10 left']);
    expect(undone.ok && undone.value[1]?.why).toMatchObject({
      code: 'former-boot',
      facts: { of: 'setting', subject: 'vm.swappiness' },
    });
    expect(starts()).toBe(0);
  });

  it('puts back a setting that Lifeboat’s own line has set again at boot, and the line with it', async () => {
    const helper = new StrictHelper();
    const stage = actionsOn({
      helper,
      sysctls: { 'vm.swappiness': 10 },
      kept: { 'vm.swappiness': 10 },
      earlier: [
        set('vm.swappiness', '60', '10'),
        { action: 'keep-sysctl', subject: 'vm.swappiness', before: '', asked: '10', after: '10' },
      ],
    });
    helper.expect(() => {
      stage.kept.delete('vm.swappiness');
      return { ok: true, value: { written: [wrote('x', '10', '')] } };
    });
    helper.expect(pends(3, wrote('vm.swappiness', '10', '60'))).expect(writes());
    expect(resultsOf(await stage.actions.undo('all'))).toEqual([
      'vm.swappiness 10 undone',
      'vm.swappiness 10 undone',
    ]);
    expect(helper.asked).toEqual([
      { verb: 'forget-sysctl', name: 'vm.swappiness' },
      { verb: 'set-sysctls', changes: [{ name: 'vm.swappiness', value: 60, expected: 10 }] },
      { verb: 'confirm', change: 3 },
    ]);
  });

  it('takes a kbytes for its own that its line of ratio has cleared at boot', async () => {
    const helper = new StrictHelper().expect(pends(3)).expect(writes());
    const { actions } = actionsOn({
      helper,
      sysctls: { 'vm.overcommit_ratio': 80, 'vm.overcommit_kbytes': 0 },
      kept: { 'vm.overcommit_ratio': 80 },
      earlier: [set('vm.overcommit_ratio', '0', '80'), set('vm.overcommit_kbytes', '700', '0')],
    });
    expect(resultsOf(await actions.undo('all'))).toEqual([
      'vm.overcommit_kbytes 0 undone',
      'vm.overcommit_ratio 80 undone',
    ]);
  });
});

describe('undo of what is kept for a service of one’s own', () => {
  const lasting = { kind: 'unit', unit: { manager: 'user:1000', name: 'a.service' } } as const;

  it('needs no helper, goes back value by value, and then takes it away', async () => {
    const { actions, entries, ownWrites } = actionsOn();
    await actions.keepAdj(lasting, 100);
    await actions.keepAdj(lasting, 200);
    expect(entries().map(({ action, before, after }) => `${action} ${before} ${after}`)).toEqual([
      'keep-user-unit-adj 100 200',
      'keep-user-unit-adj  100',
    ]);
    expect(resultsOf(await actions.undo('all'))).toEqual(['a.service 200 undone', 'a.service 100 undone']);
    expect(ownWrites.slice(2)).toEqual(['unit a.service 100', 'unit a.service none']);
  });

  it('leaves what was changed by hand since', async () => {
    const { actions, userUnits, ownWrites } = actionsOn();
    await actions.keepAdj(lasting, 100);
    userUnits.set('a.service', '7');
    expect(resultsOf(await actions.undo('all'))).toEqual(['a.service 100 left']);
    expect(ownWrites.length).toBe(1);
  });
});

/** Field 22 of the built processes. */
function snapshotTicks(pid: number): number {
  const ticks = actionsOn().snapshot.processes.find((process) => process.pid === pid)?.startTicks;
  if (ticks === undefined) throw new Error(`no process ${pid}`);
  return ticks;
}
