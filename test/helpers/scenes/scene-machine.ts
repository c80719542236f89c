// Over 300 lines: one machine, as every scene sees it.
import { type DoctorReport } from '#shared/contract/doctor.ts';
import { fail, type Result } from '#shared/result.ts';
import {
  type Frame,
  type ProcessDetail,
  type TableRow,
  type TimelinePoint,
  type View,
} from '#shared/contract/watch.ts';
import { type Headroom } from '#shared/model/headroom.ts';
import {
  type EndsWith,
  type KillOrderView,
  type OomOutcome,
  type OrderEntry,
} from '#shared/model/kill-order.ts';
import { type Machine } from '#shared/model/machine.ts';
import { type MemoryState } from '#shared/model/memory.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type AdjustedBy, type IneligibleReason, type ProcessId } from '#shared/model/process.ts';
import { type CgroupLimit, type Scope, type ScopeSummary } from '#shared/model/scope.ts';
import { type Trouble } from '#shared/model/trouble.ts';
import { SCENE_START_MS, healthyReport } from './scene-reports.ts';
import { aheadIn, forecastBeside, levelOf } from './scene-forecasts.ts';
import { type SceneKiller } from './scene-killers.ts';
import { ownersOf } from './scene-owners.ts';
import { tableOf } from './scene-table.ts';
import { timelineOf } from './scene-timeline.ts';
import { fullness } from '#shared/kernel/cgroup/headroom.ts';
import { compact } from '#shared/optional.ts';
import { AHEAD_PLACES } from '../../../src-main/engine/watch/ahead.ts';
import { frameScopes } from '../../../src-main/engine/watch/scope-summaries.ts';

export const MIB = 1024 * 1024;
export const GIB = 1024 * MIB;

/** A process of a scene; sizes in MiB. */
export interface Seed {
  readonly name: string;
  readonly command?: string;
  readonly user?: string;
  readonly anon: number;
  readonly file?: number;
  readonly shmem?: number;
  readonly swap?: number;
  readonly tables?: number;
  readonly adj?: number;
  readonly by?: AdjustedBy;
  readonly unit?: string;
  readonly container?: string;
  readonly cgroup?: string;
  readonly never?: IneligibleReason;
  /** Names of those that die with it. */
  readonly group?: readonly string[];
  /** What systemd ends after it was killed. */
  readonly ends?: readonly EndsWith[];
}

/** What a scene is made of. Everything else follows from it by arithmetic. */
export interface SceneSetup {
  readonly machine?: Partial<Machine>;
  readonly memoryBytes: number;
  readonly swapBytes?: number;
  readonly kernelBytes: number;
  readonly cacheBytes: number;
  readonly seeds: readonly Seed[];
  readonly cgroups?: readonly (Omit<CgroupLimit, 'usageBytes' | 'headroom' | 'high'> & {
    readonly cacheBytes?: number;
    readonly forecast?: Forecast;
    readonly growthBytesPerMinute?: number;
  })[];
  readonly outcome?: OomOutcome;
  readonly errorPages?: number;
  readonly pressure?: { readonly some10: number; readonly full10: number } | 'missing';
  readonly majorFaults?: number | 'missing';
  readonly commit?: MemoryState['commit'];
  readonly killers?: readonly SceneKiller[];
  readonly forecast?: Forecast;
  readonly troubles?: readonly Trouble[];
  readonly kills?: number;
  readonly doctor?: DoctorReport;
  /** Share by which sizes move from tick to tick. */
  readonly drift?: number;
}

/** A machine that answers as the engine does. */
export interface SceneMachine {
  readonly machine: Machine;
  readonly doctor: DoctorReport;
  readonly timeline: readonly TimelinePoint[];
  frame(view: View, tick: number): Result<Frame>;
  /** All cgroups with a limit, the fullest first. */
  scopes(tick: number): readonly ScopeSummary[];
}

const PAGE = 4096;
const pages = (mib: number) => Math.round((mib * MIB) / PAGE);

export function sceneMachine(setup: SceneSetup): SceneMachine {
  const machine: Machine = {
    hostname: 'workbench',
    release: '6.12.107',
    formula: '5.9',
    distribution: 'Debian GNU/Linux 13 (trixie)',
    cpuCount: 16,
    pageSizeBytes: PAGE,
    cgroupVersion: 2,
    version: '0.1.0',
    ...setup.machine,
  };
  return {
    machine,
    doctor: setup.doctor ?? healthyReport(machine),
    timeline: timelineOf(
      memoryOf(
        setup,
        setup.seeds.map((seed, index) => rowOf(setup, seed, index, 0, totalPages(setup))),
      ),
      setup.pressure !== 'missing',
    ),
    frame: (view, tick) => frameOf(setup, view, tick),
    scopes: (tick) => summaries(setup, rowsOf(setup, tick)),
  };
}

