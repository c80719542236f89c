import { type Register } from '../register/register.ts';
import { type Tree } from '../tree.ts';
import { revert } from './revert.ts';
import { type Reverted, type Undo } from './undo.ts';

/** A change that is in force until it is kept or taken back. */
export interface Armed {
  /** Its name in the register. */
  readonly entry: string;
  readonly undo: Undo;
}

interface Waiting extends Armed {
  readonly timer: NodeJS.Timeout;
  /** Its time is up, and the system refuses the old value so far. */
  readonly isDue?: true;
}

/** Pauses between tries grow from one second to a minute: a try makes the kernel look for memory to free. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** What the switch tells of: each change that went back without being asked to, and the first time that one could not. */
export interface SwitchEvents {
  readonly onReverted: (change: number, reverted: Reverted) => void;
  readonly onRefused: (change: number, reverted: Reverted) => void;
}

/** Reports what taking one back came to. */
export function report(events: SwitchEvents, change: number, reverted: Reverted): void {
  if (reverted.refused === undefined) events.onReverted(change, reverted);
  else events.onRefused(change, reverted);
}

/**
 * Takes changes back when their time is up, and goes on trying for as long as the system refuses that, or until the value is another one.
 * Timers go by the monotonic clock; they stand still while the machine sleeps.
 */
export class DeadManSwitch {
  readonly #tree: Tree;
  readonly #register: Register;
  readonly #events: SwitchEvents;
  readonly #waiting = new Map<number, Waiting>();

  constructor(tree: Tree, register: Register, events: SwitchEvents) {
    this.#tree = tree;
    this.#register = register;
    this.#events = events;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Starts the clock of a change, or starts it again with another way back. */
  arm(change: number, armed: Armed, delayMs: number): void {
    this.#take(change);
    const timer = setTimeout(() => {
      this.#fire(change);
    }, delayMs);
    this.#waiting.set(change, { ...armed, timer });
  }

  /** Starts the clock of a change again. False where it is not there any more, or where its time was up. */
  extend(change: number, delayMs: number): boolean {
    const waiting = this.#waiting.get(change);
    if (waiting === undefined || waiting.isDue === true) return false;
    this.arm(change, { entry: waiting.entry, undo: waiting.undo }, delayMs);
    return true;
  }

  /** The change stands. False when it is not there any more, or stays in the register: the next helper would take it back. */
  keep(change: number): boolean {
    const waiting = this.#waiting.get(change);
    if (waiting === undefined || !this.#register.remove(waiting.entry).ok) return false;
    this.#take(change);
    return true;
  }

  /** Takes one back now. Undefined when it is not there any more. What is refused is tried again. */
  revert(change: number): Reverted | undefined {
    const taken = this.#take(change);
    return taken === undefined ? undefined : this.#try(change, taken, FIRST_PAUSE_MS);
  }

  /** Takes everything back now, the newest first. */
  revertAll(): void {
    for (const change of [...this.#waiting.keys()].reverse()) this.#fire(change);
  }

  /** A change that runs out of its time, and the first try. */
  #fire(change: number): void {
    const reverted = this.revert(change);
    if (reverted !== undefined) report(this.#events, change, reverted);
  }

  #try(change: number, armed: Armed, pauseMs: number): Reverted {
    const reverted = revert(this.#tree, armed.undo);
    if (reverted.refused === undefined) {
      this.#register.remove(armed.entry);
      return reverted;
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(change);
      const again = this.#try(change, armed, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
      if (again.refused === undefined) this.#events.onReverted(change, again);
    }, pauseMs);
    this.#waiting.set(change, { ...armed, timer, isDue: true });
    return reverted;
  }

  #take(change: number): Armed | undefined {
    const waiting = this.#waiting.get(change);
    if (waiting === undefined) return undefined;
    clearTimeout(waiting.timer);
    this.#waiting.delete(change);
    return { entry: waiting.entry, undo: waiting.undo };
  }
}
