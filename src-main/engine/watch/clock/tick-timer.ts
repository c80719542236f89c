/** What sets timers: each function returns what stops its timer. Tests bring their own. */
export interface Timers {
  readonly schedule: (callback: () => void, delayMs: number) => () => void;
  readonly repeat: (callback: () => void, everyMs: number) => () => void;
}

const NODE_TIMERS: Timers = {
  schedule: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  repeat: (callback, everyMs) => {
    const timer = setInterval(callback, everyMs);
    return () => {
      clearInterval(timer);
    };
  },
};

/** The timer of the next tick, and of the checks before it. */
export class TickTimer {
  readonly #timers: Timers;
  #stopTick: (() => void) | undefined;
  #stopChecks: (() => void) | undefined;

  constructor(timers: Partial<Timers> = {}) {
    this.#timers = { ...NODE_TIMERS, ...timers };
  }

  /** Plans the next tick in place of the one that was planned; ends the checks. */
  plan(tick: () => void, delayMs: number): void {
    this.stop();
    this.#stopTick = this.#timers.schedule(tick, delayMs);
  }

  /** Checks until the next `plan`. */
  check(check: () => void, everyMs: number): void {
    this.#stopChecks = this.#timers.repeat(check, everyMs);
  }

  stopChecks(): void {
    this.#stopChecks?.();
    this.#stopChecks = undefined;
  }

  stop(): void {
    this.#stopTick?.();
    this.#stopTick = undefined;
    this.stopChecks();
  }
}
