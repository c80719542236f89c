/** How much more memory a cgroup, or the machine, can take. */
export interface Headroom {
  /** Until the kernel kills: up to the limit, with all that it can reclaim and swap out before. */
  readonly headroomBytes: number;
  /**
   * Memory that may be reclaimed in addition: page cache that has to be written to disk first, and kernel memory of which cgroup v1 does not say whether
   * it can be reclaimed.
   */
  readonly uncertainBytes: number;
  /**
   * Until cache that is in use has to be dropped or memory swapped out: the limit less usage without inactive_file, as `docker stats` has it; not
   * beyond memory.high, its own or one above it, where processes are slowed down.
   */
  readonly comfortableBytes: number;
  /** Part of the headroom that is reclaimed first. */
  readonly reclaimableBytes: number;
  /** Part of the headroom that is swapped out. */
  readonly swapBytes: number;
}

/**
 * A cgroup above memory.high. `throttled`: its processes are slowed down while memory is reclaimed. `stalled`: more is in use than can be
 * reclaimed, so every allocation waits, up to two seconds each.
 */
export interface HighState {
  readonly state: 'throttled' | 'stalled';
  readonly highBytes: number;
  readonly overBytes: number;
}

/** Where memory runs out first: the cgroup of that path, or the machine. */
export interface FirstLimit {
  readonly path?: string;
  readonly headroom: Headroom;
}
