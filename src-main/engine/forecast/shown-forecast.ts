import { type FallingEstimate } from './left-series.ts';

/** Figures change when the middle has moved by more than this share: sooner is noise, and a text that changes all the time is not read. */
const MOVED = 0.2;
/** And when the span has become as narrow as this share of it. */
const NARROWER = 0.6;
/** Nothing is said only when nothing could be said for so long, and for this share of the time that was left when something could last. */
const HOLD_SECONDS = 10;
const HOLD_SHARE = 0.25;

/** The estimate that is said, when it was made, and when there was one last. */
interface Shown {
  readonly estimate: FallingEstimate;
  readonly madeSeconds: number;
  readonly lastSeconds: number;
}

/** Holds what is said still while the estimates tremble: its end stays where it is, and comes closer as time passes. */
export class ShownForecast {
  #shown: Shown | undefined;

  /** Takes the estimate of a moment; what is to be said then. */
  take(seconds: number, estimate: FallingEstimate | undefined): FallingEstimate | undefined {
    const shown = this.#shown;
    if (estimate === undefined) {
      if (shown !== undefined && isOver(shown, seconds)) this.#shown = undefined;
    } else if (shown === undefined || hasMoved(aged(shown, seconds), estimate)) {
      this.#shown = { estimate, madeSeconds: seconds, lastSeconds: seconds };
    } else {
      // The end stays; how far it fell, and who takes it, is of now.
      this.#shown = { ...shown, estimate: { ...shown.estimate, fall: estimate.fall }, lastSeconds: seconds };
    }
    return this.#shown && aged(this.#shown, seconds);
  }

  /** What was said is over: memory was freed by a kill, or the scope is another. */
  clear(): void {
    this.#shown = undefined;
  }
}

function isOver({ estimate, madeSeconds, lastSeconds }: Shown, nowSeconds: number): boolean {
  const leftSeconds = estimate.seconds - (lastSeconds - madeSeconds);
  return nowSeconds - lastSeconds > Math.min(HOLD_SECONDS, HOLD_SHARE * leftSeconds);
}

/** The same end, as far away as it is now. */
function aged({ estimate, madeSeconds }: Shown, nowSeconds: number): FallingEstimate {
  const left = (seconds: number) => Math.max(0, seconds - (nowSeconds - madeSeconds));
  return {
    ...estimate,
    lowSeconds: left(estimate.lowSeconds),
    seconds: left(estimate.seconds),
    highSeconds: left(estimate.highSeconds),
  };
}

/** Another middle, or a much narrower span. */
function hasMoved(before: FallingEstimate, now: FallingEstimate): boolean {
  const width = ({ lowSeconds, highSeconds }: FallingEstimate) => highSeconds / Math.max(lowSeconds, 1);
  return (
    Math.abs(now.seconds - before.seconds) > MOVED * before.seconds || width(now) < NARROWER * width(before)
  );
}
