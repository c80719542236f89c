import { type Forecast } from '#shared/model/forecast.ts';
import { type GroupPoint } from '#shared/model/owners/group.ts';

export const WIDTH = 304;
export const HEIGHT = 96;
const ABOVE = 12;
/** The part of the width that is ahead, where something is forecast. */
const AHEAD = 0.24;

/** What is drawn, in the units of the picture. */
export interface Drawn {
  readonly line: string;
  /** Where now is, and how high the memory is there. */
  readonly now: { readonly x: number; readonly y: number };
  readonly limitY: number;
  /** From now to the limit, between the soonest and the latest. */
  readonly cone?: string;
  readonly pastSeconds: number;
  readonly aheadSeconds?: number;
}

/** The curve of a group below its limit; undefined with fewer than two points. */
export function drawGroup(
  points: readonly GroupPoint[],
  limitBytes: number,
  forecast: Pick<Forecast, 'lowSeconds' | 'highSeconds'> | undefined,
): Drawn | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || last.timeMs <= first.timeMs) return undefined;
  const most = Math.max(limitBytes, ...points.map(({ bytes }) => bytes));
  const yOf = (bytes: number) => HEIGHT - (bytes / most) * (HEIGHT - ABOVE);
  const pastMs = last.timeMs - first.timeMs;
  const nowX = forecast === undefined ? WIDTH : WIDTH * (1 - AHEAD);
  const xOf = (timeMs: number) => ((timeMs - first.timeMs) / pastMs) * nowX;
  const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const line = points
    .map(({ timeMs, bytes }, index) => `${index === 0 ? 'M' : 'L'}${at(xOf(timeMs), yOf(bytes))}`)
    .join('');
  const now = { x: nowX, y: yOf(last.bytes) };
  const limitY = yOf(limitBytes);
  const drawn = { line, now, limitY, pastSeconds: pastMs / 1000 };
  if (forecast === undefined) return drawn;
  const aheadSeconds = Math.max(1, forecast.highSeconds);
  const ahead = (seconds: number) => nowX + (seconds / aheadSeconds) * (WIDTH - nowX);
  const corners = [
    at(now.x, now.y),
    ...[forecast.lowSeconds, forecast.highSeconds].map((end) => at(ahead(end), limitY)),
  ];
  const cone = `M${corners.join('L')}Z`;
  return { ...drawn, cone, aheadSeconds };
}
