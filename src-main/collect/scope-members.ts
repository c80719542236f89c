import { isWithin } from '#shared/kernel/kill-order/oom-group.ts';
import { usagePages } from '#shared/kernel/badness/badness.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { listChildCgroups, readCgroupProcs } from '../proc/cgroup/tree.ts';
import { type HostFacts } from './machine/host-facts.ts';
import { type ObservedProcess } from './processes/observed-process.ts';
import { Turn } from './turn.ts';

/** Deeper trees than that do not exist; a loop of symbolic links must end. */
const MOST_DEPTH = 64;
/** How much of a scope is read at once: each takes some 30 ms. */
export interface Portions {
  /** Cgroups whose members are listed. More below a scope are listed one portion after each tick. */
  readonly listed: number;
  /** Members whose figures are read. Of more, half are those that a kill would take first, and the others take turns. */
  readonly read: number;
}
const PORTIONS: Portions = { listed: 500, read: 500 };

/** The pids right in each cgroup, from a scope downwards. */
type Walk = Generator<readonly number[], void>;

/** A scope that is shown. */
interface Shown {
  members: readonly number[];
  isLarge: boolean;
  /** In a large one: what is listed again now, and what that has found. */
  walk: Walk;
  found: (readonly number[])[];
  readonly turn: Turn;
  /** Its members have just been listed for the first time: the figures of each are needed. */
  isNew: boolean;
}

/** What is known of a process that may be a member. */
interface Member extends ProcessId {
  readonly oomScore: number;
  readonly observed: ObservedProcess;
}

/**
 * The members of the scopes that are shown. A scope is listed in every tick, and the figures of all its members are read, unless it is large: a
 * host of containers may have all its thousands of cgroups in one, and its frames would come late.
 */
export class ScopeMembers {
  readonly #portions: Portions;
  #shown = new Map<string, Shown>();

  constructor(portions = PORTIONS) {
    this.#portions = portions;
  }

  /** By path of each scope, in the kernel's scan order. Newcomers are processes that the last tick did not know. */
  refresh(
    host: HostFacts,
    scopes: readonly string[],
    newcomers: readonly Member[],
  ): ReadonlyMap<string, readonly number[]> {
    this.#shown = new Map(
      scopes.map((path) => {
        const known = this.#shown.get(path);
        if (known?.isLarge !== true) return [path, this.#list(host, path, known?.turn)];
        known.isNew = false;
        known.members = withNewcomers(known.members, path, newcomers);
        return [path, known];
      }),
    );
    return new Map([...this.#shown].map(([path, { members }]) => [path, members]));
  }

  /** Lists a portion of the large scopes; what it finds counts when it has come round. */
  lookAround(host: HostFacts): void {
    let left = this.#portions.listed;
    for (const [path, shown] of this.#shown) {
      if (!shown.isLarge) continue;
      while (left > 0) {
        left -= 1;
        const { done, value } = shown.walk.next();
        if (done !== true) {
          shown.found.push(value);
          continue;
        }
        // One that was moved meanwhile may be found twice.
        shown.members = [...new Set(shown.found.flat())];
        shown.isLarge = shown.found.length > this.#portions.listed;
        shown.walk = walk(host, path);
        shown.found = [];
        break;
      }
    }
  }

  /** The members of a scope whose figures are to be read in this tick. Pages: what oom_score_adj is a part of there. */
  toRead<T extends Member>(
    path: string,
    totalPages: number,
    get: (pid: number) => T | undefined,
  ): readonly T[] {
    const shown = this.#shown.get(path);
    const members = (shown?.members ?? []).flatMap((pid) => get(pid) ?? []);
    if (shown === undefined || shown.isNew || members.length <= this.#portions.read) return members;
    const byBadness = members
      .map((member) => ({ member, pages: badnessOf(member.observed, totalPages) }))
      .sort((a, b) => b.pages - a.pages)
      .map(({ member }) => member);
    const { read } = this.#portions;
    const first = byBadness.slice(0, read / 2);
    const others = byBadness.slice(first.length);
    const changed = others.filter(({ oomScore, observed }) => oomScore !== observed.oomScore);
    const chosen = [...first, ...changed].slice(0, read);
    return [...new Set([...chosen, ...shown.turn.take(others, read - chosen.length)])];
  }

  #list(host: HostFacts, path: string, turn = new Turn()): Shown {
    const found = [...walk(host, path)];
    const isLarge = found.length > this.#portions.listed;
    return { members: found.flat(), isLarge, walk: walk(host, path), found: [], turn, isNew: true };
  }
}

/** oom_badness(), as far as it decides who comes first. */
function badnessOf({ memory, oomScoreAdj }: ObservedProcess, totalPages: number): number {
  return (memory === undefined ? 0 : usagePages(memory)) + (oomScoreAdj * totalPages) / 1000;
}

/** They stand at the end until they are listed. One that has the pid of a member which has ended may be elsewhere. */
function withNewcomers(
  members: readonly number[],
  path: string,
  newcomers: readonly Member[],
): readonly number[] {
  if (newcomers.length === 0) return members;
  const pids = new Set(newcomers.map(({ pid }) => pid));
  const inside = newcomers.filter(({ observed }) => isWithin(observed.cgroup, path));
  return [...members.filter((pid) => !pids.has(pid)), ...inside.map(({ pid }) => pid)];
}

/**
 * The pids in a cgroup and below it, in the order in which mem_cgroup_scan_tasks() meets them: parents before children, siblings by
 * creation, inside one cgroup the order of cgroup.procs. In cgroup v1 that file is sorted, and the order inside one is not seen.
 */
export function scopeMembers(host: HostFacts, path: string): number[] {
  return [...walk(host, path)].flat();
}

function* walk(host: HostFacts, path: string, depth = 0): Walk {
  const { memoryMount: mount } = host;
  if (mount === undefined || depth > MOST_DEPTH) return;
  const procs = readCgroupProcs(mount, path);
  yield procs.ok ? procs.value.filter((pid) => pid > 0) : [];
  const children = listChildCgroups(mount, path);
  for (const { name } of children.ok ? children.value : [])
    yield* walk(host, `${path === '/' ? '' : path}/${name}`, depth + 1);
}
