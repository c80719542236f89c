import { type AdjChange } from './change.ts';
import { type NamedProcess } from './kill-order.ts';
import { type PlannedChange } from './planned-change.ts';

/** What a process of Lifeboat's does. `main`: watches; the whole of `lifeboat serve`. `window`: draws the page. The others are Chromium's. */
export const OWN_ROLES = ['main', 'window', 'zygote', 'graphics', 'network', 'utility', 'helper'] as const;
export type OwnRole = (typeof OWN_ROLES)[number];

/** A process of Lifeboat itself, and where it stands. */
export interface OwnProcess extends NamedProcess {
  readonly role: OwnRole;
  /** Its place in the machine's order; absent where it is never killed. */
  readonly rank?: number;
  readonly oomScoreAdj: number;
  /** RSS, swap and page tables. */
  readonly usedBytes: number;
}

/** Lifeboat's own standing, and what protecting it would write. */
export interface OwnStanding extends PlannedChange {
  readonly processes: readonly OwnProcess[];
  /** Number of processes of this machine that can be killed. */
  readonly eligibleCount: number;
  /** What protecting gives to each of them that has more. */
  readonly targetAdj: number;
  /** What protecting them changes now. */
  readonly changes: readonly AdjChange[];
}

/**
 * The oom_score_adj of Lifeboat's own processes: it subtracts a quarter of memory and swap, more than they use on any machine that shows a
 * window. No lower, since the user's programs matter more than a monitor. earlyoom gives itself -100.
 */
export const OWN_OOM_SCORE_ADJ = -250;
