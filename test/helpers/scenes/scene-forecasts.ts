import { type Forecast } from '#shared/model/forecast.ts';
import { GIB, MIB } from './scene-machine.ts';

/** A fall of which one process takes the most. */
export const javaTakesIt: Forecast = {
  lowSeconds: 1080,
  middleSeconds: 1560,
  highSeconds: 2460,
  fallingSeconds: 1260,
  fellBytes: 2.1 * GIB,
  taker: {
    kind: 'process',
    process: { pid: 48213, startTicks: 9_000, name: 'java' },
    tookBytes: 1.9 * GIB,
  },
};

/** One of which many take their part, and of which earlyoom makes an end before the kernel does. */
export const nearlyGone: Forecast = {
  lowSeconds: 30,
  middleSeconds: 48,
  highSeconds: 95,
  fallingSeconds: 70,
  fellBytes: 4.2 * GIB,
  killer: { name: 'earlyoom', lowSeconds: 0, highSeconds: 12 },
};

/** What is said of a cgroup with a limit. */
const jenkinsForecast: Forecast = {
  lowSeconds: 260,
  middleSeconds: 320,
  highSeconds: 410,
  fallingSeconds: 700,
  fellBytes: 1.1 * GIB,
  taker: {
    kind: 'process',
    process: { pid: 48213, startTicks: 9_000, name: 'java' },
    tookBytes: 1.1 * GIB,
  },
};

export const jenkinsFills = { forecast: jenkinsForecast, growthBytesPerMinute: 95 * MIB };
