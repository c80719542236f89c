import { type ProcessId } from './process.ts';

/** By which way a value is written. */
export type Mechanism =
  | 'oom-score-adj'
  | 'sysctl'
  /** A line of Lifeboat's own file in sysctl.d, for the next boot. */
  | 'sysctl-file'
  | 'cgroup-file'
  /** A limit, by the engine of a container or by systemd, so that it lasts. */
  | 'limit'
  /** A drop-in of a systemd unit, for its later starts. */
  | 'unit'
  /** A rule in Lifeboat's own file. */
  | 'rule';

/** One value that will be written. Values are as the kernel, or the file, has them; the journal has the same. */
export interface PlannedWrite {
  readonly mechanism: Mechanism;
  /** As the journal names it: `firefox (4711)`, `vm.swappiness`, `/docker/4f6e… memory.max`. */
  readonly subject: string;
  readonly process?: ProcessId;
  /** The value that was seen; absent where there is none. Where it has become another one, nothing is written. */
  readonly seen?: string;
  /** The value to be; empty where it is taken away. */
  readonly value: string;
}

/**
 * A change as its preview shows it. The side that computed it keeps it, and applying names it by its id, so that only what was shown can be
 * applied.
 */
export interface PlannedChange {
  readonly id: string;
  /** When it was computed, milliseconds since 1970. */
  readonly computedAtMs: number;
  readonly writes: readonly PlannedWrite[];
}

/** What a preview says beside its plan. */
export type Unplanned<P extends PlannedChange> = Omit<P, keyof PlannedChange>;
