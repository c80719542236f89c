import { type HelperValue, type Written } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type Guard, startGuard, type UndoWrite } from './guard.ts';

/** What taking back came to. Not complete: a write failed, and is worth another try. */
export interface Restored {
  readonly complete: boolean;
  readonly written: readonly Written[];
}

/** A change that is in force and knows how to take itself back. */
export interface Applied {
  readonly written: readonly Written[];
  /** Puts the old values back where they are still the ones that were written. */
  readonly restore: () => Restored;
}

/** A change that could be made. */
export interface Plan {
  /** What it writes to, for telling whether two changes meet. */
  readonly subjects: readonly string[];
  /** How the guard takes it back when the helper is dead. */
  readonly undo: readonly UndoWrite[];
  readonly apply: () => Result<Applied>;
}

interface Waiting extends Applied {
  readonly subjects: readonly string[];
  readonly guard: Guard;
  readonly timer: NodeJS.Timeout;
}

/** Nobody looks at more countdowns than that, and each has a guard. */
const MOST_WAITING = 32;

/** How soon, and how often, taking back is tried again when the system refuses it. */
const RETRY_MS = 1000;
const RETRIES = 30;

/**
 * The dead man's switch: changes that take themselves back unless confirmed in time. It lives in the helper, so that it works when
 * Lifeboat hangs or was killed. Timers go by the monotonic clock; they stand still while the machine sleeps.
 */
export class PendingChanges {
  readonly #waiting = new Map<number, Waiting>();
  readonly #onReverted: (change: number, written: readonly Written[]) => void;
  #last = 0;

  /** `onReverted` hears of every change that was taken back because its time was up. */
  constructor(onReverted: (change: number, written: readonly Written[]) => void) {
    this.#onReverted = onReverted;
  }

  /**
   * Makes a change and starts its clock. Not where another change of the same waits already: then the first one's old value would be
   * out of reach.
   */
  async start({ subjects, undo, apply }: Plan, seconds: number): Promise<Result<HelperValue>> {
    const taken = new Set([...this.#waiting.values()].flatMap((waiting) => waiting.subjects));
    const conflict = subjects.find((subject) => taken.has(subject));
    if (conflict !== undefined) return fail('changed-meanwhile', { what: 'waiting', subject: conflict });
    if (this.#waiting.size >= MOST_WAITING) return fail('busy', { with: 'changes' });
    const guard = await startGuard(undo);
    if (!guard.ok) return guard;
    const applied = apply();
    if (!applied.ok) {
      guard.value.dismiss();
      return applied;
    }
    const change = ++this.#last;
    const delayMs = seconds * 1000;
    this.#wait(change, { ...applied.value, subjects, guard: guard.value }, delayMs, RETRIES);
    return ok({ written: applied.value.written, pending: { change, deadlineMs: Date.now() + delayMs } });
  }

  confirm(change: number): Result<HelperValue> {
    const waiting = this.#take(change);
    if (waiting === undefined) return unknown(change);
    waiting.guard.dismiss();
    return ok({ written: [] });
  }

  revert(change: number): Result<HelperValue> {
    const waiting = this.#take(change);
    if (waiting === undefined) return unknown(change);
    const { complete, written } = waiting.restore();
    if (!complete) {
      this.#wait(change, waiting, RETRY_MS, RETRIES);
      return fail('not-reverted', { subject: waiting.subjects.join(', ') });
    }
    waiting.guard.dismiss();
    return ok({ written });
  }

  /** Takes everything back, the newest first: the helper is about to end. What could not be is left to the guard, which goes on. */
  revertAll(): void {
    for (const change of [...this.#waiting.keys()].reverse()) {
      const waiting = this.#take(change);
      const restored = waiting?.restore();
      if (restored?.complete === true) waiting?.guard.dismiss();
      if (restored !== undefined) this.#onReverted(change, restored.written);
    }
  }

  #wait(change: number, applied: Omit<Waiting, 'timer'>, delayMs: number, retries: number): void {
    const timer = setTimeout(() => {
      this.#waiting.delete(change);
      const { complete, written } = applied.restore();
      if (!complete && retries > 0) {
        this.#wait(change, applied, RETRY_MS, retries - 1);
        return;
      }
      applied.guard.dismiss();
      this.#onReverted(change, written);
    }, delayMs);
    this.#waiting.set(change, { ...applied, timer });
  }

  #take(change: number): Waiting | undefined {
    const waiting = this.#waiting.get(change);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(change);
    return waiting;
  }
}

function unknown(change: number): Result<never> {
  return fail('change-unknown', { change });
}
