import { type Estimate, estimate, LEAST_DROP_SHARE } from '#shared/forecast/forecast.ts';
import { type Fall, fallIn } from '#shared/forecast/fall.ts';
import { PastFalls } from '#shared/forecast/past-falls.ts';
import { median, type Points } from '#shared/forecast/points.ts';

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

/** An estimate with the fall that it was made from. */
export interface FallingEstimate extends Estimate {
  readonly fall: Fall;
}

/**
 * What was left of a scope over time, at three scales: each second of the last minutes, medians of 15 s of the last hour, and minima of five
 * minutes of the last day, in which a garbage collector's sawtooth is level.
 */
export class LeftSeries {
  readonly #scopeBytes: number;
  readonly #past: PastFalls;
  #minutes = new PointList(MOST_POINTS);
  #hour = new PointList(MOST_POINTS);
  #day = new PointList(MOST_DAY_POINTS);
  #lastSeconds = -Infinity;
  #leftBytes = 0;
  #bucket: number[] = [];
  #bucketEnds = -Infinity;
  #lowest = Infinity;
  #lowestSeconds = -Infinity;
  #lowestEnds = -Infinity;

  constructor(scopeBytes: number) {
    this.#scopeBytes = scopeBytes;
    this.#past = new PastFalls(scopeBytes);
  }

  /** Takes what is left at a moment of a clock that never goes back. More than one reading a second brings nothing. */
  add(seconds: number, leftBytes: number): void {
    if (seconds - this.#lastSeconds < EVERY_SECONDS) return;
    this.#lastSeconds = seconds;
    this.#leftBytes = leftBytes;
    this.#minutes.push(seconds, leftBytes);
    this.#past.add(seconds, leftBytes);
    if (seconds >= this.#bucketEnds) {
      if (this.#bucket.length > 0) this.#hour.push(this.#bucketEnds - HOUR_SECONDS / 2, median(this.#bucket));
      this.#bucket = [];
      this.#bucketEnds = endOf(seconds, HOUR_SECONDS);
    }
    this.#bucket.push(leftBytes);
    if (seconds >= this.#lowestEnds) {
      if (this.#lowest < Infinity) this.#day.push(this.#lowestSeconds, this.#lowest);
      this.#lowest = Infinity;
      this.#lowestEnds = endOf(seconds, DAY_SECONDS);
    }
    if (leftBytes >= this.#lowest) return;
    this.#lowest = leftBytes;
    this.#lowestSeconds = seconds;
  }

  /** Forgets the curve: a kill, new swap or another limit ended it. What was learned of usual falls stays. */
  cut(): void {
    this.#minutes = new PointList(MOST_POINTS);
    this.#hour = new PointList(MOST_POINTS);
    this.#day = new PointList(MOST_DAY_POINTS);
    this.#bucket = [];
    this.#bucketEnds = -Infinity;
    this.#lowest = Infinity;
    this.#lowestEnds = -Infinity;
    this.#past.cut();
  }

  /** When nothing is left if the present fall goes on, by the finest scale that has all of it; undefined where nothing can be said. */
  estimate(): FallingEstimate | undefined {
    return this.#byFine(this.#minutes) ?? this.#byFine(this.#hour) ?? this.#byDay();
  }

  #byFine(points: Points): FallingEstimate | undefined {
    const fall = this.#fall(points, TOLERANCE);
    return fall === undefined || fall.cutOff ? undefined : this.#estimate(fall, this.#leftBytes);
  }

  /** Its points are lows: what would be left in the next low counts, not what is left between two. */
  #byDay(): FallingEstimate | undefined {
    const fall = this.#fall(this.#day, DAY_TOLERANCE);
    if (fall === undefined || fall.blockCount < FEWEST_LOWS) return undefined;
    const nextLow = fall.endBytes - Math.max(fall.laterRate, 0) * (this.#lastSeconds - fall.endSeconds);
    return this.#estimate(fall, Math.max(0, nextLow), true);
  }

  #fall(points: Points, tolerance: number): Fall | undefined {
    return fallIn(points, tolerance * this.#scopeBytes, LEAST_DROP_SHARE * this.#scopeBytes);
  }

  #estimate(fall: Fall, leftBytes: number, ofLows = false): FallingEstimate | undefined {
    const found = estimate(fall, { leftBytes, scopeBytes: this.#scopeBytes, past: this.#past.falls, ofLows });
    return found === undefined ? undefined : { ...found, fall };
  }
}

/** The newest points. */
class PointList implements Points {
  readonly seconds: number[] = [];
  readonly bytes: number[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  push(seconds: number, bytes: number): void {
    this.seconds.push(seconds);
    this.bytes.push(bytes);
    if (this.bytes.length <= this.#most) return;
    this.seconds.shift();
    this.bytes.shift();
  }
}

function endOf(seconds: number, length: number): number {
  return (Math.floor(seconds / length) + 1) * length;
}
