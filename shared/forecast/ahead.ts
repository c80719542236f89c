import { type Ahead } from '../model/ahead.ts';
import { type Forecast } from '../model/forecast.ts';
import { type Killer } from '../model/killer.ts';
import { type ScopeSummary } from '../model/scope.ts';

/** Less than this left, or this share of the limit, is close to it. */
const CLOSE_BYTES = 64 * 2 ** 20;
const CLOSE_SHARE = 0.1;
/** A small limit is not close to its end because it is small. */
const SMALL_SHARE = 0.5;
/** What has not moved for so long is not about to end, however little is left. */
const STEADY_SECONDS = 600;

/** What is known of the machine's end. */
export interface MachineEnd {
  readonly forecast?: Forecast | undefined;
  readonly killers: readonly Killer[];
}

/**
 * What runs out next, and after it: the machine and the cgroups with a limit by the time that is forecast, another killer's where it acts before. What has no
 * forecast follows: the cgroup with the least left where that is close, then the machine. Never empty, at most two.
 */
export function aheadOf(machine: MachineEnd, groups: readonly ScopeSummary[]): readonly Ahead[] {
  const ending = groups.filter(endsByItself);
  const machineSeconds = secondsOfMachine(machine);
  const timed = [
    ...ending.flatMap((scope) =>
      scope.forecast === undefined ? [] : [{ seconds: scope.forecast.middleSeconds, ahead: soonest(scope) }],
    ),
    ...(machineSeconds === undefined ? [] : [{ seconds: machineSeconds, ahead: MACHINE_SOONEST }]),
  ].sort((a, b) => a.seconds - b.seconds);
  const close = closest(ending);
  return [
    ...timed.map(({ ahead }) => ahead),
    ...(close === undefined ? [] : [{ kind: 'cgroup', why: 'least-left', scope: close } as const]),
    ...(machineSeconds === undefined ? [MACHINE_LAST] : []),
  ].slice(0, 2);
}

/** Another program may kill before the kernel does, or a cgroup runs out before the machine: the machine's order is not the last word. */
export function comesBefore(killers: readonly Killer[], ahead: readonly Ahead[] = []): boolean {
  return ahead[0]?.kind === 'cgroup' || killers.some(({ rehearses }) => rehearses !== true);
}

const MACHINE_SOONEST = { kind: 'machine', why: 'soonest' } as const;
const MACHINE_LAST = { kind: 'machine', why: 'nothing-nearer' } as const;

function soonest(scope: ScopeSummary): Ahead {
  return { kind: 'cgroup', why: 'soonest', scope };
}

/** Nothing above it runs out before, and above memory.high its processes are slowed down instead of killed. */
function endsByItself({ firstAbove, high }: ScopeSummary): boolean {
  return firstAbove === undefined && high === undefined;
}

function secondsOfMachine({ forecast, killers }: MachineEnd): number | undefined {
  if (killers.some(({ rehearses, actsAt }) => rehearses !== true && actsAt?.kind === 'now')) return 0;
  if (forecast === undefined) return undefined;
  const { killer } = forecast;
  return killer === undefined ? forecast.middleSeconds : (killer.lowSeconds + killer.highSeconds) / 2;
}

/** The cgroup with the least left of those that are close to their limit and not steady. */
function closest(groups: readonly ScopeSummary[]): ScopeSummary | undefined {
  return groups
    .filter((scope) => scope.forecast === undefined && isClose(scope))
    .reduce<ScopeSummary | undefined>((least, each) => {
      const left = each.headroom.headroomBytes;
      return least === undefined || left < least.headroom.headroomBytes ? each : least;
    }, undefined);
}

function isClose({ limitBytes, headroom: { headroomBytes }, steadySeconds = 0 }: ScopeSummary): boolean {
  if (steadySeconds >= STEADY_SECONDS) return false;
  const share = headroomBytes / limitBytes;
  return share < CLOSE_SHARE || (headroomBytes < CLOSE_BYTES && share < SMALL_SHARE);
}
