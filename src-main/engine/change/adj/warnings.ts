import { usagePages } from '#shared/kernel/badness/badness.ts';
import { oomGroupOf } from '#shared/kernel/kill-order/oom-group.ts';
import { type AdjChange, type AdjIntent, type Warning } from '#shared/model/change.ts';
import { severalPlaces } from '#shared/model/rule.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { findKillers } from '../../../collect/killers/find.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type OrderOfScope } from '../../watch/order-view.ts';
import { tightestOf } from '../../watch/process-detail.ts';
import { processFacts } from '../../watch/process-facts.ts';
import { treeOf } from '../../watch/targets.ts';

/** From here on a person should hear that most memory is beyond the killer's reach. */
const MOSTLY = 0.5;
/** More processes than this are seldom meant. */
export const MANY_PROCESSES = 20;

/** What a change is judged by. */
export interface Judged {
  readonly snapshot: Snapshot;
  readonly ofScope: OrderOfScope;
  readonly intent: AdjIntent;
  readonly targets: readonly ObservedProcess[];
  readonly changes: readonly AdjChange[];
  readonly outOfReach: readonly ObservedProcess[];
  /** Whether root can lower values here; undefined where that is unknown. */
  readonly mayLower?: boolean | undefined;
}

/** All that a person should know before the change is made, most serious first. */
export function warningsFor(judged: Judged): Warning[] {
  const { snapshot, ofScope, intent, targets, changes, outOfReach } = judged;
  const protects = changes.some(({ before, after }) => after < before);
  const warnings: Warning[] = [];
  if (outOfReach.length > 0) {
    warnings.push({ kind: 'out-of-reach', names: outOfReach.map(({ name }) => name) });
  }
  if (ofScope.context.totalPages < 1000) warnings.push({ kind: 'scope-too-small' });
  const lowered = changes.filter(({ before, after }) => after < before).length;
  if (judged.mayLower === false && lowered > 0) warnings.push({ kind: 'cannot-lower', count: lowered });
  const share = unkillableShare(snapshot, changes);
  if (share !== undefined) warnings.push({ kind: 'mostly-unkillable', share });
  if (changes.some(({ after }) => after === -1000)) warnings.push({ kind: 'absolute' });
  if (protects) {
    warnings.push(...limitWarnings(judged), ...killerWarnings(snapshot), ...groupWarnings(judged));
  }
  const shown = targets.map((target) => processFacts(target, ofScope.context));
  if (shown.some(({ adjustedBy }) => adjustedBy === 'chromium')) warnings.push({ kind: 'chromium-resets' });
  const inheriting = childrenOutside(snapshot, targets);
  if (protects && intent.kind !== 'first') warnings.push({ kind: 'children-inherit', now: inheriting });
  const places = severalPlaces(targets);
  if (places.length > 0) warnings.push({ kind: 'several-places', places });
  if (changes.length > MANY_PROCESSES) warnings.push({ kind: 'matches-many', count: changes.length });
  return warnings;
}

/** Share of all used memory that no kill could free, when the change raises it and it is most of the memory. */
function unkillableShare(snapshot: Snapshot, changes: readonly AdjChange[]): number | undefined {
  const after = new Map(changes.map((change) => [change.pid, change.after]));
  let all = 0;
  let unkillable = 0;
  let newly = 0;
  for (const { pid, memory, oomScoreAdj, globalInit } of snapshot.processes) {
    if (memory === undefined) continue;
    const pages = usagePages(memory);
    all += pages;
    if (!globalInit && (after.get(pid) ?? oomScoreAdj) !== -1000) continue;
    unkillable += pages;
    if (oomScoreAdj !== -1000 && !globalInit) newly += pages;
  }
  const share = all === 0 ? 0 : unkillable / all;
  return newly > 0 && share >= MOSTLY ? share : undefined;
}

function limitWarnings({ snapshot, ofScope, targets }: Judged): Warning[] {
  if (ofScope.scope.kind !== GLOBAL_SCOPE.kind) return [];
  const seen = new Set<string>();
  return targets.flatMap((target): Warning[] => {
    const tightest = tightestOf(snapshot, target);
    if (tightest === undefined || seen.has(tightest.path)) return [];
    seen.add(tightest.path);
    return [{ kind: 'own-limit-first', ...tightest }];
  });
}

/** systemd-oomd chooses cgroups and never reads oom_score_adj; earlyoom and nohang start from oom_score, which has it in it. */
function killerWarnings(snapshot: Snapshot): Warning[] {
  return findKillers(snapshot).flatMap(({ name }): Warning[] =>
    name === 'systemd-oomd' ? [{ kind: 'other-killer', name, readsAdj: false }] : [],
  );
}

function groupWarnings({ ofScope, targets }: Judged): Warning[] {
  const { scope, oomGroups } = ofScope.context;
  const groups = new Set(targets.flatMap(({ cgroup }) => oomGroupOf(cgroup, scope, oomGroups) ?? []));
  return [...groups].map((path): Warning => ({ kind: 'dies-with-group', path }));
}

function childrenOutside(snapshot: Snapshot, targets: readonly ObservedProcess[]): number {
  const own = new Set(targets.map(({ pid }) => pid));
  const descendants = new Set<number>();
  for (const target of targets) {
    for (const pid of treeOf(snapshot.processes, target)) if (!own.has(pid)) descendants.add(pid);
  }
  return descendants.size;
}
