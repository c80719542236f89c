import { type KillOrderView, type OrderEntry } from '#shared/model/kill-order.ts';
import { type AheadWithVictim } from '#shared/model/ahead.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type Killer } from '#shared/model/killer.ts';
import { type ProcessNames } from '#shared/model/owners/names.ts';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type UnitFactsOf } from '../../../engine/watch/ends-with.ts';
import { firstAboveOf, headroomIn } from '../../../engine/watch/headroom.ts';
import { orderView, troublesOf, type OrderOfScope } from '../../../engine/watch/order-view.ts';

/** What every JSON answer begins with. */
export function jsonHead(snapshot: Snapshot) {
  return {
    version: 1,
    time: new Date(snapshot.timeMs).toISOString(),
    kernel: { release: snapshot.host.release, formula: snapshot.rules.formula },
  } as const;
}

/** What is known beside the order: other killers, and what is forecast of the scope; that needs `--watch`. */
export interface Outlook {
  readonly killers?: readonly Killer[];
  readonly forecast?: Forecast | undefined;
  /** What runs out next; of the whole machine only. */
  readonly ahead?: readonly AheadWithVictim[] | undefined;
}

/**
 * What `list --json` prints. `order` is empty when no process would be killed, because the machine stops (`panics`) or the process that
 * asks for memory waits. `either` holds the pids of an "A or B": one pid when `confidence` is certain. When `killsAllocatingTask`, the
 * process that asks for memory dies before all of them.
 */
export function listJson(
  snapshot: Snapshot,
  ofScope: OrderOfScope,
  count: number,
  facts?: UnitFactsOf,
  { killers = [], forecast, ahead }: Outlook = {},
) {
  const ends = facts === undefined ? undefined : { snapshot, facts, named: Infinity };
  const view = orderView(ofScope, count, ends);
  const panics = view.outcome === 'panics' || view.outcome === 'deadlock-panics';
  return {
    ...jsonHead(snapshot),
    scope: view.scope,
    totalPages: view.totalPages,
    pageSizeBytes: snapshot.host.pageSizeBytes,
    ...headroomJson(snapshot, view.scope),
    killers,
    ...(forecast === undefined ? {} : { forecast }),
    ...(ahead === undefined ? {} : { ahead: ahead.map(aheadJson) }),
    panics,
    confidence: troublesOf(snapshot, view.scope).length > 0 ? 'close' : confidenceOf(view),
    either: view.either,
    killsAllocatingTask: view.outcome === 'kills-allocating-task',
    order: panics || view.outcome === 'waits' ? [] : view.entries.map(orderJson),
    ineligible: ofScope.order.ineligible.map(({ task, reason }) => ({
      pid: task.pid,
      name: task.name,
      reason,
    })),
  };
}

/** What runs out next: the machine, or a cgroup with its first victim. */
function aheadJson(ahead: AheadWithVictim) {
  if (ahead.kind === 'machine') return { scope: GLOBAL_SCOPE, why: ahead.why };
  const { scope, order, why } = ahead;
  const { path, label, limitBytes, headroom, forecast } = scope;
  const [victim] = order.entries;
  return {
    scope: { kind: 'cgroup', path } satisfies Scope,
    why,
    label,
    limitBytes,
    headroom,
    ...(forecast === undefined ? {} : { forecast }),
    outcome: order.outcome,
    either: order.either,
    ...(victim === undefined
      ? {}
      : {
          victim: {
            pid: victim.pid,
            startTicks: victim.startTicks,
            name: victim.name,
            ...namesJson(victim.names),
          },
        }),
  };
}

/** The headroom of the scope, and where memory runs out before it does. */
function headroomJson(snapshot: Snapshot, scope: Scope) {
  const chain = headroomIn(snapshot).chain(scope.kind === 'global' ? '/' : scope.path);
  if (scope.kind === 'global') return { headroom: chain.machine };
  const { headroom, high } = chain.links[0] ?? {};
  const firstAbove = firstAboveOf(chain, scope.path);
  return {
    ...(headroom === undefined ? {} : { headroom }),
    ...(high === undefined ? {} : { high }),
    ...(firstAbove === undefined ? {} : { firstAbove }),
  };
}

function confidenceOf({ outcome, either }: KillOrderView): 'certain' | 'close' {
  return outcome === 'kills-allocating-task' || either.length > 1 ? 'close' : 'certain';
}

/** The names of a process beside the kernel's `name`; null where there is none. */
export function namesJson(names: ProcessNames | undefined) {
  return {
    label: names?.label ?? null,
    role: names?.role ?? null,
    app: names?.app ?? null,
    within: names?.within ?? null,
    evidence: names?.evidence ?? null,
    youLose: names?.youLose ?? null,
  };
}

function orderJson(entry: OrderEntry) {
  return {
    rank: entry.rank,
    pid: entry.pid,
    startTicks: entry.startTicks,
    name: entry.name,
    ...namesJson(entry.names),
    command: entry.command,
    user: entry.user,
    ...(entry.unit === undefined ? {} : { unit: entry.unit.name, unitManager: entry.unit.manager }),
    ...(entry.container === undefined ? {} : { container: entry.container }),
    badnessPages: entry.badnessPages,
    rssPages: entry.rssPages,
    swapPages: entry.swapPages,
    pageTablePages: entry.pageTablePages,
    oomScore: entry.oomScore,
    oomScoreAdj: entry.oomScoreAdj,
    freesPages: entry.freesPages,
    freedSoFarPages: entry.freedSoFarPages,
    diesWith: entry.diesWith.map(({ pid }) => pid),
    endsWith: entry.endsWith.map(({ unit, why, policy, presumed, processes }) => ({
      unit: unit.name,
      unitManager: unit.manager,
      why,
      policy,
      presumed,
      pids: processes.map(({ pid }) => pid),
    })),
  };
}
