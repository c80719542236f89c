import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { fullness } from '#shared/kernel/cgroup/headroom.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type Points } from '#shared/forecast/points.ts';
import { compact } from '#shared/optional.ts';
import { headroomIn } from '../watch/headroom.ts';
import { type ObservedCgroup, type Snapshot } from '../../collect/snapshot.ts';
import { asForecast } from './as-forecast.ts';
import { LeftSeries } from './left-series.ts';
import { type ProcessHistories } from './process-histories.ts';
import { ShownForecast } from './shown-forecast.ts';
import { takerOf } from './takers.ts';

/** As many cgroups with a limit are followed, those that use most of theirs; a host of containers has thousands. */
const MOST_GROUPS = 512;
/** Of these the figures are read in every tick: they fall, and may run out before the next round. */
const MOST_CLOSE = 16;
/** One that would be out of memory within so long, by its last two readings, is read in every tick for a while: two rounds may be all of its life. */
const SOON_SECONDS = 120;
const CLOSE_SECONDS = 10;
/** Less between two readings is noise, as a share of the limit. */
const LEAST_FALL_SHARE = 0.005;
/** A group is steady while what is left stays this close to what it was, as a share of the limit. */
const STEADY_SHARE = 0.02;

interface Group {
  readonly series: LeftSeries;
  readonly shown: ShownForecast;
  readonly limitBytes: number;
  cgroup: ObservedCgroup;
  growthBytesPerMinute?: number;
  forecast?: Forecast;
  leftShare: number;
  /** Of the last reading, and how long what was left then would last by the one before. */
  readSeconds: number;
  leftBytes: number;
  lastsSeconds: number;
  closeUntilSeconds: number;
  /** Since when what is left has stayed close to what it was then. */
  steadySinceSeconds: number;
  steadyLeftBytes: number;
}

/** A cgroup for which something is forecast, and what is left below its limit as a share of it. */
export interface SpokenGroup {
  readonly path: string;
  readonly label: string;
  readonly forecast: Forecast;
  readonly leftShare: number;
}

/** What is said of a cgroup with a limit. */
export interface GroupOutlook extends Pick<Group, 'forecast' | 'growthBytesPerMinute'> {
  /** How long what is left has stayed within a fiftieth of the limit; absent before the second reading. */
  readonly steadySeconds?: number;
}

/** Forecasts of the cgroups with a limit. Their figures are read now and then: a group has a new point when it was read again. */
export class GroupForecasts {
  #groups = new Map<string, Group>();
  #close: readonly string[] = [];

  /** Those whose figures are to be read in every tick. */
  get close(): readonly string[] {
    return this.#close;
  }

  /** Those for which something is forecast. */
  get spoken(): readonly SpokenGroup[] {
    return [...this.#groups].flatMap(([path, { forecast, leftShare }]) =>
      forecast === undefined ? [] : [{ path, label: labelOf(path), forecast, leftShare }],
    );
  }

  /** By the path of a cgroup; empty where nothing is known. */
  of(path: string): GroupOutlook {
    const group = this.#groups.get(path);
    if (group === undefined) return {};
    const { forecast, growthBytesPerMinute, readSeconds, steadySinceSeconds } = group;
    const steadySeconds = Math.max(0, readSeconds - steadySinceSeconds);
    return compact({ forecast, growthBytesPerMinute, steadySeconds });
  }

  /** What was left of a cgroup in the last hour, by the seconds of the clock that never goes back; empty where it is not followed. */
  history(path: string): Points {
    return this.#groups.get(path)?.series.lastHour ?? { seconds: [], bytes: [] };
  }

