import { type Failure } from '../result.ts';
import { type EndsWith, type NamedProcess } from './kill-order.ts';
import { type PlannedChange } from './planned-change.ts';
import { type ProcessId } from './process.ts';
import { type PlaceMatches, type RulePlace } from './rule.ts';
import { type Scope } from './scope.ts';
import { type Unit } from './unit.ts';

/** Whose oom_score_adj is to change. */
export type Target =
  | { readonly kind: 'process'; readonly id: ProcessId }
  /** It and all its descendants. */
  | { readonly kind: 'tree'; readonly id: ProcessId }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unit'; readonly unit: Unit }
  /** `runtime:id`, as in ProcessFacts. */
  | { readonly kind: 'container'; readonly container: string }
  /** All processes of an application, a virtual machine, a program; by the key of the owner. The name is for people. */
  | { readonly kind: 'owner'; readonly key: string; readonly name: string };

/** One thing that a user who points at a process may mean. */
export interface TargetChoice {
  readonly target: Target;
  /** How many processes that is now. */
  readonly count: number;
}

/** What is wanted of it. */
export type AdjIntent =
  /** Protect: the smallest change that moves it behind the n-th of the others. */
  | { readonly kind: 'behind'; readonly n: number }
  /** Protect for long: behind the next five, with room for an hour of its growth, at least 5% of memory. */
  | { readonly kind: 'later' }
  /** Protect: -500, so that it is killed only when little else is left; a lower value stays. */
  | { readonly kind: 'strong' }
  /** Protect: -1000. */
  | { readonly kind: 'never' }
  /** Give up: the smallest change that makes it the next victim. */
  | { readonly kind: 'first' }
  | { readonly kind: 'adj'; readonly oomScoreAdj: number };

/** How strongly a process can be protected for long, from the weakest. */
export const STRENGTHS = ['later', 'strong', 'never'] as const;
export type Strength = (typeof STRENGTHS)[number];

/** An intent for a target; `behind` and `first` are meant in this scope. */
export interface AdjRequest {
  readonly target: Target;
  readonly intent: AdjIntent;
  readonly scope: Scope;
}

/** One write that an intent comes down to. */
export interface AdjChange extends NamedProcess {
  readonly before: number;
  readonly after: number;
}

/** What a person should know before a change, with the numbers. */
export type Warning =
  /** Later children inherit the value; `now` of them exist and keep their own. */
  | { readonly kind: 'children-inherit'; readonly now: number }
  /** -1000 is absolute: not even the last process of the machine. */
  | { readonly kind: 'absolute' }
  /** With this change, that share of all used memory belongs to processes that cannot be killed. */
  | { readonly kind: 'mostly-unkillable'; readonly share: number }
  /** The process is in a cgroup whose own limit comes first; the global order does not help there. */
  | {
      readonly kind: 'own-limit-first';
      readonly path: string;
      readonly headroomBytes: number;
      readonly uncertainBytes?: number;
      readonly rank?: number;
    }
  /** A killer runs that does not read oom_score_adj, or not alone. */
  | { readonly kind: 'other-killer'; readonly name: string; readonly readsAdj: boolean }
  /** Chromium writes its own values at every start of a child. */
  | { readonly kind: 'chromium-resets' }
  /** The scope is smaller than 1,000 pages: adjustments do nothing there. */
  | { readonly kind: 'scope-too-small' }
  /** memory.oom.group: whichever process is chosen in that cgroup, this one dies as well. */
  | { readonly kind: 'dies-with-group'; readonly path: string }
  /** Many more processes than most changes are meant for. */
  | { readonly kind: 'matches-many'; readonly count: number }
  /** The processes are not in one place: some run on the host or in another container. */
  | { readonly kind: 'several-places'; readonly places: readonly PlaceMatches[] }
  /** `count` of the changes lower a value, which needs CAP_SYS_RESOURCE, and not even root has it here. */
  | { readonly kind: 'cannot-lower'; readonly count: number }
  /** The intent cannot be had for these: too few others, or nothing but -1000 would do. */
  | { readonly kind: 'out-of-reach'; readonly names: readonly string[] };

const SERIOUS: ReadonlySet<Warning['kind']> = new Set<Warning['kind']>([
  'mostly-unkillable',
  'absolute',
  'own-limit-first',
  'other-killer',
  'dies-with-group',
  'matches-many',
  'several-places',
  'cannot-lower',
]);

/** Whether a warning may be a reason to leave the change; the others are good to know. */
export function isSerious({ kind }: Warning): boolean {
  return SERIOUS.has(kind);
}

/** One place of an order before and after, small enough for a preview. */
export interface PreviewPlace extends NamedProcess {
  readonly rank: number;
  readonly badnessPages: number;
  readonly oomScoreAdj: number;
  /** Its place before the change. */
  readonly rankBefore?: number;
  readonly changed: boolean;
}

/** How much more memory a process may use while its protection still holds. */
export interface RoomToGrow {
  readonly bytes: number;
  /** Its present growth, where an hour of it is what the room is for; absent where the room is a share of memory. */
  readonly growthBytesPerMinute?: number;
}

