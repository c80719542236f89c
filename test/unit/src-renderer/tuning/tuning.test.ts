import { describe, expect, it } from 'vitest';
import { type Tuning } from '#shared/contract/change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl-specs.ts';
import { type SysctlName } from '#shared/model/sysctl.ts';
import { fail } from '#shared/result.ts';
import { TuningDesk } from '../../../../src-renderer/tuning/tuning.svelte.ts';
import { createPair } from '../pair.ts';

const setting = (name: SysctlName, now: number) => ({
  spec: SYSCTL_SPECS[name],
  now,
  overridden: [],
  unread: [],
  ignored: [],
  decidedBy: 'files' as const,
  later: [],
  drifts: false,
});
const PRESET = {
  id: 'never-promise-more',
  changes: [
    { name: 'vm.overcommit_memory', value: 2 },
    { name: 'vm.overcommit_ratio', value: 50 },
  ],
} as const;
const TUNING: Tuning = {
  settings: [
    setting('vm.overcommit_memory', 0),
    setting('vm.overcommit_ratio', 50),
    setting('vm.swappiness', 60),
  ],
  presets: [PRESET],
  dangers: [],
};
const PENDING = {
  id: 7,
  changes: [{ subject: 'vm.swappiness', before: '60', after: '10' }],
  deadlineMs: 1,
  totalSeconds: 20,
};
const EFFECT = { name: 'vm.swappiness', weight: 'note', fact: { kind: 'no-change' } } as const;

async function loaded() {
  const pair = createPair();
  const desk = new TuningDesk();
  desk.attach(pair.client);
  void desk.load();
  await pair.answer(TUNING);
  return { desk, pair, last: () => pair.asked.at(-1) };
}

describe('TuningDesk', () => {
  it('asks when somebody looks, and again on the next line', async () => {
    const first = createPair();
    const desk = new TuningDesk();
    desk.attach(first.client);
    expect(first.asked).toEqual([]);
    void desk.load();
    await first.answer(TUNING);
    expect(desk.tuning).toEqual(TUNING);
    first.breakLine();
    const second = createPair();
    desk.attach(second.client);
    expect(second.asked.map(({ request }) => request)).toEqual(['change.tuning']);
  });

  it('asks what a wish would bring, and wishing the present value takes it back', async () => {
    const { desk, pair, last } = await loaded();
    desk.wish('vm.swappiness', 10);
    expect(desk.wishFor('vm.swappiness')).toBe(10);
    expect(last()).toMatchObject({
      request: 'change.previewSysctls',
      input: { changes: [{ name: 'vm.swappiness', value: 10 }] },
    });
    await pair.answer([EFFECT]);
    expect(desk.effects).toEqual([EFFECT]);
    desk.wish('vm.swappiness', 60);
    expect(desk.wishFor('vm.swappiness')).toBeUndefined();
    expect(desk.effects).toEqual([]);
  });

  it('counts the answer to the newest wish only', async () => {
    const { desk, pair } = await loaded();
    desk.wish('vm.swappiness', 10);
    desk.wish('vm.swappiness', 20);
    await pair.answer([EFFECT]);
    expect(desk.effects).toEqual([]);
    await pair.answer([]);
    expect(desk.effects).toEqual([]);
    expect(desk.wishes).toEqual([{ name: 'vm.swappiness', value: 20 }]);
  });

  it('wishes of a preset what is not so already', async () => {
    const { desk } = await loaded();
    expect(desk.missing(PRESET)).toEqual([PRESET.changes[0]]);
    desk.wish('vm.swappiness', 10);
    desk.wishPreset(PRESET);
    expect(desk.wishes).toEqual([PRESET.changes[0]]);
    desk.forgetWishes();
    expect(desk.wishes).toEqual([]);
  });

  it('applies the wishes for one setting, and leaves the others to be wished', async () => {
    const { desk, pair, last } = await loaded();
    desk.wish('vm.swappiness', 10);
    desk.wish('vm.overcommit_memory', 2);
    await pair.answer([]);
    await pair.answer([]);
    void desk.apply(['vm.swappiness']);
    expect(desk.busy).toBe(true);
    expect(last()).toMatchObject({
      request: 'change.applySysctls',
      input: { changes: [{ name: 'vm.swappiness', value: 10 }] },
    });
    await pair.answer(PENDING);
    expect(desk.pending).toEqual(PENDING);
    expect(desk.wishes).toEqual([{ name: 'vm.overcommit_memory', value: 2 }]);
    expect(last()?.request).toBe('change.tuning');
  });

  it('keeps the wish where applying was refused, with the reason', async () => {
    const { desk, pair } = await loaded();
    desk.wish('vm.swappiness', 10);
    await pair.answer([]);
    void desk.apply();
    await pair.refuse(fail('changed-meanwhile', { what: 'not-ours', now: 61 }).error);
    expect(desk.failure?.code).toBe('changed-meanwhile');
    expect(desk.wishFor('vm.swappiness')).toBe(10);
    expect(desk.busy).toBe(false);
  });

  it('hears of a change that waits, and of its end, after which it looks again', async () => {
    const { desk, pair, last } = await loaded();
    pair.emit('change.pending', PENDING);
    expect(desk.pending).toEqual(PENDING);
    void desk.confirm(true);
    expect(last()).toMatchObject({ request: 'change.confirmPending', input: { id: 7, onDisk: true } });
    const file = '/etc/sysctl.d/90-lifeboat.conf';
    await pair.answer([{ file }, { file }]);
    expect(desk.keptFiles).toEqual([file]);
    pair.emit('change.pending', 'none');
    expect(desk.pending).toBeUndefined();
    expect(last()?.request).toBe('change.tuning');
  });

  it('takes back what waits, and nothing where nothing does', async () => {
    const { desk, pair, last } = await loaded();
    await desk.revert();
    await desk.confirm(false);
    expect(last()?.request).toBe('change.tuning');
    pair.emit('change.pending', PENDING);
    void desk.revert();
    expect(last()).toMatchObject({ request: 'change.revertPending', input: { id: 7 } });
  });

  it('keeps a value for the next boot, or takes its own line away', async () => {
    const { desk, pair, last } = await loaded();
    void desk.keep('vm.swappiness', 60);
    expect(last()).toMatchObject({
      request: 'change.keepSysctl',
      input: { name: 'vm.swappiness', value: 60 },
    });
    await pair.answer({ file: '/etc/sysctl.d/90-lifeboat.conf' });
    expect(desk.keptFiles).toEqual(['/etc/sysctl.d/90-lifeboat.conf']);
    await pair.answer(TUNING);
    void desk.keep('vm.swappiness');
    expect(last()?.input).toEqual({ name: 'vm.swappiness' });
  });
});
