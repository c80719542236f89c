import { type HelperValue, PENDING_EXTENSIONS } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { Guard, type GuardProgram, START_MS } from '../guard/guard.ts';
import { Register } from '../register/register.ts';
import { type Tree } from '../tree.ts';
import { type Armed, DeadManSwitch, report, type SwitchEvents } from './dead-man-switch.ts';
import { presentValues } from './revert.ts';
import { type Plan, type Reverted } from './undo.ts';

/** No person looks at more countdowns than that. */
const MOST_WAITING = 32;
/** Time after the deadline at which the guard is checked, in milliseconds: it may have been stopped. */
const GRACE_MS = 1000;
/** Time until what could not be taken over is tried again. */
const AGAIN_MS = 1000;
/** Until it is taken back in the same breath. */
const SOON_MS = 60_000;

interface Waiting extends Armed {
  readonly check: NodeJS.Timeout;
  readonly delayMs: number;
  readonly deadlineMs: number;
  /** How often its clock was started again. */
  readonly extensions: number;
}

/**
 * The dead man's switch, as the helper sees it: changes that are taken back unless confirmed in time. The clock and the way back are the
 * guard's, a process of its own. When that is gone, the helper takes everything back at once by itself.
 */
export class PendingChanges {
  readonly #tree: Tree;
  readonly #program: GuardProgram;
  readonly #register: Register;
  readonly #events: SwitchEvents;
  /** Does the guard's work when there is none. */
  readonly #backup: DeadManSwitch;
  readonly #waiting = new Map<number, Waiting>();
  #guard: Guard | undefined;
  #starting: Promise<Result<Guard>> | undefined;
  #last = 0;

