import { describe, expect, it } from 'vitest';
import { previewCgroup, readCgroup } from '../../../../../src-main/engine/change/cgroup/requests.ts';
import { LaterCache } from '../../../../../src-main/engine/change/sysctl/later-cache.ts';
import { readTuning } from '../../../../../src-main/engine/change/sysctl/tuning.ts';
import { rootOf } from '../../../../../src-main/proc/kernel-files.ts';
import { previewSysctls } from '../../../../../src-main/engine/change/sysctl/requests.ts';
import { Monitor } from '../../../../../src-main/engine/watch/monitor.ts';
import { type World } from '../../../../../src-main/engine/world.ts';
import { VIEW } from '../../../../helpers/monitored.ts';
import { crowd, sampledTree } from '../../../../helpers/processes/process-sampler.ts';

const MIB = 2 ** 20;
const PROCESSES = 8_000;
/** A slider and a text field follow the hand up to here. */
const FOLLOWS_MS = 50;

/** 8,000 processes, a client that looks, and a count of what a request makes of them. */
function crowded() {
  const { tree, sampler } = sampledTree({
    processes: crowd(PROCESSES),
    cgroups: { '/box': { limitBytes: 512 * MIB, usageBytes: MIB } },
  });
  let readings = 0;
  const counting = new Proxy(sampler, {
    get(target, name) {
      if (name === 'sample') readings += 1;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const monitor = new Monitor({ sampler: counting, schedule: () => () => undefined });
  monitor.start();
  let frames = 0;
  monitor.watch({ view: VIEW, rows: [], onFrame: () => (frames += 1) }, VIEW);
  const before = { readings, frames };
  const later = new LaterCache(tree);
  const world: Pick<World, 'tuning' | 'snapshot'> = {
    tuning: () => readTuning(tree, rootOf(tree), later.current),
    snapshot: () => monitor.snapshot(),
  };
  return { world, made: () => ({ readings: readings - before.readings, frames: frames - before.frames }) };
}

/** The quickest of several: what is late because of our code is late every time. */
function quickestMs(work: () => unknown): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

describe('what follows the hand, with 8,000 processes', () => {
  it('reads no process and sends no frame to another client', { timeout: 120_000 }, () => {
    const { world, made } = crowded();
    const slide = () => previewSysctls(world, { changes: [{ name: 'vm.swappiness', value: 10 }] });
    const type = () => previewCgroup(world, { path: '/box', setting: 'max', value: 256 * MIB });
    expect(slide()).toMatchObject({ ok: true });
    expect(type()).toMatchObject({ ok: true });
    expect(readCgroup(world, { path: '/box' })).toMatchObject({ ok: true });
    expect(made()).toEqual({ readings: 0, frames: 0 });
    expect(quickestMs(slide)).toBeLessThan(FOLLOWS_MS);
    expect(quickestMs(type)).toBeLessThan(FOLLOWS_MS);
  });
});
