import { aheadOf, type MachineEnd } from '#shared/forecast/ahead.ts';
import { killerForecast } from '#shared/forecast/killer-forecast.ts';
import { type AheadWithVictim } from '#shared/model/ahead.ts';
import { type MemoryLevel } from '#shared/model/alert.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type Killer } from '#shared/model/killer.ts';
import { type MemoryState } from '#shared/model/memory.ts';
import { compact } from '#shared/optional.ts';
import { type KillOrderView } from '#shared/model/kill-order.ts';
import { type Scope, type ScopeSummary } from '#shared/model/scope.ts';
import { DEFAULT_SETTINGS } from '#shared/model/settings.ts';
import { MemoryWatch } from '../../../src-main/engine/events/memory-watch.ts';
import { type SceneSetup } from './scene-machine.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** A forecast with the killer that acts before the kernel does, as the engine says it. */
export function forecastBeside(
  killers: readonly Killer[],
  { availableBytes, swap }: MemoryState,
  forecast: Forecast,
): Forecast {
  const estimate = { ...forecast, seconds: forecast.middleSeconds };
  const leftBytes = availableBytes + (swap?.freeBytes ?? 0);
  return { ...forecast, ...compact({ killer: killerForecast(estimate, leftBytes, killers, swap) }) };
}

/** A fall of which one process takes the most. */
export const javaTakesIt: Forecast = {
  lowSeconds: 1080,
  middleSeconds: 1560,
  highSeconds: 2460,
  fallingSeconds: 1260,
  fellBytes: 2.1 * GIB,
  taker: {
    kind: 'process',
    process: { pid: 48213, startTicks: 9_000, name: 'java' },
    tookBytes: 1.9 * GIB,
  },
};

/** One of which many take their part. */
export const nearlyGone: Forecast = {
  lowSeconds: 30,
  middleSeconds: 48,
  highSeconds: 95,
  fallingSeconds: 70,
  fellBytes: 4.2 * GIB,
};

/** What is said of a cgroup with a limit: it runs out before the machine does. */
const jenkinsSoon: Forecast = {
  lowSeconds: 260,
  middleSeconds: 320,
  highSeconds: 410,
  fallingSeconds: 700,
  fellBytes: 1.1 * GIB,
  taker: {
    kind: 'process',
    process: { pid: 48213, startTicks: 9_000, name: 'java' },
    tookBytes: 1.1 * GIB,
  },
};

export const jenkinsFills = { forecast: jenkinsSoon, growthBytesPerMinute: 95 * MIB };

/** The same at a slower pace: the machine runs out before. */
export const jenkinsGrows = {
  forecast: { ...jenkinsSoon, lowSeconds: 2700, middleSeconds: 3240, highSeconds: 4100 },
  growthBytesPerMinute: 33 * MIB,
};

type Limited = NonNullable<SceneSetup['cgroups']>[number];

/** The cgroups of a scene, of which nothing is forecast but what is given for that of the path. */
export function only(setup: SceneSetup, path: string, known: Partial<Limited>): readonly Limited[] {
  return (setup.cgroups ?? []).map(
    ({ forecast: _forecast, growthBytesPerMinute: _growth, ...each }): Limited => ({
      ...each,
      ...(each.path === path ? known : {}),
    }),
  );
}

/** The same scene with nothing running out, and without other killers. */
export function calm(setup: SceneSetup, path: string, known: Partial<Limited> = {}): SceneSetup {
  const { killers: _killers, forecast: _forecast, ...rest } = setup;
  return { ...rest, cgroups: only(setup, path, known) };
}

/** By the thresholds that hold where none were chosen. */
export function levelOf(memory: MemoryState): MemoryLevel {
  const watch = new MemoryWatch();
  watch.take(memory, DEFAULT_SETTINGS.thresholds, undefined);
  return watch.level;
}

/** What runs out next, as the engine says it, with the order of that cgroup. */
export function aheadIn(
  machine: MachineEnd,
  scopes: readonly ScopeSummary[],
  orderOf: (scope: Scope) => KillOrderView | undefined,
): readonly AheadWithVictim[] {
  return aheadOf(machine, scopes).flatMap((ahead): readonly AheadWithVictim[] => {
    if (ahead.kind === 'machine') return [ahead];
    const order = orderOf({ kind: 'cgroup', path: ahead.scope.path });
    return order === undefined ? [] : [{ ...ahead, order }];
  });
}
