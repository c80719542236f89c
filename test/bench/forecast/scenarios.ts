/**
 * What is left of a machine of 16 GiB over some hours, in MiB: days on which nothing happens, slow deaths and fast ones. Every one has the noise of a
 * desktop, which comes and goes within minutes.
 */
import { type Random } from './random.ts';

/** Time between two readings: that of the monitor without a client. */
export const STEP_SECONDS = 2;
export const TOTAL_MIB = 16_384;
/** A death begins so long after the start. */
const CALM_SECONDS = 20 * 60;

export interface Scenario {
  readonly name: string;
  readonly kind: 'nothing happens' | 'slow death' | 'fast death';
  readonly hours: number;
  readonly left: (random: Random, steps: number) => Float64Array;
  /** Steps at which the machine slept, for a scenario in which it did. */
  readonly sleeps?: readonly number[];
}

const steps = (seconds: number) => Math.round(seconds / STEP_SECONDS);
const CALM = steps(CALM_SECONDS);

/** Around 40 MiB that last for two or three minutes, and 6 MiB that do not. */
function noise(random: Random, count: number): Float64Array {
  const keeps = Math.exp(-STEP_SECONDS / 150);
  let slow = 40 * random.normal();
  return Float64Array.from({ length: count }, () => {
    slow = keeps * slow + 40 * Math.sqrt(1 - keeps * keeps) * random.normal();
    return slow + 6 * random.normal();
  });
}

/** A curve with noise. `at` gets the steps since the start. */
function noisy(random: Random, count: number, at: (step: number) => number): Float64Array {
  return noise(random, count).map((value, step) => value + at(step));
}

/** Takes memory from some steps on: `taken` gets the steps since then. */
function dying(from: number, taken: (since: number, random: Random) => number) {
  return (random: Random, count: number) =>
    noisy(random, count, (step) => from - (step < CALM ? 0 : taken(step - CALM, random)));
}

const leak = (mibPerMinute: number) => dying(6000, (since) => (since * STEP_SECONDS * mibPerMinute) / 60);

function randomWalk(random: Random, count: number): Float64Array {
  let value = 6000;
  return Float64Array.from({ length: count }, () => {
    value += 6 * Math.sqrt(STEP_SECONDS / 3) * random.normal();
    if (value < 1500) value = 3000 - value;
    if (value > 12_000) value = 24_000 - value;
    return value + 6 * random.normal();
  });
}

/** Programs take 0.5 to 2.5 GiB within minutes, stay for some 40, and end. None starts that would not fit. */
function programsStart(random: Random, count: number): Float64Array {
  let left = new Float64Array(count).fill(9000);
  for (let at = 0; ;) {
    at += steps(60) + Math.floor(random.exponential(steps(25 * 60)));
    if (at >= count) break;
    const size = random.between(500, 2500);
    const loading = Math.floor(random.between(steps(45), steps(240)));
    const ends = at + loading + Math.floor(random.exponential(steps(40 * 60)));
    const from = at;
    const less = left.map((value, step) =>
      step < from || step >= ends ? value : value - size * Math.min(1, (step - from) / loading),
    );
    if (less.every((value) => value > 800)) left = less;
  }
  return noisy(random, count, (step) => left[step] ?? 0);
}

/** A build now and then: 3 to 4.5 GiB within four to eight minutes, all given back at its end. */
function builds(random: Random, count: number): Float64Array {
  const left = new Float64Array(count).fill(6500);
  for (let at = 0; ;) {
    at += steps(300) + Math.floor(random.exponential(steps(30 * 60)));
    const lasts = Math.floor(random.between(steps(240), steps(480)));
    if (at + lasts >= count) break;
    const size = random.between(3000, 4500);
    for (let step = 0; step < lasts; step++) left[at + step] = 6500 - (size * step) / lasts;
    at += lasts;
  }
  return noisy(random, count, (step) => left[step] ?? 0);
}

function sawtooth(random: Random, count: number): Float64Array {
  const period = random.between(steps(60), steps(420));
  const size = random.between(300, 1500);
  const phase = random.next();
  return noisy(random, count, (step) => 5000 - size * ((step / period + phase) % 1));
}

function sawtoothWithLeak(random: Random, count: number): Float64Array {
  const period = random.between(steps(60), steps(300));
  const size = random.between(300, 900);
  const perStep = (random.between(15, 60) * STEP_SECONDS) / 60;
  return noisy(
    random,
    count,
    (step) => 6500 - size * ((step / period) % 1) - Math.max(0, step - CALM) * perStep,
  );
}

