import { usagePages } from '#shared/kernel/badness/badness.ts';
import { type AdjChange } from '#shared/model/change.ts';
import { OWN_OOM_SCORE_ADJ, type OwnRole, type OwnStanding } from '#shared/model/own-process.ts';
import { type Unplanned } from '#shared/model/planned-change.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { orderOfScope } from '../../watch/order-view.ts';
import { treeOf } from '../../watch/targets.ts';

/** Chromium says on the command line what a child is for (content/public/common/content_switches.h); so does the wrapper of the helper. */
const ROLES: readonly (readonly [RegExp, OwnRole])[] = [
  [/ --type=renderer( |$)/, 'window'],
  [/ --type=zygote( |$)/, 'zygote'],
  [/ --type=gpu-process( |$)/, 'graphics'],
  [/ --utility-sub-type=network\./, 'network'],
  [/ --type=utility( |$)/, 'utility'],
  [/\/(lifeboat-helper|helper\.cjs)( |$)/, 'helper'],
];

/** The processes of the Lifeboat whose main process has this pid. Programs that it starts for the user, such as a browser, do not count. */
export function ownProcesses(
  { processes }: Snapshot,
  mainPid: number,
): readonly (ObservedProcess & { readonly role: OwnRole })[] {
  const main = processes.find(({ pid }) => pid === mainPid);
  if (main === undefined) return [];
  const tree = treeOf(processes, main);
  return processes.flatMap((process) => {
    if (!tree.has(process.pid)) return [];
    const role = process === main ? 'main' : ROLES.find(([shape]) => shape.test(process.command))?.[1];
    return role === undefined || process.memory === undefined ? [] : [{ ...process, role }];
  });
}

/** Where they stand. */
export function ownStanding(snapshot: Snapshot, mainPid: number): Unplanned<OwnStanding> {
  const found = orderOfScope(snapshot, GLOBAL_SCOPE);
  const order = found.ok ? found.value.order : undefined;
  const ranks = new Map<number, number>();
  order?.places.forEach(({ task, diesWith }, index) => {
    for (const { pid } of [task, ...diesWith]) ranks.set(pid, index + 1);
  });
  return {
    processes: ownProcesses(snapshot, mainPid).map((process) => {
      const { pid, startTicks, name, role, oomScoreAdj, memory } = process;
      const rank = ranks.get(pid);
      return {
        pid,
        startTicks,
        name,
        role,
        oomScoreAdj,
        usedBytes: memory === undefined ? 0 : usagePages(memory) * snapshot.host.pageSizeBytes,
        ...(rank === undefined ? {} : { rank }),
      };
    }),
    eligibleCount: order?.eligibleCount ?? 0,
    targetAdj: OWN_OOM_SCORE_ADJ,
    changes: ownChanges(snapshot, mainPid),
  };
}

/** What protecting Lifeboat itself comes down to. The helper is left out: it protects itself, and is gone when Lifeboat is. */
export function ownChanges(snapshot: Snapshot, mainPid: number): readonly AdjChange[] {
  return ownProcesses(snapshot, mainPid).flatMap(({ pid, startTicks, name, role, oomScoreAdj }) =>
    role === 'helper' || oomScoreAdj <= OWN_OOM_SCORE_ADJ
      ? []
      : [{ pid, startTicks, name, before: oomScoreAdj, after: OWN_OOM_SCORE_ADJ }],
  );
}
