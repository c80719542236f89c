import { fail, ok, type Result } from '#shared/result.ts';
import { type Target, type TargetChoice } from '#shared/model/change.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';

/**
 * The processes that a target means now, in fork order. Global init and threads of the kernel are never among them: their value changes
 * nothing, or must not be changed. Fails when there are none.
 */
export function processesOf(snapshot: Snapshot, target: Target): Result<readonly ObservedProcess[]> {
  const found = snapshot.processes.filter(matching(snapshot, target));
  const changeable = found.filter(({ globalInit, kernelThread }) => !globalInit && !kernelThread);
  if (changeable.length > 0) return ok(changeable);
  if (found.length === 0) return nobody(target);
  return found.some(({ globalInit }) => globalInit)
    ? fail('refused-target', 'Process 1 is never killed, whatever its value is.', {
        hint: 'Its children would inherit the value: leave it.',
      })
    : fail('kernel-thread', 'That is a thread of the kernel.', { hint: 'It is never killed.' });
}

function matching({ processes }: Snapshot, target: Target): (process: ObservedProcess) => boolean {
  switch (target.kind) {
    case 'process':
      return (process) => isSame(process, target.id);
    case 'tree': {
      const pids = treeOf(processes, target.id);
      return ({ pid }) => pids.has(pid);
    }
    case 'name':
      return ({ name }) => name === target.name;
    case 'unit':
      return ({ unit }) => unit === target.unit;
    case 'container':
      return ({ container }) => container === target.container;
  }
}

/** Pids of a process and of all that descend from it. */
export function treeOf(processes: readonly ObservedProcess[], root: ProcessId): ReadonlySet<number> {
  const tree = new Set<number>();
  if (processes.some((process) => isSame(process, root))) tree.add(root.pid);
  // In fork order a parent comes before its children, but for those whose start times are the same.
  for (let known = 0; known !== tree.size;) {
    known = tree.size;
    for (const { pid, parentPid } of processes) if (tree.has(parentPid)) tree.add(pid);
  }
  return tree;
}

/**
 * What one may mean who points at a process, and how many processes that is now: it alone, its tree, all of its name, its unit, its
 * container; only those that are more than it alone. Empty for global init and threads of the kernel.
 */
export function targetsAround(snapshot: Snapshot, process: ObservedProcess): readonly TargetChoice[] {
  const { pid, startTicks, name, unit, container } = process;
  const id = { pid, startTicks };
  const wider: readonly Target[] = [
    { kind: 'tree', id },
    { kind: 'name', name },
    ...(unit === undefined ? [] : [{ kind: 'unit', unit } as const]),
    ...(container === undefined ? [] : [{ kind: 'container', container } as const]),
  ];
  const alone = choiceOf(snapshot, { kind: 'process', id });
  if (alone === undefined) return [];
  return [
    alone,
    ...wider.flatMap((target) => choiceOf(snapshot, target) ?? []).filter(({ count }) => count > 1),
  ];
}

function choiceOf(snapshot: Snapshot, target: Target): TargetChoice | undefined {
  const found = processesOf(snapshot, target);
  return found.ok ? { target, count: found.value.length } : undefined;
}

function isSame(process: ProcessId, id: ProcessId): boolean {
  return process.pid === id.pid && process.startTicks === id.startTicks;
}

function nobody(target: Target): Result<never> {
  switch (target.kind) {
    case 'process':
    case 'tree':
      return fail('process-gone', `The process ${target.id.pid} has ended.`, {
        hint: 'Nothing was changed.',
      });
    case 'name':
      return fail('not-found', `No process is called ${JSON.stringify(target.name)}.`, {
        hint: 'Names are those of the kernel, at most 15 bytes, as "lifeboat list" shows them.',
      });
    case 'unit':
      return fail('not-found', `The unit ${JSON.stringify(target.unit)} has no processes.`);
    case 'container':
      return fail('not-found', `The container ${JSON.stringify(target.container)} has no processes.`);
  }
}
