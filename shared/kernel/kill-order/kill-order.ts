import { type OomOutcome } from '../../model/kill-order.ts';
import { type IneligibleReason } from '../../model/process.ts';
import { type Scope } from '../../model/scope.ts';
import { whoDiesWith } from './die-together.ts';
import { ineligibleReason } from '../badness/eligibility.ts';
import { oomGroupOf } from './oom-group.ts';
import { type Range } from '../badness/precision.ts';
import {
  closeCallsIn,
  firstByVictim,
  possibleFirst,
  rank,
  sortByVictim,
  type Candidates,
  type Ranked,
} from './ranking.ts';
import { type OomRules } from '../rules.ts';
import { sacrificedChild } from '../badness/sacrifice.ts';
import { type KernelTask } from '../task.ts';

/** All that decides besides the processes themselves. */
export interface OomContext {
  readonly rules: OomRules;
  readonly scope: Scope;
  /** totalpages of the scope: see total-pages.ts. */
  readonly totalPages: number;
  /** vm.panic_on_oom. */
  readonly panicOnOom: number;
  /** vm.oom_kill_allocating_task; the kernel heeds it in the global scope only. */
  readonly killAllocatingTask: boolean;
  /** oom_kill_disable of the cgroup (v1, memory.oom_control). Absent: not set. */
  readonly oomKillDisable?: boolean;
  /** Cgroups with memory.oom.group. */
  readonly oomGroups: ReadonlySet<string>;
  /** False where user space cannot see in which order the kernel meets equal processes (cgroup v1). */
  readonly scanOrderKnown: boolean;
}

/** One place of the order. */
export interface Place<T extends KernelTask> {
  readonly task: T;
  readonly badnessPages: number;
  /** All others that die at the same moment, in the order in which the kernel meets them. */
  readonly diesWith: readonly T[];
  readonly freesPages: number;
  readonly freedSoFarPages: number;
  /** The difference between the badness that chose it and that of the next remaining task; absent at the end. */
  readonly marginPages?: number;
  /** False when the figures do not decide between it and a task that does not die with it. */
  readonly certain: boolean;
}

/** The tasks in the order in which they are killed, while demand goes on and nothing else changes. */
export interface KillOrder<T extends KernelTask> {
  readonly outcome: OomOutcome;
  /** Places in order, as many as were asked for. Kept also where a setting prevents the kill: they would hold without it. */
  readonly places: readonly Place<T>[];
  readonly eligibleCount: number;
  /** The widest range of a figure that it was made from, also of places that were not asked for: 0 when all are the kernel's own to the page. */
  readonly errorPages: number;
  /** The tasks among which the next victim is; one when it is certain, none when no task is killed by badness. */
  readonly either: readonly T[];
  readonly ineligible: readonly { readonly task: T; readonly reason: IneligibleReason }[];
}

/**
 * The kill order of a scope.
 *
 * `tasks` are the processes of the scope in the order in which the kernel scans them. `usageRange` says where the memory part of the
 * kernel's own badness lies for a task. `outside`: processes elsewhere that share an address space with one of these, and die with it. Follows mm/oom_kill.c, select_bad_process(), oom_evaluate_task(), oom_kill_process().
 */
export function killOrder<T extends KernelTask>(
  tasks: readonly T[],
  context: OomContext,
  usageRange: (task: T) => Range,
  most = Infinity,
  outside: readonly T[] = [],
): KillOrder<T> {
  const eligible: number[] = [];
  const ineligible: { task: T; reason: IneligibleReason }[] = [];
  tasks.forEach((task, scanIndex) => {
    const reason = ineligibleReason(task);
    if (reason === undefined) eligible.push(scanIndex);
    else ineligible.push({ task, reason });
  });
  const { rules, scope, oomGroups } = context;
  const entangled = rules.honoursOomGroup && areEntangled(tasks, scope, oomGroups);
  const candidates = { tasks, outside, eligible, usageRange, entangled };
  const { possible, places, errorPages } =
    frontOf(candidates, context, Math.max(1, most)) ?? orderOf(candidates, context, Math.max(1, most));
  const outcome = outcomeOf(context, eligible.length);
  // Where it matters which of them is chosen, both are named.
  const diesAnyway = new Set(entangled ? [] : places[0]?.diesWith);
  return {
    outcome,
    places: places.slice(0, most),
    eligibleCount: eligible.length,
    errorPages,
    either: outcome === 'kills' ? possible.filter((task) => !diesAnyway.has(task)) : [],
    ineligible,
  };
}

