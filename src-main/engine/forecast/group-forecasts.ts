import { fullness } from '#shared/kernel/cgroup/headroom.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { compact } from '#shared/optional.ts';
import { headroomIn } from '../watch/headroom.ts';
import { type ObservedCgroup, type Snapshot } from '../../collect/snapshot.ts';
import { asForecast } from './as-forecast.ts';
import { LeftSeries } from './left-series.ts';
import { type ProcessHistories } from './process-histories.ts';
import { ShownForecast } from './shown-forecast.ts';
import { takerOf } from './takers.ts';

/** As many cgroups with a limit are followed; a host of containers has thousands, most of them far from theirs. */
const MOST_GROUPS = 512;
/** Of these the figures are read in every tick: they fall, and may run out before the next round. */
const MOST_CLOSE = 8;

interface Group {
  readonly series: LeftSeries;
  readonly shown: ShownForecast;
  readonly limitBytes: number;
  cgroup: ObservedCgroup;
  growthBytesPerMinute?: number;
  forecast?: Forecast;
  leftShare: number;
}

/** A cgroup for which something is forecast, and what is left below its limit as a share of it. */
export interface SpokenGroup {
  readonly path: string;
  readonly label: string;
  readonly forecast: Forecast;
  readonly leftShare: number;
}

/** What is said of a cgroup with a limit. */
export type GroupOutlook = Pick<Group, 'forecast' | 'growthBytesPerMinute'>;

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
    return [...this.#groups].flatMap(([path, { forecast, leftShare, cgroup }]) =>
      forecast === undefined ? [] : [{ path, label: cgroup.label, forecast, leftShare }],
    );
  }

  /** By the path of a cgroup; empty where nothing is known. */
  of(path: string): GroupOutlook {
    return this.#groups.get(path) ?? {};
  }

  /** Takes a reading. */
  take(snapshot: Snapshot, seconds: number, histories: ProcessHistories): void {
    const groups = new Map<string, Group>();
    for (const cgroup of snapshot.cgroups.values()) {
      if (cgroup.limitBytes === undefined || cgroup.limitBytes === 0 || cgroup.path === '/') continue;
      const known = this.#groups.get(cgroup.path);
      if (known === undefined && groups.size >= MOST_GROUPS) continue;
      groups.set(cgroup.path, this.#takeOne(snapshot, cgroup, known, seconds, histories));
    }
    this.#groups = groups;
    this.#close = [...groups]
      .flatMap(([path, { forecast }]) =>
        forecast === undefined ? [] : [{ path, at: forecast.middleSeconds }],
      )
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
          };
    if ((cgroup.oomKills ?? 0) > (group.cgroup.oomKills ?? 0)) {
      group.series.killed();
      group.shown.clear();
    }
    group.cgroup = cgroup;
    const [own] = headroomIn(snapshot).chain(path).links;
    if (own?.path !== path || own.headroom === undefined) return group;
    if (!group.series.add(seconds, own.headroom.headroomBytes)) return group;
    group.leftShare = 1 - fullness({ limitBytes, headroom: own.headroom });
    const rate = group.series.growthRate();
    const found = group.shown.take(seconds, group.series.estimate());
    delete group.forecast;
    delete group.growthBytesPerMinute;
    if (rate !== undefined) group.growthBytesPerMinute = rate * 60;
    if (found !== undefined)
      group.forecast = asForecast(
        found,
        seconds,
        compact({ taker: takerOf(found.fall, histories.all, path) }),
      );
    return group;
  }
}
