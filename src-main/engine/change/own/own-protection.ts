import { type Applied } from '#shared/contract/change.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type AdjChange, type Rights } from '#shared/model/change.ts';
import { type OwnStanding } from '#shared/model/own-process.ts';
import { type Unplanned } from '#shared/model/planned-change.ts';
import { processKey } from '#shared/model/process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { ownChanges, ownStanding } from './own-processes.ts';

/** Chromium writes its own value right after the start of a child: what comes before that would be lost. */
const SETTLED_MS = 2_000;
/** How often a process is tried whose value was another one meanwhile. */
const TRIES = 3;

export interface OwnProtectionOptions {
  /** The main process, by its pid in /proc. */
  readonly mainPid: number;
  /** What the user said: again for each new process. */
  readonly isWanted: () => boolean;
  readonly rights: () => Rights;
  readonly snapshot: () => Result<Snapshot>;
  readonly apply: (changes: readonly AdjChange[]) => Promise<Result<Applied>>;
}

/**
 * Protection of Lifeboat's own processes: their places, and lower values when the user asks for it. Never asks for root by itself: new
 * processes wait until changes are allowed.
 */
export class OwnProtection {
  readonly #options: OwnProtectionOptions;
  /** When each that is not protected was seen first, and how often it was tried. */
  #waiting = new Map<string, { readonly sinceMs: number; readonly tries: number }>();
  /** Those that were written once: a user who reverts that means it. */
  readonly #done = new Set<string>();
  #lookedMs = -Infinity;
  #isBusy = false;

  constructor(options: OwnProtectionOptions) {
    this.#options = options;
  }

  standing(): Result<Unplanned<OwnStanding>> {
    const snapshot = this.#options.snapshot();
    return snapshot.ok ? ok(ownStanding(snapshot.value, this.#options.mainPid)) : snapshot;
  }

  /** Protects those that a standing showed, now. May ask for root. */
  protect({ changes }: Pick<OwnStanding, 'changes'>): Promise<Result<Applied>> {
    const { apply } = this.#options;
    if (changes.length > 0) return apply(changes);
    return Promise.resolve(fail('not-found', { what: 'unprotected' }));
  }

  /** Takes a reading: protects the processes that are new since the last one, where the user wants that and no password is needed. */
  async take(snapshot: Snapshot): Promise<void> {
    const { isWanted, rights, mainPid, apply } = this.#options;
    const nowMs = snapshot.monotonicMs;
    if (this.#isBusy || !isWanted() || nowMs - this.#lookedMs < SETTLED_MS) return;
    if (rights().state !== 'allowed') return;
    this.#lookedMs = nowMs;
    const changes = ownChanges(snapshot, mainPid).filter((change) => !this.#done.has(processKey(change)));
    const before = this.#waiting;
    const due: AdjChange[] = [];
    this.#waiting = new Map(
      changes.map((change) => {
        const { sinceMs, tries } = before.get(processKey(change)) ?? { sinceMs: nowMs, tries: 0 };
        const isDue = nowMs - sinceMs >= SETTLED_MS && tries < TRIES;
        if (isDue) due.push(change);
        return [processKey(change), { sinceMs, tries: isDue ? tries + 1 : tries }];
      }),
    );
    if (due.length === 0) return;
    this.#isBusy = true;
    const applied = await apply(due).finally(() => {
      this.#isBusy = false;
    });
    if (!applied.ok) return;
    for (const outcome of applied.value.outcomes) {
      if (outcome.error === undefined) this.#done.add(processKey(outcome));
    }
  }
}