/** Number of places above which ranking all tasks is as fast. */
const FRONT_PLACES = 128;

interface Found<T extends KernelTask> {
  /** The tasks that may be the first victim. */
  readonly possible: readonly T[];
  readonly places: readonly Place<T>[];
  readonly errorPages: number;
}

interface AllCandidates<T extends KernelTask> extends Candidates<T> {
  readonly outside: readonly T[];
  /** See areEntangled(). */
  readonly entangled: boolean;
}

function orderOf<T extends KernelTask>(
  candidates: AllCandidates<T>,
  context: OomContext,
  most: number,
): Found<T> {
  const { tasks, eligible, usageRange } = candidates;
  const { rules, totalPages } = context;
  const ranked = eligible.flatMap((scanIndex) => {
    const task = tasks[scanIndex];
    return task === undefined ? [] : rank(task, scanIndex, rules, totalPages, usageRange(task));
  });
  sortByVictim(ranked, rules.tie);
  const insteadOf = rules.sacrificesChild ? sacrificedChild(ranked) : () => undefined;
  const possible = possibleFirst(ranked, context.scanOrderKnown).map(
    (entry) => (insteadOf(entry.task, new Set()) ?? entry).task,
  );
  return {
    possible: [...new Set(possible)],
    places: placesOf(candidates, ranked, context, insteadOf, most),
    errorPages: ranked.reduce((widest, { range }) => Math.max(widest, range.high - range.low), 0),
  };
}

/**
 * The same for a few places of many, from the worst few alone. Undefined where these do not suffice: because others die along with them,
 * a child dies in the place of its parent, or figures reach into each other.
 */
function frontOf<T extends KernelTask>(
  candidates: AllCandidates<T>,
  context: OomContext,
  most: number,
): Found<T> | undefined {
  if (most > FRONT_PLACES) return undefined;
  const enough = 2 * most + 16;
  const { rules, totalPages, scanOrderKnown } = context;
  if (rules.sacrificesChild || !scanOrderKnown || enough * 8 > candidates.eligible.length) return undefined;
  const front = firstByVictim(candidates, rules, totalPages, enough);
  if (front === undefined) return undefined;
  const places = placesOf(candidates, front, context, () => undefined, most);
  // A place without a margin to the next is the last of these few: all of them are dead.
  if (places.at(-1)?.marginPages === undefined) return undefined;
  return { possible: places.slice(0, 1).map(({ task }) => task), places, errorPages: 0 };
}

