import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '#shared/result.ts';
import { type PlannedChange, type PlannedWrite } from '#shared/model/planned-change.ts';

/** More previews than people can look at; the oldest are forgotten. */
const MOST_KEPT = 256;

/** What previews have shown, kept so that exactly that can be applied. */
export class PlannedChanges<Preview extends object> {
  readonly #kept = new Map<string, Preview & PlannedChange>();
  readonly #nowMs: () => number;
  /** Ids of a Lifeboat that ran before are no ids of this one. */
  readonly #run = randomBytes(6).toString('hex');
  #count = 0;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  /** Gives a preview its id and its time, and keeps it. */
  add<P extends Preview>(preview: P, writes: readonly PlannedWrite[]): P & PlannedChange {
    this.#count += 1;
    const planned = { ...preview, id: `${this.#run}-${this.#count}`, computedAtMs: this.#nowMs(), writes };
    this.#kept.set(planned.id, planned);
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(id);
    }
    return planned;
  }

  /** The preview of that id; `changed-meanwhile` where it was never shown, or is long forgotten. */
  find(id: string): Result<Preview & PlannedChange> {
    const planned = this.#kept.get(id);
    return planned === undefined ? fail('changed-meanwhile', { what: 'preview' }) : ok(planned);
  }
}
