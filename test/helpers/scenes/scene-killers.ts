import { earlyoomTriggers } from '#shared/killers/earlyoom.ts';
import { parseEarlyoomOptions } from '#shared/killers/earlyoom-options.ts';
import { machineFigures } from '#shared/killers/machine-figures.ts';
import { oomdTriggers } from '#shared/killers/oomd.ts';
import { withActsAt } from '#shared/killers/trigger.ts';
import { type Killer } from '#shared/model/killer.ts';
import { type MemoryState } from '#shared/model/memory.ts';

/** A killer of a scene, by the memory of the moment. */
export type SceneKiller = (memory: MemoryState) => Killer;

/** An earlyoom 1.8.2 with these options. */
export function earlyoom(...args: readonly string[]): SceneKiller {
  return (memory) => {
    const triggers = earlyoomTriggers(machineFigures(memory), parseEarlyoomOptions(args) ?? {}, 'user');
    return withActsAt({ name: 'earlyoom', pid: 811, version: '1.8.2', triggers, unknown: [] });
  };
}

/** A systemd-oomd that watches the pressure of a user's service, with 12% of 50%. */
export const oomd: SceneKiller = (memory) => {
  const cgroup = '/user.slice/user-1000.slice/user@1000.service';
  const pressure = [{ cgroup, limitPercent: 50, seconds: 20 }];
  const triggers = oomdTriggers(
    machineFigures(memory),
    { swapUsedPercent: 90, swap: [], pressure, rules: [] },
    () => ({ pressurePercent: 12.34, lastedSeconds: () => undefined }),
  );
  return withActsAt({ name: 'systemd-oomd', pid: 640, triggers, unknown: [] });
};
