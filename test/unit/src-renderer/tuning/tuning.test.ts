import { describe, expect, it } from 'vitest';
import { type Tuning } from '#shared/contract/change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl-specs.ts';
import { fail } from '#shared/result.ts';
import { type SysctlChange, type SysctlName, type SysctlPreview } from '#shared/model/sysctl.ts';
import { TuningSettings } from '../../../../src-renderer/tuning/tuning.svelte.ts';
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
  reader: 'systemd',
  decidedBy: 'files',
  unreadable: [],
  dangers: [],
};
const PENDING = {
  id: 7,
  changes: [{ subject: 'vm.swappiness', before: '60', after: '10' }],
  deadlineMs: 1,
  totalSeconds: 20,
};
const EFFECT = { name: 'vm.swappiness', weight: 'note', fact: { kind: 'no-change' } } as const;

/** A preview of so many values; its id says how many. */
const previewOf = (changes: readonly SysctlChange[]): SysctlPreview => ({
  id: `p${changes.length}`,
  computedAtMs: 0,
  writes: [],
  changes,
  effects: [EFFECT],
});

async function loaded() {
  const pair = createPair();
  const desk = new TuningSettings();
  desk.attach(pair.client);
  void desk.load();
  await pair.answer(TUNING);
  return { desk, pair, last: () => pair.asked.at(-1) };
}

describe('TuningSettings', () => {
  it('asks when somebody looks, and again on the next line', async () => {
    const first = createPair();
    const desk = new TuningSettings();
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
    desk.pick('vm.swappiness', 10);
    expect(desk.pickedValue('vm.swappiness')).toBe(10);
    expect(last()).toMatchObject({
      request: 'change.previewSysctls',
      input: { changes: [{ name: 'vm.swappiness', value: 10 }] },
    });
    await pair.answer(previewOf([{ name: 'vm.swappiness', value: 10 }]));
    expect(desk.preview?.effects).toEqual([EFFECT]);
    expect(desk.isShown).toBe(true);
    desk.pick('vm.swappiness', 60);
    expect(desk.pickedValue('vm.swappiness')).toBeUndefined();
    expect(desk.preview).toBeUndefined();
  });

  it('shows the answer to the newest pick only, and applies nothing that is not shown', async () => {
    const { desk, pair, last } = await loaded();
    desk.pick('vm.swappiness', 10);
    desk.pick('vm.swappiness', 20);
    await pair.answer(previewOf([{ name: 'vm.swappiness', value: 10 }]));
    expect(desk.preview).toBeUndefined();
    await desk.apply();
    expect(last()?.request).toBe('change.previewSysctls');
    await pair.answer(previewOf([{ name: 'vm.swappiness', value: 20 }]));
    expect(desk.isShown).toBe(true);
    expect(desk.picked).toEqual([{ name: 'vm.swappiness', value: 20 }]);
  });

  it('wishes of a preset what is not so already', async () => {
    const { desk } = await loaded();
    expect(desk.missing(PRESET)).toEqual([PRESET.changes[0]]);
    desk.pick('vm.swappiness', 10);
    desk.pickPreset(PRESET);
    expect(desk.picked).toEqual([PRESET.changes[0]]);
    desk.discard();
    expect(desk.picked).toEqual([]);
  });

  it('applies all that its preview shows, by the id of the preview', async () => {
    const { desk, pair, last } = await loaded();
    const both = [
      { name: 'vm.swappiness', value: 10 },
      { name: 'vm.overcommit_memory', value: 2 },
    ] as const;
    for (const { name, value } of both) desk.pick(name, value);
    await pair.answer(previewOf([both[0]]));
    await pair.answer(previewOf(both));
    void desk.apply();
    expect(desk.busy).toBe(true);
    expect(last()).toMatchObject({ request: 'change.applySysctls', input: { id: 'p2' } });
    await pair.answer(PENDING);
    expect(desk.pending).toEqual(PENDING);
    expect(desk.picked).toEqual([]);
    expect(last()?.request).toBe('change.tuning');
  });

  it('keeps the wish where applying was refused, with the reason', async () => {
    const { desk, pair } = await loaded();
    desk.pick('vm.swappiness', 10);
    await pair.answer(previewOf([{ name: 'vm.swappiness', value: 10 }]));
    void desk.apply();
    await pair.refuse(fail('changed-meanwhile', { what: 'not-ours', now: 61 }).error);
    expect(desk.failure?.code).toBe('changed-meanwhile');
    expect(desk.pickedValue('vm.swappiness')).toBe(10);
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