function rowsOf(setup: SceneSetup, tick: number): readonly TableRow[] {
  return setup.seeds.map((seed, index) => rowOf(setup, seed, index, tick, totalPages(setup)));
}

function frameOf(setup: SceneSetup, view: View, tick: number): Result<Frame> {
  const limit = limitOf(setup, view.scope);
  if (limit === 'unknown') return fail('scope-unknown', { path: '/gone', mountPoint: '/sys/fs/cgroup' });
  const all = rowsOf(setup, tick);
  const inside = limit === undefined ? all : all.filter(({ cgroup }) => isBelow(cgroup, view.scope));
  const total = limit === undefined ? totalPages(setup) : Math.floor(limit.limitBytes / PAGE);
  const scoped = inside.map((row) => scored(row, total));
  const ranked = scoped
    .filter(({ ineligible }) => ineligible === undefined)
    .sort((a, b) => b.badnessPages - a.badnessPages || a.pid - b.pid)
    .map((row, index) => ({ ...row, rank: index + 1 }));
  const never = scoped.filter(({ ineligible }) => ineligible !== undefined);
  const rows: readonly TableRow[] = [...ranked, ...never];
  const order = orderOf(setup, view, ranked, never, total);
  const scopes = summaries(setup, all);
  const chosen = view.chosen === undefined ? undefined : detailOf(setup, view.chosen, rows, scopes, tick);
  const memory = memoryOf(setup, all);
  const killers = (setup.killers ?? []).map((killer) => killer(memory));
  const forecast = setup.forecast === undefined ? undefined : forecastBeside(killers, memory, setup.forecast);
  const ahead =
    view.scope.kind === 'global'
      ? aheadIn({ forecast, killers }, scopes, (scope) => {
          const inside = frameOf(setup, { scope, orderCount: AHEAD_PLACES }, tick);
          return inside.ok ? inside.value.order : undefined;
        })
      : undefined;
  return {
    ok: true,
    value: {
      seq: tick,
      timeMs: SCENE_START_MS + tick * 1000,
      intervalMs: 1000,
      memory,
      killers,
      level: levelOf(memory),
      ...compact({ forecast, ahead }),
      order,
      scopes: frameScopes(scopes, view.scope),
      scopeCount: scopes.length,
      processCount: rows.length,
      ...(view.table !== undefined && { table: tableOf(rows, view.table) }),
      ...(view.owners !== undefined && {
        owners: ownersOf(
          orderOf(setup, { ...view, orderCount: Infinity }, ranked, never, total),
          view.owners,
        ),
      }),
      ...(chosen !== undefined && { chosen }),
      troubles: setup.troubles ?? [],
    },
  };
}

const totalPages = ({ memoryBytes, swapBytes }: SceneSetup) =>
  Math.floor((memoryBytes + (swapBytes ?? 0)) / PAGE);

function isBelow(cgroup: string, scope: Scope): boolean {
  return scope.kind === 'global' || cgroup === scope.path || cgroup.startsWith(`${scope.path}/`);
}

function limitOf(setup: SceneSetup, scope: Scope): { readonly limitBytes: number } | 'unknown' | undefined {
  if (scope.kind === 'global') return undefined;
  const found = setup.cgroups?.find(({ path }) => path === scope.path);
  return found?.limitBytes === undefined ? 'unknown' : { limitBytes: found.limitBytes };
}

function rowOf(setup: SceneSetup, seed: Seed, index: number, tick: number, total: number): TableRow {
  const moved = 1 + (setup.drift ?? 0.004) * Math.sin(tick / 3 + index);
  const rssAnonPages = pages(seed.anon * moved);
  const rssFilePages = pages(seed.file ?? 0);
  const rssShmemPages = pages(seed.shmem ?? 0);
  const growing = setup.cgroups?.find(({ path }) => path === seed.cgroup);
  return scored(
    {
      pid: 800 + index * 37,
      startTicks: 4000 + index * 911,
      name: seed.name,
      command: seed.command ?? `/usr/bin/${seed.name}`,
      user: seed.user ?? 'anna',
      ...(seed.unit !== undefined && { unit: { manager: 'system', name: seed.unit } as const }),
      ...(seed.container !== undefined && { container: seed.container }),
      cgroup: seed.cgroup ?? '/user.slice/user-1000.slice/session-2.scope',
      parentPid: 1,
      threads: 1 + (index % 40),
      rssPages: rssAnonPages + rssFilePages + rssShmemPages,
      rssAnonPages,
      rssFilePages,
      rssShmemPages,
      swapPages: pages(seed.swap ?? 0),
      pageTablePages: pages(seed.tables ?? (seed.anon + (seed.file ?? 0)) / 400),
      oomScoreAdj: seed.adj ?? 0,
      ...(seed.by !== undefined && { adjustedBy: seed.by }),
      ...(seed.never !== undefined && { ineligible: seed.never }),
      ...compact({ growthBytesPerMinute: growing?.growthBytesPerMinute }),
      badnessPages: 0,
      adjustmentPages: 0,
      oomScore: 0,
    },
    total,
  );
}