/** Where the first of the targets stands in the kill order. */
export interface PlaceInOrder {
  /** Absent where none of them can be killed. */
  readonly before?: number;
  readonly after?: number;
  /** After the change each of them is exempt (-1000). Others without a place are not in the order: they are not in its scope, or never in any. */
  readonly isExempt?: true;
  /** Number of places after the change; processes that die together have one. */
  readonly of: number;
}

/** What an intent would do. */
export interface AdjPreview extends PlannedChange {
  readonly request: AdjRequest;
  readonly changes: readonly AdjChange[];
  /** The front of the order as it would be. */
  readonly orderAfter: readonly PreviewPlace[];
  readonly place: PlaceInOrder;
  /** Of `later`: the largest that one of the targets has. */
  readonly room?: RoomToGrow;
  readonly nextBefore?: NamedProcess;
  readonly nextAfter?: NamedProcess;
  /** What systemd would end when that one is killed. */
  readonly nextAfterEnds?: readonly EndsWith[];
  readonly warnings: readonly Warning[];
  /** False when the user may write it without root for certain: raising one's own. Lowering one's own may need root, what is another's does. */
  readonly needsRoot: boolean;
  /** How it can be made to last, for each place in which one of the processes lives. */
  readonly lasting: readonly LastingPlace[];
}

/** How a value is kept for processes to come. */
export type Lasting =
  /** A drop-in `OOMScoreAdjust=` for the unit. */
  | { readonly kind: 'unit'; readonly unit: Unit }
  /** What to start the container with next time; Lifeboat cannot do it. */
  | {
      readonly kind: 'container';
      readonly container: string;
      readonly runtime: string;
      /** What the engine's `run` takes, and a compose file; absent where the engine has neither. */
      readonly flag?: string;
      readonly compose?: string;
    }
  /** A rule that Lifeboat applies while it runs, to processes of that name. */
  | { readonly kind: 'rule'; readonly name: string };

/** How a value is kept for those of the processes that live in one place. */
export interface LastingPlace {
  readonly lasting: Lasting;
  readonly oomScoreAdj: number;
  /** How many of the processes are there. */
  readonly count: number;
  /** The file that keeps it; absent where Lifeboat writes none. */
  readonly file?: string;
  /** Why it cannot be kept there. */
  readonly refused?: Failure;
  /** Why the file has no effect yet: systemd does not run here, or has not read it. */
  readonly waits?: DropInWaits;
}

export type DropInWaits = 'no-systemd' | 'not-read';

/** What became of one write. */
export interface AdjOutcome extends NamedProcess {
  readonly before: number;
  readonly asked: number;
  /** Read back; absent when the write failed. */
  readonly after?: number;
  readonly error?: Failure;
}

/** What a journal entry is about. `rule`: a rule that Lifeboat applied by itself. */
export type JournalAction =
  | 'set-adj'
  | 'rule'
  | 'set-sysctl'
  | 'keep-sysctl'
  | 'forget-sysctl'
  | 'keep-unit-adj'
  | 'forget-unit-adj'
  /** The same for a service of one's own service manager, without root. */
  | 'keep-user-unit-adj'
  /** A rule was written, or got another value; the subject is its conditions. */
  | 'keep-rule'
  | 'forget-rule'
  | 'set-cgroup'
  /** The same by the engine of a container or by systemd, for its later starts too; the subject is the file of the cgroup. */
  | 'set-limit'
  | 'set-limit-until-boot';

export type JournalState =
  /** Done, and not undone. */
  | 'done'
  /** Applied, waits to be confirmed. */
  | 'pending'
  | 'failed'
  | 'undone'
  /** Taken back by the dead man's switch. */
  | 'reverted';

/** One recorded change. Values are as the kernel prints them. */
export interface JournalEntry {
  readonly id: number;
  readonly timeMs: number;
  /** Name of the user who asked. */
  readonly who: string;
  readonly action: JournalAction;
  /** The subject of the change: `firefox (4711)`, `vm.overcommit_ratio`, `nginx.service`, `/docker/4f6e… memory.max`. */
  readonly subject: string;
  /** For processes: which very one. */
  readonly process?: ProcessId;
  /** The machine has been started again since. */
  readonly formerBoot?: true;
  readonly before?: string;
  readonly asked: string;
  readonly after?: string;
  readonly state: JournalState;
  /** Why it failed, or came to its end in another way. */
  readonly why?: Failure;
  /** The rule that made it; in entries of version 0.1.0 the sentence of why. */
  readonly note?: string;
  /** Of a rule that was removed. */
  readonly place?: RulePlace;
  /** Entries written by one click are undone together. */
  readonly group: number;
}

/** Whether changes can be made here now. */
export type Rights =
  /** Nothing was asked for yet: the first change that needs root will ask. */
  | { readonly state: 'asks'; readonly method: ElevationMethod; readonly command: string }
  | { readonly state: 'allowed'; readonly via: ElevationMethod; readonly sysResource: boolean }
  /** This front end may not change anything (`lifeboat serve` without --allow-changes); `command` starts one that may. */
  | { readonly state: 'read-only'; readonly command?: string }
  /** The helper could not be started; `command` is what to paste into a terminal instead. */
  | { readonly state: 'failed'; readonly error: Failure; readonly command: string };

/** How root is reached. */
export type ElevationMethod = 'root' | 'pkexec' | 'sudo' | 'wsl' | 'none';
