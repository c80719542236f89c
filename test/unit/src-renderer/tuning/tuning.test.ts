import { describe, expect, it } from 'vitest';
import { type Tuning } from '#shared/contract/change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { fail } from '#shared/result.ts';
import { type SysctlChange, type SysctlName, type SysctlPreview } from '#shared/model/sysctl/sysctl.ts';
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

/** A preview of these values; its id says how many. */
const previewOf = (changes: readonly SysctlChange[]): SysctlPreview => ({
  id: `p${changes.length}`,
  computedAtMs: 0,
  writes: [],
  changes,
  effects: [EFFECT],
  atBoot: [],
});

async function loaded() {
  const pair = createPair();
  const settings = new TuningSettings();
  settings.attach(pair.client);
  void settings.load();
  await pair.answer(TUNING);
  return { settings, pair, last: () => pair.asked.at(-1) };
}

describe('TuningSettings', () => {
  it('asks when the view is opened, and again on the next line', async () => {
    const first = createPair();
    const settings = new TuningSettings();
    settings.attach(first.client);
    expect(first.asked).toEqual([]);
    void settings.load();
    await first.answer(TUNING);
    expect(settings.tuning).toEqual(TUNING);
    first.breakLine();
    const second = createPair();
    settings.attach(second.client);
    expect(second.asked.map(({ request }) => request)).toEqual(['change.tuning']);
  });

  it('asks for the effects of a picked value, and picking the present value discards it', async () => {
    const { settings, pair, last } = await loaded();
    settings.pick('vm.swappiness', 10);
    expect(settings.pickedValue('vm.swappiness')).toBe(10);
    expect(last()).toMatchObject({
      request: 'change.previewSysctls',
      input: { changes: [{ name: 'vm.swappiness', value: 10 }] },
    });
    await pair.answer(previewOf([{ name: 'vm.swappiness', value: 10 }]));
    expect(settings.preview?.effects).toEqual([EFFECT]);
    expect(settings.isShown).toBe(true);
    settings.pick('vm.swappiness', 60);
    expect(settings.pickedValue('vm.swappiness')).toBeUndefined();
    expect(settings.preview).toBeUndefined();
  });

  it('shows the answer to the newest pick only, and applies nothing that is not shown', async () => {
    const { settings, pair, last } = await loaded();
    settings.pick('vm.swappiness', 10);
    settings.pick('vm.swappiness', 20);
    await pair.answer(previewOf([{ name: 'vm.swappiness', value: 10 }]));
    expect(settings.preview).toBeUndefined();
    await settings.apply();
    expect(last()?.request).toBe('change.previewSysctls');
    await pair.answer(previewOf([{ name: 'vm.swappiness', value: 20 }]));
    expect(settings.isShown).toBe(true);
    expect(settings.picked).toEqual([{ name: 'vm.swappiness', value: 20 }]);
  });

  it('picks the values of a preset that differ from the present ones', async () => {
    const { settings } = await loaded();
    expect(settings.missing(PRESET)).toEqual([PRESET.changes[0]]);
    settings.pick('vm.swappiness', 10);
    settings.pickPreset(PRESET);
    expect(settings.picked).toEqual([PRESET.changes[0]]);
    settings.discard();
    expect(settings.picked).toEqual([]);
  });

  it('applies all that its preview shows, by the id of the preview', async () => {
    const { settings, pair, last } = await loaded();
    const both = [
      { name: 'vm.swappiness', value: 10 },
      { name: 'vm.overcommit_memory', value: 2 },
    ] as const;
    for (const { name, value } of both) settings.pick(name, value);
    await pair.answer(previewOf([both[0]]));
    await pair.answer(previewOf(both));
    void settings.apply();
    expect(settings.busy).toBe(true);
    expect(last()).toMatchObject({ request: 'change.applySysctls', input: { id: 'p2' } });
    await pair.answer(PENDING);
    expect(settings.pending).toEqual(PENDING);
    expect(settings.picked).toEqual([]);
    expect(last()?.request).toBe('change.tuning');
  });

  it('keeps the picked value where applying was refused, with the reason', async () => {
    const { settings, pair } = await loaded();
    settings.pick('vm.swappiness', 10);
    await pair.answer(previewOf([{ name: 'vm.swappiness', value: 10 }]));
    void settings.apply();
    await pair.refuse(fail('changed-meanwhile', { what: 'not-ours', now: 61 }).error);
    expect(settings.failure?.code).toBe('changed-meanwhile');
    expect(settings.pickedValue('vm.swappiness')).toBe(10);
    expect(settings.busy).toBe(false);
  });

  it('hears of a change that waits, and of its end, after which it looks again', async () => {
    const { settings, pair, last } = await loaded();
    pair.emit('change.pending', PENDING);
    expect(settings.pending).toEqual(PENDING);
    void settings.confirm(true);
    expect(last()).toMatchObject({ request: 'change.confirmPending', input: { id: 7, onDisk: true } });
    const file = '/etc/sysctl.d/90-lifeboat.conf';
    await pair.answer([{ file }, { file }]);
    expect(settings.keptFiles).toEqual([file]);
    pair.emit('change.pending', 'none');
    expect(settings.pending).toBeUndefined();
    expect(last()?.request).toBe('change.tuning');
  });

  it('takes back what waits, and nothing where nothing does', async () => {
    const { settings, pair, last } = await loaded();
    await settings.revert();
    await settings.confirm(false);
    expect(last()?.request).toBe('change.tuning');
    pair.emit('change.pending', PENDING);
    void settings.revert();
    expect(last()).toMatchObject({ request: 'change.revertPending', input: { id: 7 } });
  });

  it('keeps for the next boot what it showed, and nothing else', async () => {
    const { settings, pair, last } = await loaded();
    void settings.considerKeep('vm.swappiness', 60);
    expect(last()).toMatchObject({
      request: 'change.previewKeepSysctl',
      input: { name: 'vm.swappiness', value: 60 },
    });
    const plan = { id: 'k1', name: 'vm.swappiness', value: 60, effects: [], writes: [] };
    await pair.answer(plan);
    expect(settings.keeping).toEqual({ name: 'vm.swappiness', preview: plan });
    void settings.applyKeep();
    expect(last()).toMatchObject({ request: 'change.applyKeepSysctl', input: { id: 'k1' } });
    await pair.answer({ file: '/etc/sysctl.d/90-lifeboat.conf' });
    expect(settings.keptFiles).toEqual(['/etc/sysctl.d/90-lifeboat.conf']);
    expect(settings.keeping).toBeUndefined();
  });
});