/** The formula of 5.9 and later, and the score that those print. */
function scored(row: TableRow, total: number): TableRow {
  const used = row.rssPages + row.swapPages + row.pageTablePages;
  const adjustmentPages = Math.trunc(total / 1000) * row.oomScoreAdj;
  const badnessPages = used + adjustmentPages;
  const oomScore = Math.max(0, Math.trunc(((1000 + Math.trunc((badnessPages * 1000) / total)) * 2) / 3));
  return {
    ...row,
    adjustmentPages,
    badnessPages,
    oomScore: row.ineligible === undefined ? oomScore : 0,
  };
}

function orderOf(
  setup: SceneSetup,
  view: View,
  ranked: readonly (TableRow & { readonly rank: number })[],
  never: readonly TableRow[],
  total: number,
): KillOrderView {
  const errorPages = setup.errorPages ?? 0;
  let freedSoFarPages = 0;
  const close = (a: TableRow | undefined, b: TableRow | undefined) =>
    a !== undefined && b !== undefined && errorPages > 0 && a.badnessPages - b.badnessPages <= errorPages;
  const entries = ranked.map((row, index): OrderEntry => {
    const seed = setup.seeds.find(({ name }) => name === row.name);
    const diesWith = (seed?.group ?? []).map((name, at) => ({ pid: 90_000 + at, startTicks: 1, name }));
    const freesPages = row.rssAnonPages + row.swapPages + row.pageTablePages;
    freedSoFarPages += freesPages;
    const next = ranked[index + 1];
    return {
      ...row,
      freesPages,
      freedSoFarPages,
      diesWith,
      endsWith: seed?.ends ?? [],
      ...(next !== undefined && { marginPages: row.badnessPages - next.badnessPages }),
      certain: !close(row, next) && !close(ranked[index - 1], row),
    };
  });
  const first = ranked[0];
  const withoutVictim = view.scope.kind === 'global' ? 'deadlock-panics' : 'no-victim';
  const asked = view.scope.kind === 'global' ? setup.outcome : undefined;
  const outcome = ranked.length === 0 ? withoutVictim : (asked ?? 'kills');
  const kept = never.filter(({ ineligible }) => ineligible === 'oom-score-adj-minimum');
  const sizeOf = (row: TableRow) => row.rssPages + row.swapPages + row.pageTablePages;
  return {
    scope: view.scope,
    totalPages: total,
    outcome,
    entries: entries.slice(0, view.orderCount),
    eligibleCount: ranked.length,
    either: ranked.filter((row) => row === first || close(first, row)).map(({ pid }) => pid),
    errorPages,
    protectedCount: kept.length,
    protectedPages: kept.reduce((sum, row) => sum + sizeOf(row), 0),
    protectedLargest: kept
      .toSorted((a, b) => sizeOf(b) - sizeOf(a))
      .slice(0, 10)
      .map((row) => ({
        pid: row.pid,
        startTicks: row.startTicks,
        name: row.name,
        ...(row.unit !== undefined && { unit: row.unit }),
        pages: sizeOf(row),
      })),
  };
}

function memoryOf(setup: SceneSetup, rows: readonly TableRow[]): MemoryState {
  const sum = (of: (row: TableRow) => number) => rows.reduce((all, row) => all + of(row), 0) * PAGE;
  const anonBytes = sum(({ rssAnonPages }) => rssAnonPages);
  const shmemBytes = sum(({ rssShmemPages }) => rssShmemPages);
  const swapUsed = sum(({ swapPages }) => swapPages);
  const freeBytes = Math.max(
    0,
    setup.memoryBytes - anonBytes - shmemBytes - setup.kernelBytes - setup.cacheBytes,
  );
  const limitBytes = setup.memoryBytes / 2 + (setup.swapBytes ?? 0);
  return {
    totalBytes: setup.memoryBytes,
    freeBytes,
    availableBytes: freeBytes + Math.round(setup.cacheBytes * 0.82),
    anonBytes,
    shmemBytes,
    cacheBytes: setup.cacheBytes,
    ...(setup.swapBytes !== undefined && {
      swap: { totalBytes: setup.swapBytes, freeBytes: Math.max(0, setup.swapBytes - swapUsed) },
    }),
    ...(setup.pressure !== 'missing' && {
      pressure: {
        some60: (setup.pressure?.some10 ?? 0) / 2,
        full60: (setup.pressure?.full10 ?? 0) / 2,
        ...(setup.pressure ?? { some10: 0, full10: 0 }),
      },
    }),
    commit: setup.commit ?? { chargeBytes: anonBytes * 1.7, limitBytes, mode: 0 },
    ...(setup.majorFaults !== 'missing' && { majorFaultsPerSecond: setup.majorFaults ?? 0 }),
    oomKills: setup.kills ?? 0,
  };
}