function placesOf<T extends KernelTask>(
  { tasks, outside, entangled }: AllCandidates<T>,
  ranked: readonly Ranked<T>[],
  { rules, scope, oomGroups, scanOrderKnown }: OomContext,
  insteadOf: (chosen: T, dead: ReadonlySet<T>) => Ranked<T> | undefined,
  most: number,
): Place<T>[] {
  const whoElse = whoDiesWith(tasks, { scope, oomGroups, honoursOomGroup: rules.honoursOomGroup }, outside);
  const closeCalls = closeCallsIn(ranked, scanOrderKnown);
  // What global init shares stays: it lives on.
  const sharedWithInit = (tasks.find(isGlobalInit) ?? outside.find(isGlobalInit))?.mm;
  const accounted = new Set(sharedWithInit === undefined ? [] : [sharedWithInit]);
  const dead = new Set<T>();
  const isLeft = (task: T) => !dead.has(task);
  let isWhoDiesOpen = false;
  const places: Place<T>[] = [];
  let freedSoFarPages = 0;
  let index = 0;
  while (places.length < most) {
    index = firstAlive(ranked, index, dead);
    const chosen = ranked[index];
    if (chosen === undefined) break;
    const victim = insteadOf(chosen.task, dead) ?? chosen;
    const together = whoElse(victim.task);
    const diesWith = together.length === 0 ? together : together.filter(isLeft);
    dead.add(victim.task);
    for (const task of diesWith) dead.add(task);
    const alike = victim === chosen ? diesWith : [];
    const isRival = (task: T) => isLeft(task) || (entangled && alike.includes(task));
    const isOpen = closeCalls.at(index, isRival, alike);
    isWhoDiesOpen ||= entangled && isOpen;
    if (victim === chosen) closeCalls.taken(index, alike);
    const freesPages = diesWith.reduce(
      (sum, task) => sum + freedBy(task, accounted),
      freedBy(victim.task, accounted),
    );
    freedSoFarPages += freesPages;
    const next = ranked[firstAlive(ranked, index + 1, dead)];
    const place: { -readonly [K in keyof Place<T>]: Place<T>[K] } = {
      task: victim.task,
      badnessPages: victim.points,
      diesWith,
      freesPages,
      freedSoFarPages,
      certain: !isOpen && !isWhoDiesOpen,
    };
    if (next !== undefined) place.marginPages = chosen.points - next.points;
    places.push(place);
  }
  return places;
}

/**
 * True when a task shares memory with a member of a memory.oom.group to which it does not belong: it takes the member along, and the member
 * takes it and the whole group along. Which tasks die together then depends on which one is chosen.
 */
function areEntangled(tasks: readonly KernelTask[], scope: Scope, oomGroups: ReadonlySet<string>): boolean {
  if (oomGroups.size === 0) return false;
  const groupOf = new Map<number, string | undefined>();
  return tasks.some(({ mm, cgroup }) => {
    if (mm === undefined) return false;
    const group = oomGroupOf(cgroup, scope, oomGroups);
    if (!groupOf.has(mm)) groupOf.set(mm, group);
    return groupOf.get(mm) !== group;
  });
}

function isGlobalInit({ globalInit }: KernelTask): boolean {
  return globalInit;
}

function firstAlive<T extends KernelTask>(
  ranked: readonly Ranked<T>[],
  from: number,
  dead: ReadonlySet<T>,
): number {
  let index = from;
  for (let entry = ranked[index]; entry !== undefined && dead.has(entry.task); entry = ranked[index])
    index += 1;
  return index;
}

/**
 * The pages that are freed at once: anonymous memory, swap and page tables of the victim; cache and shmem stay. `accounted` holds the
 * address spaces that were freed before, and grows.
 */
function freedBy({ memory, mm }: KernelTask, accounted: Set<number>): number {
  if (memory === undefined) return 0;
  if (mm !== undefined) {
    if (accounted.has(mm)) return 0;
    accounted.add(mm);
  }
  return memory.rssAnonPages + memory.swapPages + memory.pageTablePages;
}

function outcomeOf(context: OomContext, eligibleCount: number): OomOutcome {
  const { scope, panicOnOom, killAllocatingTask, oomKillDisable } = context;
  // mem_cgroup_oom() of mm/memcontrol.c puts the task to sleep and never comes to out_of_memory().
  if (oomKillDisable === true && scope.kind === 'cgroup') return 'waits';
  // check_panic_on_oom(): 1 spares memory cgroups, 2 does not.
  if (panicOnOom === 2 || (panicOnOom === 1 && scope.kind === 'global')) return 'panics';
  if (eligibleCount === 0) return scope.kind === 'global' ? 'deadlock-panics' : 'no-victim';
  return killAllocatingTask && scope.kind === 'global' ? 'kills-allocating-task' : 'kills';
}
