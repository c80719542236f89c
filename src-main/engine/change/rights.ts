import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { type HelperEvent } from '#shared/contract/helper.ts';
import { type Rights } from '#shared/model/change.ts';
import { type Helper } from '../../helper/client/helper.ts';

/** The way to root. */
export interface Elevation {
  /** Whether changes could be made, as far as is known without starting anything. */
  rightsNow(): Rights;
  /** Starts the helper; may ask for a password. */
  start(): Promise<Result<Helper>>;
}

/**
 * Whether this front end may start the helper: when a person asks for a change, only beforehand, or not at all. `other-tree`: what is shown is
 * another machine than the one that would be written to.
 */
export type ChangePolicy =
  'when-asked' | 'other-tree' | { readonly readOnly: true; readonly command?: string };

/** Holds the helper: starts it when the first change needs it, knows whether changes are possible, and says when that changes. */
export class ChangeRights {
  readonly #elevation: Elevation;
  readonly #policy: ChangePolicy;
  readonly #onChange: (rights: Rights) => void;
  readonly #onEvent: (event: HelperEvent) => void;
  readonly #onEnd: () => void;
  readonly #onStart: (helper: Helper) => void;
  #helper: Helper | undefined;
  #starting: Promise<Result<Helper>> | undefined;
  #failure: Failure | undefined;

  constructor(options: {
    readonly elevation: Elevation;
    readonly policy: ChangePolicy;
    readonly onChange: (rights: Rights) => void;
    readonly onEvent: (event: HelperEvent) => void;
    readonly onEnd: () => void;
    /** Hears of a helper that has just started. */
    readonly onStart?: (helper: Helper) => void;
  }) {
    this.#elevation = options.elevation;
    this.#policy = options.policy;
    this.#onChange = options.onChange;
    this.#onEvent = options.onEvent;
    this.#onEnd = options.onEnd;
    this.#onStart = options.onStart ?? (() => undefined);
  }

  get rights(): Rights {
    if (this.#policy !== 'when-asked') {
      const command = this.#policy === 'other-tree' ? undefined : this.#policy.command;
      return { state: 'read-only', ...(command === undefined ? {} : { command }) };
    }
    if (this.#helper !== undefined) {
      return { state: 'allowed', via: this.#helper.via, sysResource: this.#helper.hello.sysResource };
    }
    const now = this.#elevation.rightsNow();
    if (this.#failure === undefined) return now;
    return { state: 'failed', error: this.#failure, command: 'command' in now ? now.command : '' };
  }

  /** True once the helper runs: no password is needed any more. */
  get helperRuns(): boolean {
    return this.#helper !== undefined;
  }

  /** Fails where this front end may not change anything; everything that writes asks this first. */
  mayChange(): Result<null> {
    if (this.#policy === 'when-asked') return ok(null);
    if (this.#policy === 'other-tree') return fail('not-asked', { why: 'other-tree' });
    return fail('read-only', { command: this.#policy.command });
  }

  /** The running helper, started if it has to be. Who asks at the same time waits for the same start: one password, not two. */
  helper(): Promise<Result<Helper>> {
    const allowed = this.mayChange();
    if (!allowed.ok) return Promise.resolve(allowed);
    if (this.#helper !== undefined) return Promise.resolve(ok(this.#helper));
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Ends the helper. What waits to be confirmed is taken back by it, and heard of as its end. */
  async close(): Promise<void> {
    await this.#helper?.close();
  }

  async #start(): Promise<Result<Helper>> {
    const started = await this.#elevation.start();
    if (!started.ok) {
      this.#failure = started.error;
      this.#onChange(this.rights);
      return started;
    }
    const helper = started.value;
    this.#failure = undefined;
    this.#helper = helper;
    helper.onEvent(this.#onEvent);
    this.#onStart(helper);
    void helper.ended.then(() => {
      if (this.#helper !== helper) return;
      this.#helper = undefined;
      this.#onEnd();
      this.#onChange(this.rights);
    });
    this.#onChange(this.rights);
    return started;
  }
}
