import { median, type Points } from '#shared/forecast/points.ts';

/** The newest points. */
export class PointList implements Points {
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

/** A point every so many seconds: the median of the readings of that time. */
export class Medians {
  readonly points: PointList;
  readonly #everySeconds: number;
  #readings: number[] = [];
  #endsSeconds = -Infinity;

  constructor(everySeconds: number, most: number) {
    this.#everySeconds = everySeconds;
    this.points = new PointList(most);
  }

  add(seconds: number, bytes: number): void {
    if (seconds >= this.#endsSeconds) {
      const middle = this.#endsSeconds - this.#everySeconds / 2;
      if (this.#readings.length > 0) this.points.push(middle, median(this.#readings));
      this.#readings = [];
      this.#endsSeconds = endOf(seconds, this.#everySeconds);
    }
    this.#readings.push(bytes);
  }
}

/** A point every so many seconds: the lowest reading of that time, at its moment. A garbage collector's sawtooth is level in them. */
export class Lows {
  readonly points: PointList;
  readonly #everySeconds: number;
  #lowest: { readonly seconds: number; readonly bytes: number } | undefined;
  #endsSeconds = -Infinity;

  constructor(everySeconds: number, most: number) {
    this.#everySeconds = everySeconds;
    this.points = new PointList(most);
  }

  add(seconds: number, bytes: number): void {
    if (seconds >= this.#endsSeconds) {
      if (this.#lowest !== undefined) this.points.push(this.#lowest.seconds, this.#lowest.bytes);
      this.#lowest = undefined;
      this.#endsSeconds = endOf(seconds, this.#everySeconds);
    }
    if (this.#lowest === undefined || bytes < this.#lowest.bytes) this.#lowest = { seconds, bytes };
  }
}

function endOf(seconds: number, length: number): number {
  return (Math.floor(seconds / length) + 1) * length;
}