  /** Takes a reading. */
  take(snapshot: Snapshot, seconds: number, histories: ProcessHistories): void {
    const groups = new Map<string, Group>();
    for (const cgroup of fullest(snapshot)) {
      const known = this.#groups.get(cgroup.path);
      groups.set(cgroup.path, this.#takeOne(snapshot, cgroup, known, seconds, histories));
    }
    this.#groups = groups;
    this.#close = [...groups]
      .filter(([, { forecast, closeUntilSeconds }]) => forecast !== undefined || closeUntilSeconds > seconds)
      .map(([path, { forecast, lastsSeconds }]) => ({ path, at: forecast?.middleSeconds ?? lastsSeconds }))
      .sort((a, b) => a.at - b.at)
      .slice(0, MOST_CLOSE)
      .map(({ path }) => path);
  }

  /** The machine slept: what was before says nothing about now. */
  cut(): void {
    this.#groups.clear();
  }

  #takeOne(
    snapshot: Snapshot,
    cgroup: ObservedCgroup,
    known: Group | undefined,
    seconds: number,
    histories: ProcessHistories,
  ): Group {
    if (known?.cgroup === cgroup) return known;
    const { path, limitBytes = 0 } = cgroup;
    const group =
      known?.limitBytes === limitBytes
        ? known
        : {
            series: new LeftSeries(limitBytes),
            shown: new ShownForecast(),
            limitBytes,
            cgroup,
            leftShare: 1,
            readSeconds: seconds,
            leftBytes: 0,
            lastsSeconds: Infinity,
            closeUntilSeconds: -Infinity,
            steadySinceSeconds: seconds,
            steadyLeftBytes: -Infinity,
          };
    if ((cgroup.oomKills ?? 0) > (group.cgroup.oomKills ?? 0)) {
      group.series.killed();
      group.shown.clear();
      delete group.forecast;
    }
    group.cgroup = cgroup;
    const [own] = headroomIn(snapshot).chain(path).links;
    if (own?.path !== path || own.headroom === undefined) return group;
    if (!group.series.add(seconds, own.headroom.headroomBytes)) return group;
    lookCloser(group, seconds, own.headroom.headroomBytes);
    group.leftShare = 1 - fullness({ limitBytes, headroom: own.headroom });
    const rate = group.series.growthRate();
    const found = group.shown.take(seconds, group.series.estimate());
    delete group.forecast;
    delete group.growthBytesPerMinute;
    if (rate !== undefined) group.growthBytesPerMinute = rate * 60;
    if (found !== undefined)
      group.forecast = asForecast(
        found,
        compact({
          taker: takerOf(found.fall, histories.living(snapshot.processes), path, snapshot.namesOf),
        }),
      );
    return group;
  }
}

/** The cgroups that are followed. */
function fullest({ cgroups }: Snapshot): readonly ObservedCgroup[] {
  const limited = [...cgroups.values()].filter(({ path, limitBytes = 0 }) => limitBytes > 0 && path !== '/');
  if (limited.length <= MOST_GROUPS) return limited;
  const used = ({ usageBytes, limitBytes = 1 }: ObservedCgroup) => usageBytes / limitBytes;
  const least = Float64Array.from(limited, used).sort()[limited.length - MOST_GROUPS] ?? 0;
  return limited.filter((cgroup) => used(cgroup) >= least).slice(0, MOST_GROUPS);
}

/** Takes what is left at a reading: one that falls fast is read closely from then on, before there is enough for a forecast. */
function lookCloser(group: Group, seconds: number, leftBytes: number): void {
  const fellBytes = group.leftBytes - leftBytes;
  if (fellBytes > LEAST_FALL_SHARE * group.limitBytes) {
    group.lastsSeconds = (leftBytes / fellBytes) * (seconds - group.readSeconds);
    if (group.lastsSeconds < SOON_SECONDS) group.closeUntilSeconds = seconds + CLOSE_SECONDS;
  }
  if (Math.abs(leftBytes - group.steadyLeftBytes) > STEADY_SHARE * group.limitBytes) {
    group.steadyLeftBytes = leftBytes;
    group.steadySinceSeconds = seconds;
  }
  group.leftBytes = leftBytes;
  group.readSeconds = seconds;
}
