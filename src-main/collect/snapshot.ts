import { type FormulaEvidence } from '#shared/kernel/badness/formula-by-behaviour.ts';
import { type CounterMode } from '#shared/kernel/badness/precision.ts';
import { type OomRules } from '#shared/kernel/rules.ts';
import { type GroupMemory } from '#shared/kernel/cgroup/group-memory.ts';
import { type ProcessNames } from '#shared/model/owners/names.ts';
import { type CgroupEvents } from '../proc/cgroup/events.ts';
import { type HostFacts } from './machine/host-facts.ts';
import { type MemoryReading } from './machine/memory-reading.ts';
import { type ObservedProcess } from './processes/observed-process.ts';

/** The settings that decide what an OOM does. */
export interface OomSettings {
  /** vm.panic_on_oom. */
  readonly panicOnOom: number;
  /** vm.oom_kill_allocating_task. */
  readonly killAllocatingTask: boolean;
  /** vm.swappiness: cgroup v2 has none of its own. */
  readonly swappiness: number;
}

/** A memory cgroup as it was read last. */
export interface ObservedCgroup extends GroupMemory, CgroupEvents {
  /** memory.oom.group: when one process below is chosen, all below die. */
  readonly oomGroup: boolean;
  /** totalpages of an OOM there; absent without a limit. */
  readonly totalPages?: number;
  /** Processes that ask for memory at its limit wait, and none is killed (v1). */
  readonly oomKillDisable: boolean;
}

/** Knows what people call processes. */
export interface Naming {
  of(process: ObservedProcess, snapshot: Snapshot): ProcessNames;
}

/** Everything that was seen in one tick; nothing in it changes afterwards. */
export interface Snapshot {
  readonly seq: number;
  readonly timeMs: number;
  readonly monotonicMs: number;
  readonly host: HostFacts;
  /** With the formula that the kernel's own scores show. */
  readonly rules: OomRules;
  readonly formulaEvidence: FormulaEvidence;
  readonly counters: CounterMode;
  readonly memory: MemoryReading;
  readonly globalTotalPages: number;
  readonly settings: OomSettings;
  /** In fork order. Figures of the front and of what is watched are of this tick, the others at most some minutes old. */
  readonly processes: readonly ObservedProcess[];
  /** Every memory cgroup that has processes, and those above them, by path. */
  readonly cgroups: ReadonlyMap<string, ObservedCgroup>;
  /** Pids of the watched scopes, in the order in which the kernel scans them. */
  readonly scopeMembers: ReadonlyMap<string, readonly number[]>;
  /** Processes that could not be read and are missing. */
  readonly unreadableCount: number;
  /** What people call a process of it: made when it is first asked for. Absent where names are not wanted. */
  readonly namesOf?: (process: ObservedProcess) => ProcessNames;
}

/** A snapshot whose processes can be named. */
export function withNames(naming: Naming | undefined, snapshot: Snapshot): Snapshot {
  if (naming === undefined) return snapshot;
  const named: Snapshot = { ...snapshot, namesOf: (process) => naming.of(process, named) };
  return named;
}