function cacheFills(random: Random, count: number): Float64Array {
  const time = random.between(steps(600), steps(3600));
  const share = random.between(0.6, 0.9);
  return noisy(random, count, (step) => 6000 - 6000 * share * (1 - Math.exp(-step / time)));
}

function leakInSteps(random: Random, count: number): Float64Array {
  let next = CALM;
  let left = 6000;
  return noisy(random, count, (step) => {
    if (step >= next) {
      left -= random.between(40, 160);
      next += Math.floor(random.between(steps(30), steps(150)));
    }
    return left;
  });
}

function accelerating(random: Random, count: number): Float64Array {
  const life = random.between(steps(25 * 60), steps(90 * 60));
  return dying(6000, (since) => 6000 * (since / life) ** 2)(random, count);
}

function forkStorm(random: Random, count: number): Float64Array {
  const doubles = random.between(steps(20), steps(60));
  return dying(6000, (since) => 20 * (2 ** (since / doubles) - 1))(random, count);
}

/** It slept after an hour of a leak that is gone when it wakes, with another level. */
const sleepsOften: Scenario['left'] = (random, count) => {
  const hour = steps(3600);
  return noisy(random, count, (step) => (Math.floor(step / hour) % 2 === 0 ? 6000 : 5200));
};

/** Every half hour caches are dropped by hand, or a virtual machine gives memory back: what is left rises at once and comes down slowly. */
const givenBack: Scenario['left'] = (random, count) => {
  const half = steps(1800);
  return noisy(random, count, (step) => 5000 + 1500 * Math.exp(-(step % half) / (half / 4)));
};

/** Files copied to tmpfs, 1 to 3 GiB in one to three minutes, and removed a while later. */
function tmpfs(random: Random, count: number): Float64Array {
  const left = new Float64Array(count).fill(7000);
  for (let at = 0; ;) {
    at += steps(600) + Math.floor(random.exponential(steps(2400)));
    const copying = Math.floor(random.between(steps(60), steps(180)));
    const ends = at + copying + Math.floor(random.exponential(steps(1200)));
    if (ends >= count) break;
    const size = random.between(1000, 3000);
    for (let step = at; step < ends; step++) left[step] = 7000 - size * Math.min(1, (step - at) / copying);
    at = ends;
  }
  return noisy(random, count, (step) => left[step] ?? 0);
}

const hourly = (hours: number) => Array.from({ length: hours - 1 }, (_, i) => steps((i + 1) * 3600));

export const SCENARIOS: readonly Scenario[] = [
  { name: 'quiet', kind: 'nothing happens', hours: 6, left: (r, n) => noisy(r, n, () => 6000) },
  { name: 'random walk', kind: 'nothing happens', hours: 6, left: randomWalk },
  { name: 'programs start', kind: 'nothing happens', hours: 24, left: programsStart },
  { name: 'garbage collector', kind: 'nothing happens', hours: 6, left: sawtooth },
  { name: 'builds', kind: 'nothing happens', hours: 24, left: builds },
  { name: 'a cache fills', kind: 'nothing happens', hours: 6, left: cacheFills },
  { name: 'sleeps', kind: 'nothing happens', hours: 6, left: sleepsOften, sleeps: hourly(6) },
  { name: 'memory given back', kind: 'nothing happens', hours: 6, left: givenBack },
  { name: 'tmpfs filled and emptied', kind: 'nothing happens', hours: 24, left: tmpfs },
  { name: 'leak, 15 MiB a minute', kind: 'slow death', hours: 9, left: leak(15) },
  { name: 'leak, 30 MiB a minute', kind: 'slow death', hours: 9, left: leak(30) },
  { name: 'leak, 60 MiB a minute', kind: 'slow death', hours: 9, left: leak(60) },
  { name: 'leak, 100 MiB a minute', kind: 'slow death', hours: 9, left: leak(100) },
  { name: 'leak in steps', kind: 'slow death', hours: 9, left: leakInSteps },
  { name: 'garbage collector and leak', kind: 'slow death', hours: 9, left: sawtoothWithLeak },
  { name: 'leak, 300 MiB a minute', kind: 'fast death', hours: 2, left: leak(300) },
  { name: 'runaway, 1.5 GiB a minute', kind: 'fast death', hours: 1, left: leak(1500) },
  { name: 'runaway, 3 GiB a minute', kind: 'fast death', hours: 1, left: leak(3000) },
  { name: 'accelerating', kind: 'fast death', hours: 3, left: accelerating },
  { name: 'fork storm', kind: 'fast death', hours: 1, left: forkStorm },
];
