import { type ProcessFacts, type ProcessId } from './process.ts';
import { type Scope } from './scope.ts';
import { type Unit } from './unit.ts';

/**
 * What happens when the scope runs out of memory now.
 * `kills`: the order holds. `kills-allocating-task`: the process that asks for memory dies first, and which that will be is unknown; the
 * order is what would hold otherwise. `panics`: vm.panic_on_oom stops the machine. `deadlock-panics`: no process can be killed, the machine
 * stops. `no-victim`: no process in the cgroup can be killed, allocations there fail. `waits`: killing is switched off in the cgroup (v1,
 * memory.oom_control), processes that ask for memory there wait; the order is what would hold otherwise.
 */
export type OomOutcome =
  'kills' | 'kills-allocating-task' | 'panics' | 'deadlock-panics' | 'no-victim' | 'waits';

/** A process that is only mentioned. */
export interface NamedProcess extends ProcessId {
  /** The kernel's comm; may hold any character. */
  readonly name: string;
  /** What people call it (`Google Chrome · page`), clean; absent where that is the comm, and in what older versions have recorded. */
  readonly label?: string;
}

/** A process that is killed along with another. */
export interface DyingWith extends NamedProcess {
  /** It is not in the scope: it shares the address space of one that is. */
  readonly outside?: true;
}

/** OOMPolicy= of a unit: what systemd does with it after a kill in it (systemd.service(5)). */
export type OomPolicy = 'stop' | 'continue' | 'kill';

/** What systemd ends after the kernel has killed: the rest of a unit, or its main process. */
export interface EndsWith {
  readonly unit: Unit;
  /** `oom-policy`: by OOMPolicy=. `main-process`: a service ends with its main process. */
  readonly why: 'oom-policy' | 'main-process';
  readonly policy: OomPolicy;
  /** systemd could not be asked: it is what it does by default. */
  readonly presumed: boolean;
  /** How many processes end. */
  readonly count: number;
  /** The first of them. */
  readonly processes: readonly NamedProcess[];
}

/** A process at oom_score_adj -1000. */
export interface ProtectedProcess extends NamedProcess {
  readonly unit?: Unit;
  /** RSS + swap + page tables. */
  readonly pages: number;
}

/** One place in the kill order. */
export interface OrderEntry extends ProcessFacts {
  /** 1 is the next victim. */
  readonly rank: number;
  /** Pages that come back when it and all that die with it are gone: anonymous memory, swap and page tables. */
  readonly freesPages: number;
  /** The same, summed from the first place to this one. */
  readonly freedSoFarPages: number;
  /** Processes that the kernel kills together with it (same address space, memory.oom.group). */
  readonly diesWith: readonly DyingWith[];
  /** What systemd ends afterwards, unit by unit. */
  readonly endsWith: readonly EndsWith[];
  /** How far its badness is above the next place's; absent at the end of the order. */
  readonly marginPages?: number;
  /** False when the figures cannot tell it from a neighbour: "A or B". */
  readonly certain: boolean;
}

/** The kill order of one scope at one moment. */
export interface KillOrderView {
  readonly scope: Scope;
  readonly totalPages: number;
  readonly outcome: OomOutcome;
  /** The first places, as many as were asked for. */
  readonly entries: readonly OrderEntry[];
  /** Number of processes in the scope that can be killed. */
  readonly eligibleCount: number;
  /** The pids among which the next victim is; one when it is certain, none when no process is killed. */
  readonly either: readonly number[];
  /** How far a badness here may be from the kernel's own (its per-CPU counters lag), in pages. 0: exact. */
  readonly errorPages: number;
  /** Processes that user space can protect no further: oom_score_adj -1000. */
  readonly protectedCount: number;
  readonly protectedPages: number;
  /** The largest of them, largest first, at most ten. */
  readonly protectedLargest: readonly ProtectedProcess[];
}
