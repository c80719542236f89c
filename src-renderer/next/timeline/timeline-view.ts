import { type TimelinePoint } from '#shared/contract/watch.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type Words } from '#shared/words/index.ts';

/** What the chart shows. */
export interface TimelineView {
  readonly points: readonly TimelinePoint[];
  readonly nowMs: number;
  readonly spanMs: number;
  readonly totalBytes: number;
  readonly swapTotalBytes: number | undefined;
  readonly pressure: boolean;
  /** Memory that is left when another killer acts, with its name. */
  readonly lines: readonly KillerLine[];
  /** When memory is used up, in seconds from now. */
  readonly forecast: Pick<Forecast, 'lowSeconds' | 'highSeconds'> | undefined;
  /** Who was killed at about this time; empty where that is not known. */
  readonly killedAt: (timeMs: number) => string;
  readonly words: Words['timeline'];
}

/** The line of memory from which another program kills. */
export interface KillerLine {
  readonly name: string;
  readonly availableBytes: number;
}