  constructor(tree: Tree, program: GuardProgram, events: SwitchEvents) {
    this.#tree = tree;
    this.#program = program;
    this.#register = new Register(tree);
    this.#events = {
      onReverted: (change, reverted) => {
        this.#forget(change);
        events.onReverted(change, reverted);
      },
      onRefused: events.onRefused,
    };
    this.#backup = new DeadManSwitch(tree, this.#register, this.#events);
  }

  /** Takes back what was left by helpers that died together with their guards. */
  async adoptOrphans(): Promise<void> {
    if (!this.#register.hasOrphans()) return;
    const guard = await this.#ensureGuard();
    const adopted = guard.ok ? await this.#register.adopt(guard.value.identity) : guard;
    // Another one has the lock and cannot run: what is left waits for it.
    if (guard.ok && !adopted.ok) setTimeout(() => void this.adoptOrphans(), AGAIN_MS).unref();
    for (const { name, undo } of adopted.ok ? adopted.value : []) {
      const change = ++this.#last;
      const armed = { entry: name, undo };
      this.#await(change, armed, SOON_MS);
      if (guard.ok) await guard.value.arm(change, armed, SOON_MS);
      const reverted = await this.#revert(change);
      if (reverted !== undefined) report(this.#events, change, reverted);
    }
  }

  /**
   * Makes a change and starts its clock. Not where another change of the same is pending, also one of another helper: then the first one's
   * old value would be out of reach.
   */
  async start({ subjects, undo, apply }: Plan, seconds: number): Promise<Result<HelperValue>> {
    await this.adoptOrphans();
    if (this.#waiting.size >= MOST_WAITING) return fail('busy', { with: 'changes' });
    const guard = await this.#ensureGuard();
    if (!guard.ok) return guard;
    const { identity } = guard.value;
    const entry = await this.#register.add({ subjects, undo }, identity);
    if (!entry.ok) return entry;
    const change = ++this.#last;
    const delayMs = seconds * 1000;
    const expected = { entry: entry.value, undo };
    this.#await(change, expected, delayMs);
    if (!(await guard.value.arm(change, expected, delayMs, START_MS))) {
      await this.#drop(change);
      return fail('io-failed', { what: 'guard' });
    }
    const applied = apply();
    if (!applied.ok) {
      await this.#drop(change);
      return applied;
    }
    // From here on our value is known as it was read back, which is more exact than as it was asked for.
    const armed = { entry: entry.value, undo: applied.value.undo };
    const deadlineMs = this.#await(change, armed, delayMs);
    this.#register.update(entry.value, { subjects, undo: armed.undo }, identity);
    if (!(await guard.value.arm(change, armed, delayMs))) {
      await this.#revert(change);
      return fail('io-failed', { what: 'guard' });
    }
    return waits(change, deadlineMs, applied.value.written);
  }

  /** Starts the clock of a change again, ten times at most: the person who is there has not decided yet. */
  async extend(change: number): Promise<Result<HelperValue>> {
    const waiting = this.#waiting.get(change);
    if (waiting === undefined) return fail('change-unknown', { change });
    const { delayMs, deadlineMs, extensions } = waiting;
    if (extensions >= PENDING_EXTENSIONS) return waits(change, deadlineMs);
    const extended = await this.#guard?.extend(change, delayMs);
    if (extended === undefined) this.#takeOver();
    // It may have been decided while the guard was asked.
    if (extended !== true || !this.#waiting.has(change)) return fail('change-unknown', { change });
    return waits(change, this.#await(change, waiting, delayMs, extensions + 1));
  }

  /** Keeps the change; returns the values as they are now. */
  async confirm(change: number): Promise<Result<HelperValue>> {
    const waiting = this.#waiting.get(change);
    if (waiting === undefined) return fail('change-unknown', { change });
    const kept = await this.#guard?.keep(change);
    if (kept === undefined) this.#takeOver();
    this.#forget(change);
    const isKept = kept ?? this.#backup.keep(change);
    return isKept
      ? ok({ written: presentValues(this.#tree, waiting.undo) })
      : fail('change-unknown', { change });
  }

  /** Reverts it; returns the values that were read back. When the system refuses, the guard goes on trying. */
  async revert(change: number): Promise<Result<HelperValue>> {
    const reverted = await this.#revert(change);
    if (reverted === undefined) return fail('change-unknown', { change });
    if (reverted.refused === undefined) return ok({ written: reverted.written });
    const { subject = '', after } = reverted.written[0] ?? {};
    const why = reverted.refused.code === 'would-kill' ? 'in-use' : 'refused';
    return fail('not-reverted', { subject, now: after, why });
  }

  /** Takes everything back, the newest first: the helper is about to end. What could not be is left to the guard, which goes on. */
  async end(): Promise<void> {
    if (this.#waiting.size > 0 && (await this.#guard?.revertAll()) !== true) {
      this.#takeOver();
      this.#backup.revertAll();
    }
    if (this.#waiting.size > 0 && this.#guard === undefined) await this.#handOver();
    this.#guard?.close();
  }

  async #ensureGuard(): Promise<Result<Guard>> {
    if (this.#guard !== undefined) return ok(this.#guard);
    const starting = (this.#starting ??= Guard.start(
      this.#program,
      ({ change, reverted }) => {
        report(this.#events, change, reverted);
      },
      () => {
        this.#takeOver();
      },
    ));
    const started = await starting;
    this.#starting = undefined;
    if (started.ok && started.value.isThere) this.#guard = started.value;
    return started;
  }

  /** The guard is gone, or stands still: without one no change stays. */
  #takeOver(): void {
    if (this.#guard === undefined) return;
    this.#guard.kill();
    this.#guard = undefined;
    for (const [change, armed] of this.#waiting) this.#backup.arm(change, armed, 0);
  }

  /** What the helper could not take back before its end goes to a new guard. */
  async #handOver(): Promise<void> {
    const guard = await this.#ensureGuard();
    if (!guard.ok) return;
    for (const [change, armed] of this.#waiting) await guard.value.arm(change, armed, 0);
  }

  /** What came of taking one back; undefined when it was no longer there. */
  async #revert(change: number): Promise<Reverted | undefined> {
    if (!this.#waiting.has(change)) return undefined;
    const reverted = await this.#guard?.revert(change);
    if (reverted === undefined) this.#takeOver();
    const result = reverted === undefined ? this.#backup.revert(change) : reverted;
    if (result === undefined || result === 'gone' || result.refused === undefined) this.#forget(change);
    return result === 'gone' ? undefined : result;
  }

  /** Nothing was changed. */
  async #drop(change: number): Promise<void> {
    const waiting = this.#waiting.get(change);
    this.#forget(change);
    if ((await this.#guard?.keep(change)) === undefined) this.#takeOver();
    this.#backup.keep(change);
    if (waiting !== undefined) this.#register.remove(waiting.entry);
  }

  /** Waits for the guard, and checks on it; returns the deadline. */
  #await(change: number, { entry, undo }: Armed, delayMs: number, extensions = 0): number {
    clearTimeout(this.#waiting.get(change)?.check);
    const check = setTimeout(() => void this.#check(change), delayMs + GRACE_MS);
    const deadlineMs = Date.now() + delayMs;
    this.#waiting.set(change, { entry, undo, check, delayMs, deadlineMs, extensions });
    return deadlineMs;
  }

  /** The time is long up, and the guard has not said anything. */
  async #check(change: number): Promise<void> {
    const reverted = await this.#revert(change);
    if (reverted === undefined) return;
    if (reverted.refused === undefined) this.#events.onReverted(change, reverted);
  }

  #forget(change: number): void {
    clearTimeout(this.#waiting.get(change)?.check);
    this.#waiting.delete(change);
  }
}

function waits(
  change: number,
  deadlineMs: number,
  written: HelperValue['written'] = [],
): Result<HelperValue> {
  return ok({ written, pending: { change, deadlineMs } });
}
