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
  const desk = new CgroupLimits();
  desk.attach(pair.client);
  void desk.open('/a');
  await pair.answer(STATE);
  return { desk, pair };
}

describe('CgroupLimits', () => {
  it('reads the cgroup that is opened, and closes it when it is asked for again', async () => {
    const { desk, pair } = await opened();
    expect(pair.asked.at(-1)).toMatchObject({ request: 'change.cgroup', input: { path: '/a' } });
    expect([desk.cgroup, desk.setting, desk.now]).toEqual([STATE, 'max', 'max']);
    await desk.open('/a');
    expect([desk.path, desk.cgroup]).toEqual([undefined, undefined]);
  });

  it('asks what a value would bring as soon as it is one', async () => {
    const { desk, pair } = await opened();
    const before = pair.asked.length;
    desk.write('4');
    desk.write('4 eggs');
    expect(desk.value).toBeUndefined();
    desk.write('4K');
    expect(pair.asked.slice(before).map(({ input }) => input)).toEqual([
      { path: '/a', setting: 'max', value: 4 },
      { path: '/a', setting: 'max', value: 4096 },
    ]);
    // Only the newest counts.
    await pair.answer(preview(4));
    expect(desk.preview).toBeUndefined();
    await pair.answer(preview(4096));
    expect(desk.preview).toEqual(preview(4096));
  });

  it('says that somebody has read it where more is in use', async () => {
    const { desk, pair } = await opened();
    desk.write('4K');
    await pair.answer(
      preview(4096, [{ weight: 'warning', fact: { kind: 'reclaims', cacheBytes: 904, swapBytes: 0 } }]),
    );
    void desk.apply();
    expect(pair.asked.at(-1)).toMatchObject({
      request: 'change.applyCgroup',
      input: { id: 'p1', mayKill: true },
    });
  });

  it('forgets the wish when another setting is chosen', async () => {
    const { desk, pair } = await opened();
    desk.write('4K');
    await pair.answer(preview(4096));
    desk.choose('soft');
    expect([desk.text, desk.preview, desk.now]).toEqual(['', undefined, 4096]);
  });

  it('reads anew when what waited is decided', async () => {
    const { desk, pair } = await opened();
    pair.emit('change.pending', 'none');
    await pair.answer({ ...STATE, values: [{ setting: 'max', value: 4096 }] });
    expect(desk.now).toBe(4096);
  });
});
