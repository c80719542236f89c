import { type KillerCondition, type KillerTrigger } from '../model/killer.ts';
import { compact } from '../optional.ts';
import { freeSwapPercent, type MachineFigures } from './machine-figures.ts';
import { type OomdPressure, type OomdRule, type OomdSetup } from './oomd-setup.ts';
import { holdsIf } from './trigger.ts';

/** Time since the last scan for reclaim after which systemd-oomd does not act on pressure: RECLAIM_DURATION_USEC. */
const RECLAIM_SECONDS = 30;

/** What is known of a cgroup that it watches. Absent: not known, or not yet. */
export interface OomdCgroupFigures {
  /** avg10 of `full` in memory.pressure; `unmeasured` where the kernel has no such file. */
  readonly pressurePercent?: number | 'unmeasured';
  /** Seconds for which the pressure was seen above a line. */
  readonly lastedSeconds: (linePercent: number) => number | undefined;
  /** Seconds since pgscan of memory.stat was seen to rise; Infinity where it has not since it was seen first. */
  readonly reclaimedSecondsAgo?: number;
}

/**
 * When systemd-oomd kills below the cgroups that it watches: src/oom/oomd-manager.c, 249 to 261. Swap: less than the rest of SwapUsedLimit is
 * available of memory and free of swap, oomd_mem_available_below() and oomd_swap_free_below(). Pressure: above the limit for its duration,
 * oomd_pressure_above(), with reclaim. Whether a cgroup below is a candidate is not asked here.
 */
export function oomdTriggers(
  figures: MachineFigures,
  setup: OomdSetup,
  figuresOf: (cgroup: string) => OomdCgroupFigures,
): readonly KillerTrigger[] {
  const free = Math.round((100 - setup.swapUsedPercent) * 100);
  return [
    ...setup.swap.map((cgroup): KillerTrigger => ({
      signal: 'KILL',
      cgroup,
      conditions: [availableBelow(figures, free), ...freeSwapBelow(figures, free)],
    })),
    ...setup.pressure.map((watched): KillerTrigger => ({
      signal: 'KILL',
      cgroup: watched.cgroup,
      conditions: pressureAbove(watched, figuresOf(watched.cgroup)),
    })),
    ...setup.rules.map((rule): KillerTrigger => ({
      signal: 'KILL',
      cgroup: rule.cgroup,
      rule: rule.name,
      conditions: ruleConditions(figures, rule, figuresOf(rule.cgroup)),
    })),
  ];
}

function availableBelow({ totalBytes, availableBytes }: MachineFigures, permyriad: number): KillerCondition {
  const lineBytes = Math.floor((totalBytes * permyriad) / 10_000);
  const holding = lineBytes > 0 ? holdsIf(availableBytes < lineBytes) : 'never';
  return { figure: 'available', holding, nowBytes: availableBytes, lineBytes };
}

/** Nothing is less than a share of no swap: without swap it never holds. */
function freeSwapBelow(figures: MachineFigures, permyriad: number): KillerCondition[] {
  const { swapTotalBytes, swapFreeBytes } = figures;
  if (swapTotalBytes === 0) return [{ figure: 'swap', holding: 'never' }];
  const lineBytes = Math.floor((swapTotalBytes * permyriad) / 10_000);
  const holding = lineBytes > 0 ? holdsIf(swapFreeBytes < lineBytes) : 'never';
  const nowPercent = freeSwapPercent(figures);
  return [{ figure: 'free-swap', holding, nowPercent, linePercent: permyriad / 100 }];
}

function pressureAbove(
  { limitPercent, seconds }: Pick<OomdPressure, 'limitPercent' | 'seconds'>,
  figures: OomdCgroupFigures,
): KillerCondition[] {
  const { reclaimedSecondsAgo } = figures;
  const recent = reclaimedSecondsAgo !== undefined && reclaimedSecondsAgo <= RECLAIM_SECONDS;
  const reclaim: KillerCondition = { figure: 'reclaim', holding: holdsIf(recent), seconds: RECLAIM_SECONDS };
  return [lastingPressure(limitPercent, seconds, figures), reclaim];
}

function lastingPressure(
  linePercent: number,
  seconds: number,
  { pressurePercent, lastedSeconds }: OomdCgroupFigures,
): KillerCondition {
  const base = { figure: 'pressure', metric: 'full10', linePercent, seconds } as const;
  if (pressurePercent === undefined) return { ...base, holding: 'unknown' };
  if (pressurePercent === 'unmeasured' || linePercent >= 100) return { ...base, holding: 'never' };
  const lasted = pressurePercent > linePercent ? lastedSeconds(linePercent) : undefined;
  return {
    ...base,
    holding: holdsIf(lasted !== undefined && lasted >= seconds),
    nowPercent: pressurePercent,
    ...compact({ lastedSeconds: lasted }),
  };
}

/** ruleset_check_conditions(): all that it names, for its LastingSec. Reclaim is not asked for, and how long swap alone lasts is not measured. */
function ruleConditions(
  figures: MachineFigures,
  { pressurePercent, swapUsedPercent, seconds }: OomdRule,
  cgroup: OomdCgroupFigures,
): KillerCondition[] {
  const swap =
    swapUsedPercent === undefined ? [] : freeSwapBelow(figures, Math.round((100 - swapUsedPercent) * 100));
  if (pressurePercent !== undefined) return [lastingPressure(pressurePercent, seconds, cgroup), ...swap];
  const isTimed = seconds > 0;
  return swap.map((each) => (isTimed && each.holding === 'holds' ? { ...each, holding: 'unknown' } : each));
}