function usageOf(path: string, rows: readonly TableRow[]): number {
  const inside = rows.filter(({ cgroup }) => isBelow(cgroup, { kind: 'cgroup', path }));
  return (
    inside.reduce((sum, row) => sum + row.rssAnonPages + row.rssShmemPages + row.pageTablePages, 0) * PAGE
  );
}

function chainStep(
  group: NonNullable<SceneSetup['cgroups']>[number],
  rows: readonly TableRow[],
): CgroupLimit {
  const { cacheBytes, ...limit } = group;
  const inUse = Math.min(usageOf(group.path, rows), limit.limitBytes ?? Infinity);
  const step = { ...limit, usageBytes: inUse + (cacheBytes ?? 0) };
  if (limit.limitBytes === undefined) return step;
  return { ...step, headroom: headroomOf(limit.limitBytes, inUse, cacheBytes ?? 0) };
}

function headroomOf(limitBytes: number, inUseBytes: number, cacheBytes: number): Headroom {
  const headroomBytes = Math.max(0, limitBytes - inUseBytes);
  const rest = { uncertainBytes: 0, reclaimableBytes: cacheBytes, swapBytes: 0 };
  return { headroomBytes, comfortableBytes: Math.max(0, headroomBytes - cacheBytes / 4), ...rest };
}

function summaries(setup: SceneSetup, rows: readonly TableRow[]): ScopeSummary[] {
  const all = (setup.cgroups ?? []).flatMap((group) => {
    if (group.limitBytes === undefined) return [];
    const inside = rows.filter(({ cgroup }) => isBelow(cgroup, { kind: 'cgroup', path: group.path }));
    const { headroom, ...step } = chainStep(group, rows);
    if (headroom === undefined) return [];
    const { limitBytes, forecast, growthBytesPerMinute } = group;
    const outlook = compact({ forecast, growthBytesPerMinute });
    return [{ ...step, headroom, limitBytes, processCount: inside.length, ...outlook }];
  });
  return all.sort((a, b) => fullness(b) - fullness(a));
}

function detailOf(
  setup: SceneSetup,
  id: ProcessId,
  rows: readonly TableRow[],
  scopes: readonly ScopeSummary[],
  tick: number,
): ProcessDetail | 'gone' {
  const process = rows.find(({ pid, startTicks }) => pid === id.pid && startTicks === id.startTicks);
  if (process === undefined) return 'gone';
  const chain = (setup.cgroups ?? [])
    .filter(({ path }) => isBelow(process.cgroup, { kind: 'cgroup', path }))
    .map((group) => chainStep(group, rows));
  const tight = scopes
    .filter(({ path }) => isBelow(process.cgroup, { kind: 'cgroup', path }))
    .map((scope) => ({ path: scope.path, headroomBytes: scope.headroom.headroomBytes }))
    .sort((a, b) => a.headroomBytes - b.headroomBytes)[0];
  const available = memoryOf(setup, rows).availableBytes;
  const used = process.rssPages + process.swapPages + process.pageTablePages;
  const history = Array.from({ length: 60 }, (_, index) => ({
    timeMs: SCENE_START_MS + tick * 1000 - (59 - index) * 60_000,
    pages: Math.round(used * (0.55 + (0.45 * index) / 59 + 0.02 * Math.sin(index * 1.7))),
  }));
  const behind =
    process.rank === undefined ? undefined : rows.find(({ rank }) => rank === (process.rank ?? 0) + 5);
  const unit = Math.trunc(totalPages(setup) / 1000);
  return {
    process: { growthBytesPerMinute: (used * 0.45 * PAGE) / 59, ...process },
    targets: [
      { target: { kind: 'process', id: { pid: process.pid, startTicks: process.startTicks } }, count: 1 },
    ],
    chain,
    ...(tight !== undefined &&
      tight.headroomBytes < available && {
        tightest: { ...tight, rank: 1 },
      }),
    endsWith: setup.seeds.find(({ name }) => name === process.name)?.ends ?? [],
    history,
    ...(behind !== undefined &&
      process.rank !== undefined &&
      unit > 0 && {
        protect: {
          behind: 5,
          room: { bytes: setup.memoryBytes * 0.05 },
          oomScoreAdj: Math.max(-999, Math.floor((behind.badnessPages - used) / unit) - 1),
        },
      }),
  };
}
