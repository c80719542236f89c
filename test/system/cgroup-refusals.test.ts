import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refusalIn } from '#shared/model/cgroup-change.ts';
import { SYSTEM_CLOCK } from '../../src-main/collect/clock.ts';
import { Sampler } from '../../src-main/collect/sampler.ts';
import { cgroupState, cgroupPreview } from '../../src-main/engine/change/cgroup/limits.ts';
import { HOST_FILES } from '../../src-main/proc/kernel-files.ts';

const ROOT = '/sys/fs/cgroup/memory';
const MIB = 2 ** 20;
const FILES = { max: 'memory.limit_in_bytes', memsw: 'memory.memsw.limit_in_bytes' } as const;

/** An empty cgroup of version 1 with these limits. */
function made(limits: Partial<Record<keyof typeof FILES, number>>): string {
  const path = `/lifeboat-refusals-${process.pid}`;
  mkdirSync(ROOT + path);
  onTestFinished(() => {
    rmdirSync(ROOT + path);
  });
  for (const [setting, file] of Object.entries(FILES)) {
    const value = limits[setting as keyof typeof FILES];
    if (value !== undefined) writeFileSync(`${ROOT}${path}/${file}`, String(value));
  }
  return path;
}

function snapshot() {
  const sampler = Sampler.open(HOST_FILES, SYSTEM_CLOCK);
  if (!sampler.ok) throw new Error(sampler.error.code);
  const taken = sampler.value.sample({
    orderCount: 1,
    watched: [],
    scopes: [],
    everything: false,
    glance: false,
  });
  sampler.value.close();
  if (!taken.ok) throw new Error(taken.error.code);
  return taken.value;
}

/** Whether the kernel takes the value. */
function kernelTakes(path: string, setting: keyof typeof FILES, value: number | 'max'): boolean {
  try {
    writeFileSync(`${ROOT}${path}/${FILES[setting]}`, value === 'max' ? '-1' : String(value));
    return true;
  } catch {
    return false;
  }
}

const canMake = process.getuid?.() === 0 && existsSync(`${ROOT}/${FILES.memsw}`);

describe.runIf(canMake)(
  'a rehearsal on cgroups of version 1 (needs root and memory cgroups of version 1 with swap accounting)',
  () => {
    it('shows the limit of memory and swap', () => {
      const state = cgroupState(snapshot(), made({ max: 64 * MIB, memsw: 96 * MIB }));
      expect(state.ok && state.value.values).toContainEqual({ setting: 'memsw', value: 96 * MIB });
    });

    it.each([
      ['max', 128 * MIB, { max: 64 * MIB, memsw: 96 * MIB }],
      ['max', 96 * MIB, { max: 64 * MIB, memsw: 96 * MIB }],
      ['max', 'max', { max: 64 * MIB, memsw: 96 * MIB }],
      ['max', 'max', { max: 64 * MIB }],
      ['max', 32 * MIB, { max: 64 * MIB, memsw: 64 * MIB }],
      ['memsw', 32 * MIB, { max: 64 * MIB, memsw: 96 * MIB }],
      ['memsw', 64 * MIB, { max: 64 * MIB, memsw: 96 * MIB }],
      ['memsw', 64 * MIB, {}],
      ['memsw', 'max', { max: 64 * MIB, memsw: 96 * MIB }],
    ] as const)('%s %s where there is %j: as the kernel answers', (setting, value, limits) => {
      const path = made(limits);
      const preview = cgroupPreview(snapshot(), { path, setting, value });
      if (!preview.ok) throw new Error(preview.error.code);
      expect(refusalIn(preview.value) === undefined).toBe(kernelTakes(path, setting, value));
    });
  },
);
