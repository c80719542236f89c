import { nameOfContainer } from '#shared/containers/known-names.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { parseUnit, unitText } from '#shared/format/unit-name.ts';
import { type Target, type TargetChoice } from '#shared/model/change.ts';
import { sameProcess, type ProcessId } from '#shared/model/process.ts';
import { sameUnit, type Unit } from '#shared/model/unit.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { unitPathOf } from '#shared/kernel/cgroup/names.ts';
import { ownersIn } from '../owners/owner-order.ts';
import { isContainer } from '../rules/rule.ts';

/** How many units or containers a failure names. */
const UNITS_NAMED = 5;

/** What is known of units that have no processes. */
export interface UnitFiles {
  /** Whether there is a file for it; undefined where that is not to be known. */
  hasFile(unit: Unit): boolean | undefined;
}

/**
 * The processes that a target means now, in fork order. Global init and kernel threads are never among them: their value changes
 * nothing, or must not be changed. Fails when there are none.
 */
export function processesOf(
  snapshot: Snapshot,
  target: Target,
  units?: UnitFiles,
): Result<readonly ObservedProcess[]> {
  const found = snapshot.processes.filter(matching(snapshot, target));
  const changeable = found.filter(({ globalInit, kernelThread }) => !globalInit && !kernelThread);
  if (changeable.length > 0) return ok(changeable);
  if (found.length === 0) return notFound(snapshot, target, units);
  return found.some(({ globalInit }) => globalInit)
    ? fail('refused-target', { what: 'init' })
    : fail('kernel-thread', {});
}

function matching(snapshot: Snapshot, target: Target): (process: ObservedProcess) => boolean {
  switch (target.kind) {
    case 'process':
      return (process) => sameProcess(process, target.id);
    case 'tree': {
      const pids = treeOf(snapshot.processes, target.id);
      return ({ pid }) => pids.has(pid);
    }
    case 'name':
      return ({ name }) => name === target.name;
    case 'unit':
      return ({ unit }) => sameUnit(unit, target.unit);
    case 'container':
      return ({ container }) => container === target.container;
    case 'owner': {
      const ownerOf = ownersIn(snapshot);
      return (process) => ownerOf(process).key === target.key;
    }
  }
}

/** Pids of a process and of all that descend from it. */
export function treeOf(processes: readonly ObservedProcess[], root: ProcessId): ReadonlySet<number> {
  const tree = new Set<number>();
  if (processes.some((process) => sameProcess(process, root))) tree.add(root.pid);
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

function notFound(snapshot: Snapshot, target: Target, units?: UnitFiles): Result<never> {
  switch (target.kind) {
    case 'process':
    case 'tree':
      return fail('process-gone', { what: 'process', pid: target.id.pid });
    case 'name':
      return fail('not-found', { what: 'name', name: target.name });
    case 'unit':
      return unitNotFound(snapshot, target.unit, units);
    case 'container':
      return containerNotFound(snapshot, target.container);
    case 'owner':
      return fail('not-found', { what: 'name', name: target.name });
  }
}

/** Not there, there without processes, or there with processes in units below it: three different things. */
function unitNotFound({ processes }: Snapshot, unit: Unit, units?: UnitFiles): Result<never> {
  const text = unitText(unit);
  const below = new Map<string, number>();
  for (const { home, unit: own } of processes) {
    if (home === undefined || own === undefined) continue;
    if (!unitPathOf(home).some((each) => sameUnit(each, unit))) continue;
    below.set(unitText(own), (below.get(unitText(own)) ?? 0) + 1);
  }
  if (below.size > 0) {
    const count = [...below.values()].reduce((a, b) => a + b, 0);
    const units = [...below.keys()].slice(0, UNITS_NAMED);
    return fail('not-found', {
      what: 'unit',
      name: text,
      below: { count, units, more: below.size - units.length },
    });
  }
  const others = new Set(
    processes.flatMap(({ unit: own }) => (own?.name === unit.name ? unitText(own) : [])),
  );
  if (others.size > 0) {
    return fail('not-found', { what: 'unit', name: text, others: [...others].slice(0, UNITS_NAMED) });
  }
  return fail('not-found', { what: 'unit', name: text, isKnown: units?.hasFile(unit) });
}

function containerNotFound({ processes }: Snapshot, container: string): Result<never> {
  const known = new Set(processes.flatMap((process) => process.container ?? []));
  return fail('not-found', {
    what: 'container',
    name: container,
    others: [...known].slice(0, UNITS_NAMED),
  });
}

/**
 * The unit that a text means here. A name alone means the system's; where the system has none of that name that runs, the one of the only user
 * who has. Fails where several users have one.
 */
export function unitMeant({ processes }: Snapshot, text: string): Result<Unit> {
  const { manager, name } = parseUnit(text);
  if (manager !== undefined && manager !== 'user') return ok({ manager, name });
  const running = new Map(
    processes.flatMap(({ unit }) => (unit?.name === name ? [[unit.manager, unit] as const] : [])),
  );
  const ofSystem: Unit = { manager: 'system', name };
  if (manager === undefined && running.has('system')) return ok(ofSystem);
  const [only, ...others] = [...running.values()].filter((unit) => unit.manager !== 'system');
  if (others.length > 0) {
    return fail('ambiguous', { what: 'unit', name, choices: [...running.values()].map(unitText) });
  }
  if (only !== undefined) return ok(only);
  return manager === undefined ? ok(ofSystem) : fail('not-found', { what: 'user-unit', name });
}

/** The container that a text means: whole, by its name where that is known, or by at least the first 12 digits of its id, as `docker ps` shows them. */
export function containerMeant({ processes }: Snapshot, text: string): Result<string> {
  const known = [...new Set(processes.flatMap(({ container }) => container ?? []))];
  if (known.includes(text)) return ok(text);
  const isNamed = (container: string) =>
    nameOfContainer(container.slice(container.indexOf(':') + 1)) === text;
  const meant = known.filter((container) => isNamed(container) || isContainer(text, container));
  if (meant.length > 1) {
    return fail('ambiguous', { what: 'container', name: text, choices: meant });
  }
  return ok(meant[0] ?? text);
}
