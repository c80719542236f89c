import { type Alert, type MemoryLevel, type PressureAlert } from '#shared/model/alert.ts';
import { type MemoryState } from '#shared/model/memory.ts';
import { type Thresholds } from '#shared/model/settings.ts';

/** Beyond its threshold by this factor, memory is critical. */
const CRITICAL = 2;
/** What crossed a threshold has to come back this far behind it before it can cross it again: a quarter of it. */
const WAY_BACK = 0.25;

/** One figure against its threshold, which it does not cross again by trembling on it. */
class Line {
  #crossed = false;

  get crossed(): boolean {
    return this.#crossed;
  }

  /** `excess` is 1 at the threshold and grows as it gets worse. Answers whether it has just crossed it. */
  take(excess: number | undefined): boolean {
    const before = this.#crossed;
    if (excess === undefined) this.#crossed = false;
    else if (excess > 1) this.#crossed = true;
    else if (excess < 1 - WAY_BACK) this.#crossed = false;
    return this.#crossed && !before;
  }
}

/** Watches memory against the thresholds: how it stands, and when it has crossed one for the worse. */
export class MemoryWatch {
  readonly #available = new Line();
  readonly #waiting = new Line();
  #level: MemoryLevel = 'calm';

  get level(): MemoryLevel {
    return this.#level;
  }

  /** Takes a reading; what was crossed with it. */
  take(memory: MemoryState, thresholds: Thresholds, next: PressureAlert['next']): readonly Alert[] {
    const { availablePercent, pressurePercent } = thresholds;
    const share = (100 * memory.availableBytes) / Math.max(1, memory.totalBytes);
    const some10 = memory.pressure?.some10;
    const lacking = availablePercent / Math.max(share, 0.01);
    const waiting = some10 === undefined ? undefined : some10 / pressurePercent;
    const crossed: PressureAlert['what'][] = [];
    if (this.#available.take(lacking)) crossed.push('available');
    if (this.#waiting.take(waiting)) crossed.push('waiting');
    const isTight = this.#available.crossed || this.#waiting.crossed;
    const worst = Math.max(this.#available.crossed ? lacking : 0, this.#waiting.crossed ? (waiting ?? 0) : 0);
    this.#level = !isTight ? 'calm' : worst >= CRITICAL ? 'critical' : 'tight';
    return crossed.map((what): PressureAlert => ({
      kind: 'pressure',
      what,
      thresholdPercent: what === 'available' ? availablePercent : pressurePercent,
      availableBytes: memory.availableBytes,
      totalBytes: memory.totalBytes,
      ...(memory.swap === undefined ? {} : { swapFreeBytes: memory.swap.freeBytes }),
      ...(some10 === undefined ? {} : { waitingPercent: some10 }),
      ...(next === undefined ? {} : { next }),
    }));
  }
}
