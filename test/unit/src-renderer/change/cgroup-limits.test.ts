import { describe, expect, it } from 'vitest';
import { type CgroupEffect, type CgroupState } from '#shared/model/cgroup-change.ts';
import { CgroupLimits } from '../../../../src-renderer/change/cgroup-limits.svelte.ts';
import { createPair } from '../pair.ts';

const STATE: CgroupState = {
  path: '/a',
  label: 'a',
  version: 1,
  mountPoint: '/sys/fs/cgroup/memory',
  usageBytes: 5000,
  reclaimableBytes: 0,
  processCount: 1,
  values: [
    { setting: 'max', value: 'max' },
    { setting: 'soft', value: 4096 },
  ],
};
const preview = (value: number, effects: readonly CgroupEffect[] = []) => ({
  id: 'p1',
  computedAtMs: 0,
  writes: [],
  change: { path: '/a', setting: 'max', value },
  file: 'memory.limit_in_bytes',
  before: 'max',
  effects,
});

async function opened() {
  const pair = createPair();
  const limits = new CgroupLimits();
  limits.attach(pair.client);
  void limits.open('/a');
  await pair.answer(STATE);
  return { limits, pair };
}

describe('CgroupLimits', () => {
  it('reads the cgroup that is opened, and closes it when it is asked for again', async () => {
    const { limits, pair } = await opened();
    expect(pair.asked.at(-1)).toMatchObject({ request: 'change.cgroup', input: { path: '/a' } });
    expect([limits.cgroup, limits.setting, limits.now]).toEqual([STATE, 'max', 'max']);
    await limits.open('/a');
    expect([limits.path, limits.cgroup]).toEqual([undefined, undefined]);
  });

  it('asks what a value would bring as soon as it is one', async () => {
    const { limits, pair } = await opened();
    const before = pair.asked.length;
    limits.write('4');
    limits.write('4 eggs');
    expect(limits.value).toBeUndefined();
    limits.write('4K');
    expect(pair.asked.slice(before).map(({ input }) => input)).toEqual([
      { path: '/a', setting: 'max', value: 4 },
      { path: '/a', setting: 'max', value: 4096 },
    ]);
    // Only the newest counts.
    await pair.answer(preview(4));
    expect(limits.preview).toBeUndefined();
    await pair.answer(preview(4096));
    expect(limits.preview).toEqual(preview(4096));
  });

  it('says that the warning was shown where more is in use', async () => {
    const { limits, pair } = await opened();
    limits.write('4K');
    await pair.answer(
      preview(4096, [{ weight: 'warning', fact: { kind: 'reclaims', cacheBytes: 904, swapBytes: 0 } }]),
    );
    void limits.apply();
    expect(pair.asked.at(-1)).toMatchObject({
      request: 'change.applyCgroup',
      input: { id: 'p1', mayKill: true },
    });
  });

  it('clears the value when another setting is chosen', async () => {
    const { limits, pair } = await opened();
    limits.write('4K');
    await pair.answer(preview(4096));
    limits.choose('soft');
    expect([limits.text, limits.preview, limits.now]).toEqual(['', undefined, 4096]);
  });

  it('reads again when the pending change is decided', async () => {
    const { limits, pair } = await opened();
    pair.emit('change.pending', 'none');
    await pair.answer({ ...STATE, values: [{ setting: 'max', value: 4096 }] });
    expect(limits.now).toBe(4096);
  });
});
