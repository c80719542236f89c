/** Plays what was left of a scope of a real kernel, recorded in the lab, to the forecast. */
import { LeftSeries } from '../../../src-main/engine/forecast/left-series.ts';
import { ShownForecast } from '../../../src-main/engine/forecast/shown-forecast.ts';
import { type RecordedDeath } from '../../kernel/forecast/fixture.ts';

/** A moment at which something was said, and how long it really lasted from then on. */
export interface SpokenLook {
  readonly lowSeconds: number;
  readonly seconds: number;
  readonly highSeconds: number;
  readonly truth: number;
}

/** Every look of a life at which something is said. */
export function playRecorded({ scopeBytes, beganSeconds, killedSeconds, seconds, bytes }: RecordedDeath): {
  readonly looks: number;
  readonly spoken: readonly SpokenLook[];
} {
  const series = new LeftSeries(scopeBytes);
  const shown = new ShownForecast();
  const spoken: SpokenLook[] = [];
  let looks = 0;
  seconds.forEach((at, i) => {
    series.add(at, bytes[i] ?? 0);
    const says = shown.take(at, series.estimate());
    if (at <= beganSeconds) return;
    looks += 1;
    if (says !== undefined) spoken.push({ ...says, truth: killedSeconds - at });
  });
  return { looks, spoken };
}
