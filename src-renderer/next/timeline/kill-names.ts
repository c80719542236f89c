import { type RecordedAlert } from '#shared/model/alert.ts';

/** A kill is recorded within so long of the point of the timeline that counts it. */
const NEAR_MS = 6_000;

/** Who was killed at about a time, by the record; empty where it has no name. */
export function killNames(
  alerts: readonly RecordedAlert[],
  nameOf: (process: { readonly name: string }) => string,
): (timeMs: number) => string {
  const kills = alerts.flatMap(({ timeMs, alert }) => {
    const victim = alert.kind === 'kill' ? alert.victims[0] : undefined;
    return victim === undefined ? [] : [{ timeMs, name: nameOf(victim) }];
  });
  return (timeMs) => {
    const near = kills
      .map((kill) => ({ ...kill, far: Math.abs(kill.timeMs - timeMs) }))
      .filter(({ far }) => far <= NEAR_MS)
      .sort((a, b) => a.far - b.far);
    return near[0]?.name ?? '';
  };
}
