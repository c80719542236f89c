import { type KillAlert, type RecordedAlert } from '../model/alert.ts';

/** How forecasts that were notified have fared, each counted once. */
export interface Fared {
  /** Followed by a kill within their span. */
  readonly right: number;
  /** Followed by a kill sooner or later than they said. */
  readonly wrong: number;
  /** No kill followed: the fall stopped, or was stopped. */
  readonly unfollowed: number;
}

/** A kill is looked for until so many times the span's end, and seen so much later than it came. */
const LOOK_TIMES = 2;
const SEEN_LATER_MS = 3_000;

/**
 * Compares the forecasts of the record with the kills in it. Those that are not over yet do not count, nor those of a machine on which another
 * killer was to act first.
 */
export function forecastsFared(alerts: readonly RecordedAlert[], nowMs: number): Fared {
  const fared = { right: 0, wrong: 0, unfollowed: 0 };
  for (const { timeMs, alert } of alerts) {
    if (alert.kind !== 'forecast' || alert.forecast.killer !== undefined) continue;
    const { lowSeconds, highSeconds } = alert.forecast;
    const untilMs = timeMs + LOOK_TIMES * highSeconds * 1000 + SEEN_LATER_MS;
    const kills = alerts.filter(
      (other) =>
        other.alert.kind === 'kill' &&
        other.timeMs >= timeMs &&
        other.timeMs <= untilMs &&
        isThere(other.alert, alert.path),
    );
    const first = kills.reduce((least, kill) => Math.min(least, kill.timeMs), Infinity);
    if (first === Infinity) {
      if (nowMs > untilMs) fared.unfollowed += 1;
      continue;
    }
    const afterMs = first - timeMs;
    const inSpan =
      afterMs >= lowSeconds * 1000 - SEEN_LATER_MS && afterMs <= highSeconds * 1000 + SEEN_LATER_MS;
    if (inSpan) fared.right += 1;
    else fared.wrong += 1;
  }
  return fared;
}

/** A kill of which nothing says where memory had run out counts for the machine. */
function isThere({ scope }: KillAlert, path: string | undefined): boolean {
  if (path === undefined) return scope === undefined || scope.kind === 'global' || scope.kind === 'nodes';
  return scope?.kind === 'cgroup' && scope.path === path;
}
