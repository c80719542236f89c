/** Judges the forecast by scenarios: what is shown, second by second, against when memory really was gone. */
import { median } from '../../../shared/forecast/points.ts';
import { LeftSeries } from '../../../src-main/engine/forecast/left-series.ts';
import { ShownForecast } from '../../../src-main/engine/forecast/shown-forecast.ts';
import { Random } from './random.ts';
import { type Scenario, STEP_SECONDS, TOTAL_MIB } from './scenarios.ts';

const MIB = 1024 * 1024;
/** Looked at every half minute, and forty times at least in a life. */
const LOOK_SECONDS = 30;
const LOOKS = 40;
/** Of a death its last hour counts, from twenty minutes after the start; of a day without one everything after the first hour. */
const LAST_SECONDS = 3600;
const SETTLED_SECONDS = 20 * 60;
/** A forecast sooner than this is an alarm; alarms with less than five minutes between them are one. */
const ALARM_SECONDS = 1800;
const SAME_ALARM_LOOKS = 10;

/** How a scenario was judged. Shares are 0 to 1. */
export interface Judged {
  readonly name: string;
  readonly kind: Scenario['kind'];
  /** Looks at which something was said, as a share. */
  readonly said: number;
  /** Of a death: looks at which the truth lay in the span, high through low, and the error of the middle as a share of the truth. */
  readonly covered?: number;
  readonly width?: number;
  readonly error?: number;
  /** Of a death: from when on less than half an hour was said without interruption, as a share of what was possible. */
  readonly lead?: number;
  /** Of a day without one: alarms a day. */
  readonly falseAlarmsPerDay?: number;
}

/** Plays a scenario with so many seeds: odd ones, by which the forecast was tuned, or even ones. */
export function judge(scenario: Scenario, seeds: number, parity: 'odd' | 'even'): Judged {
  const looks: Look[][] = [];
  for (let index = 0; index < seeds; index++) {
    const seed = 2 * index + (parity === 'odd' ? 1 : 2);
    const found = play(scenario, new Random(seed));
    if (found !== undefined) looks.push(found);
  }
  const all = looks.flat();
  const { name, kind } = scenario;
  const said = share(all, ({ shown }) => shown !== undefined);
  if (kind === 'nothing happens') {
    const alarms = looks.reduce((sum, day) => sum + alarmsIn(day), 0);
    const days = (all.length * LOOK_SECONDS) / 86_400;
    return { name, kind, said, falseAlarmsPerDay: alarms / days };
  }
  const spoken = all.flatMap(({ shown, truth }) => (shown === undefined ? [] : [{ ...shown, truth }]));
  return {
    name,
    kind,
    said,
    covered: share(
      spoken,
      ({ lowSeconds, highSeconds, truth }) => lowSeconds <= truth && truth <= highSeconds,
    ),
    width: median(spoken.map(({ lowSeconds, highSeconds }) => highSeconds / Math.max(lowSeconds, 1))),
    error: median(spoken.map(({ seconds, truth }) => Math.abs(seconds - truth) / truth)),
    lead: median(looks.map(leadOf)),
  };
}

interface Look {
  readonly shown:
    { readonly lowSeconds: number; readonly seconds: number; readonly highSeconds: number } | undefined;
  /** Seconds to the end; Infinity where there is none. */
  readonly truth: number;
}

/** Undefined where a death did not come in its time. */
function play({ kind, hours, left, sleeps = [] }: Scenario, random: Random): Look[] | undefined {
  const steps = (hours * 3600) / STEP_SECONDS;
  const curve = left(random, steps);
  const isDeath = kind !== 'nothing happens';
  const end = isDeath ? curve.findIndex((value) => value <= 0) : steps;
  if (end < 0) return undefined;
  const life = end * STEP_SECONDS - SETTLED_SECONDS;
  const every = isDeath ? Math.max(1, Math.min(LOOK_SECONDS, life / LOOKS)) : LOOK_SECONDS;
  const from = isDeath ? Math.max(SETTLED_SECONDS, end * STEP_SECONDS - LAST_SECONDS) : LAST_SECONDS;
  const series = new LeftSeries(TOTAL_MIB * MIB);
  const shown = new ShownForecast();
  const looks: Look[] = [];
  let next = from;
  for (let step = 0; step < end - 1; step++) {
    const seconds = step * STEP_SECONDS;
    if (sleeps.includes(step)) {
      series.cut();
      shown.clear();
    }
    series.add(seconds, Math.max(isDeath ? 0 : 50, curve[step] ?? 0) * MIB);
    const says = shown.take(seconds, series.estimate());
    if (seconds < next) continue;
    next += every;
    looks.push({ shown: says, truth: isDeath ? end * STEP_SECONDS - seconds : Infinity });
  }
  return looks;
}

function alarmsIn(day: readonly Look[]): number {
  let alarms = 0;
  let quietLooks = Infinity;
  for (const { shown } of day) {
    if (shown !== undefined && shown.seconds < ALARM_SECONDS) {
      if (quietLooks > SAME_ALARM_LOOKS) alarms += 1;
      quietLooks = 0;
    } else quietLooks += 1;
  }
  return alarms;
}

function leadOf(looks: readonly Look[]): number {
  const first = looks.findLastIndex(({ shown }) => shown === undefined || shown.seconds >= ALARM_SECONDS) + 1;
  const possible = Math.min(ALARM_SECONDS, looks[0]?.truth ?? 0);
  return Math.min(1, (looks[first]?.truth ?? 0) / possible);
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.length === 0 ? 0 : all.filter(holds).length / all.length;
}
