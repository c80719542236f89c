import { type Estimate, estimate, LEAST_DROP_SHARE } from '#shared/forecast/forecast.ts';
import { type Fall, fallIn } from '#shared/forecast/fall.ts';
import { growthRate } from '#shared/forecast/growth.ts';
import { PastFalls } from '#shared/forecast/past-falls.ts';
import { type Points } from '#shared/forecast/points.ts';
import { Lows, Medians, PointList } from './point-list.ts';

/** What is kept of each of the three: four minutes, an hour, a day. */
const MOST_POINTS = 240;
const MOST_DAY_POINTS = 288;
const EVERY_SECONDS = 1;
const HOUR_SECONDS = 15;
const DAY_SECONDS = 300;
/** Fewer lows than this may be those of one program that starts. */
const FEWEST_LOWS = 6;
/** How far a point may lie below a later one within a fall, as a share of the scope's memory. */
const TOLERANCE = 0.006;
const DAY_TOLERANCE = 0.01;
/** The memory of a process that was killed is free within so long. */
const FREED_SECONDS = 5;

/** An estimate with the fall that it was made from. */
export interface FallingEstimate extends Estimate {
  readonly fall: Fall;
}

/**
 * What was left of a scope over time, at three scales: each second of the last minutes, medians of 15 s of the last hour, and lows of five
 * minutes of the last day.
 */
export class LeftSeries {
  readonly #scopeBytes: number;
  readonly #past: PastFalls;
  #minutes = new PointList(MOST_POINTS);
  #hour = new Medians(HOUR_SECONDS, MOST_POINTS);
  #day = new Lows(DAY_SECONDS, MOST_DAY_POINTS);
  readonly #falls = new WeakMap<Points, { readonly lastSeconds: number; readonly fall: Fall | undefined }>();
  #lastSeconds = -Infinity;
  #leftBytes = 0;
  /** What was left when the kernel killed last, while what that frees may still come. */
  #kill: { readonly untilSeconds: number; readonly leftBytes: number } | undefined;

  constructor(scopeBytes: number) {
    this.#scopeBytes = scopeBytes;
    this.#past = new PastFalls(scopeBytes);
  }

  /** Takes what is left at a moment of a clock that never goes back. True where it was due: more than one reading a second brings nothing. */
  add(seconds: number, leftBytes: number): boolean {
    if (seconds - this.#lastSeconds < EVERY_SECONDS) return false;
    this.#lastSeconds = seconds;
    this.#leftBytes = leftBytes;
    if (this.#hasFreed(seconds, leftBytes)) this.#restart();
    this.#minutes.push(seconds, leftBytes);
    this.#hour.add(seconds, leftBytes);
    this.#day.add(seconds, leftBytes);
    this.#past.add(seconds, leftBytes);
    return true;
  }

  /** The kernel killed: a fall that ends now did not stop by itself. Where that frees much, what was before says nothing any more. */
  killed(): void {
    this.#kill = { untilSeconds: this.#lastSeconds + FREED_SECONDS, leftBytes: this.#leftBytes };
    this.#past.cut();
  }

  /** Forgets the curve: the machine slept. What was learned of usual falls stays. */
  cut(): void {
    this.#restart();
    this.#past.cut();
  }

  #restart(): void {
    this.#kill = undefined;
    this.#minutes = new PointList(MOST_POINTS);
    this.#hour = new Medians(HOUR_SECONDS, MOST_POINTS);
    this.#day = new Lows(DAY_SECONDS, MOST_DAY_POINTS);
  }

  #hasFreed(seconds: number, leftBytes: number): boolean {
    if (this.#kill === undefined || seconds > this.#kill.untilSeconds) return false;
    return leftBytes - this.#kill.leftBytes > LEAST_DROP_SHARE * this.#scopeBytes;
  }

  /** Medians of 15 s of the last hour, and the newest reading behind them. */
  get lastHour(): Points {
    const { seconds, bytes } = this.#hour.points;
    if (this.#lastSeconds <= (seconds.at(-1) ?? -Infinity)) return { seconds, bytes };
    return { seconds: [...seconds, this.#lastSeconds], bytes: [...bytes, this.#leftBytes] };
  }

  /** What of it goes, in bytes a second over the last five minutes; undefined where there is too little to say, or it is noise. */
  growthRate(): number | undefined {
    const rate = growthRate(this.#hour.points);
    return rate === undefined ? undefined : -rate;
  }

  /** When nothing is left if the present fall goes on, by the finest scale that has all of it; undefined where nothing can be said. */
  estimate(): FallingEstimate | undefined {
    const hour = this.#hour.points;
    return this.#byFine(this.#minutes, hour) ?? this.#byFine(hour, this.#day.points) ?? this.#byDay();
  }

  /** A fall that may have begun before the points did is left to the coarser ones, where these go back further. */
  #byFine(points: Points, coarser: Points): FallingEstimate | undefined {
    const fall = this.#fall(points, TOLERANCE);
    if (fall === undefined) return undefined;
    // The newest of the coarser points is some seconds old.
    const isOver = this.#leftBytes > (points.bytes.at(-1) ?? 0) + TOLERANCE * this.#scopeBytes;
    if (isOver) return undefined;
    const goesBack = (coarser.seconds[0] ?? Infinity) < (points.seconds[0] ?? 0);
    return fall.cutOff && goesBack ? undefined : this.#estimate(fall, this.#leftBytes);
  }

  /** Its points are lows: what would be left in the next low counts, not what is left between two. */
  #byDay(): FallingEstimate | undefined {
    const fall = this.#fall(this.#day.points, DAY_TOLERANCE);
    if (fall === undefined || fall.blockCount < FEWEST_LOWS) return undefined;
    const nextLow = fall.endBytes - Math.max(fall.laterRate, 0) * (this.#lastSeconds - fall.endSeconds);
    return this.#estimate(fall, Math.max(0, nextLow), true);
  }

  /** The coarse ones change rarely: what was found in the same points is found again. */
  #fall(points: Points, tolerance: number): Fall | undefined {
    const lastSeconds = points.seconds.at(-1) ?? 0;
    const known = this.#falls.get(points);
    if (known?.lastSeconds === lastSeconds) return known.fall;
    const fall = fallIn(points, tolerance * this.#scopeBytes, LEAST_DROP_SHARE * this.#scopeBytes);
    this.#falls.set(points, { lastSeconds, fall });
    return fall;
  }

  #estimate(fall: Fall, leftBytes: number, ofLows = false): FallingEstimate | undefined {
    const found = estimate(fall, {
      leftBytes,
      scopeBytes: this.#scopeBytes,
      past: this.#past.falls,
      ofLows,
    });
    return found === undefined ? undefined : { ...found, fall };
  }
}
