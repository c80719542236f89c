import { describe, expect, it } from 'vitest';
import { isAlarming } from '#shared/forecast/alarm.ts';
import { Forecasts } from '../../../../../src-main/engine/forecast/forecasts.ts';
import { ForecastWatch } from '../../../../../src-main/engine/events/forecast-watch.ts';
import { sampledTree } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const MIB = 1024 * 1024;
const PAGES_A_MIB = 256;

/** A machine of 8 GiB and its forecasts, a tick a second. */
function forecasting(spec: ProcTreeSpec) {
  const { tree, sample } = sampledTree(spec);
  const forecasts = new Forecasts(4096);
  const alerts = new ForecastWatch();
  return {
    tree,
    forecasts,
    /** Ticks, each after a change; what was told in them. */
    run: (ticks: number, change: (tick: number) => void = () => undefined) =>
      Array.from({ length: ticks }, (_, tick) => {
        change(tick);
        const snapshot = sample();
        forecasts.take(snapshot, snapshot.processes);
        return alerts.take(snapshot, forecasts.spoken, undefined);
      }).flat(),
  };
}

const process = (pid: number, mib: number, cgroup = '/') =>
  ({ pid, name: `p${pid}`, rssAnonPages: mib * PAGES_A_MIB, cgroup }) as const;

describe('Forecasts', () => {
  it('say who takes the memory of the machine', () => {
    const { tree, run, forecasts } = forecasting({ processes: [process(10, 100), process(11, 100)] });
    run(120, (tick) => {
      tree.setMeminfo({ memAvailableBytes: (6000 - 30 * tick) * MIB });
      tree.setProcess(process(10, 100 + 28 * tick));
    });
    expect(forecasts.machine?.taker).toMatchObject({ kind: 'process', process: { pid: 10, name: 'p10' } });
    const took = forecasts.machine?.taker?.tookBytes ?? 0;
    expect(took).toBeGreaterThan(0.8 * (forecasts.machine?.fellBytes ?? Infinity));
  });

  it('say which group takes it where no process does alone', () => {
    const pids = [10, 11, 12, 13];
    const box = '/system.slice/db.service';
    const { tree, run, forecasts } = forecasting({
      processes: pids.map((pid) => process(pid, 100, box)),
      cgroups: { [box]: { usageBytes: 400 * MIB } },
    });
    run(120, (tick) => {
      tree.setMeminfo({ memAvailableBytes: (6000 - 30 * tick) * MIB });
      for (const pid of pids) tree.setProcess(process(pid, 100 + 7 * tick, box));
    });
    expect(forecasts.machine?.taker).toMatchObject({ kind: 'group', path: box, label: 'db.service' });
  });

  it('say nothing of who takes it where many do', () => {
    const { tree, run, forecasts } = forecasting({ processes: [process(10, 100)] });
    run(120, (tick) => {
      tree.setMeminfo({ memAvailableBytes: (6000 - 30 * tick) * MIB });
    });
    expect(forecasts.machine).toBeDefined();
    expect(forecasts.machine).not.toHaveProperty('taker');
  });

  it('begin again when swap is added, and when the machine has slept', () => {
    const { tree, run, forecasts } = forecasting({ processes: [process(10, 100)] });
    const fall = (tick: number) => {
      tree.setMeminfo({ memAvailableBytes: (6000 - 30 * tick) * MIB });
    };
    run(120, fall);
    expect(forecasts.machine).toBeDefined();
    tree.setMeminfo({ memAvailableBytes: 2000 * MIB, swapTotalBytes: 1024 * MIB, swapFreeBytes: 1024 * MIB });
    run(1);
    expect(forecasts.machine).toBeUndefined();
  });

  it('forecast a cgroup with a limit, and follow it closely', () => {
    const { tree, run, forecasts } = forecasting({
      processes: [process(10, 100, '/box'), process(11, 100, '/other')],
      cgroups: {
        '/box': { limitBytes: 2000 * MIB, usageBytes: 100 * MIB },
        '/other': { limitBytes: 2000 * MIB, usageBytes: 100 * MIB },
      },
    });
    run(150, (tick) => {
      tree.setCgroup('/box', { limitBytes: 2000 * MIB, usageBytes: (100 + 10 * tick) * MIB });
      tree.setProcess(process(10, 100 + 10 * tick, '/box'));
    });
    const { forecast, growthBytesPerMinute = 0 } = forecasts.groups.of('/box');
    expect(forecast?.lowSeconds).toBeLessThan(60);
    expect(forecast?.highSeconds).toBeGreaterThan(30);
    expect(forecast?.taker).toMatchObject({ kind: 'process', process: { pid: 10 } });
    expect(growthBytesPerMinute / MIB).toBeGreaterThan(400);
    expect(forecasts.groups.of('/other').forecast).toBeUndefined();
    expect(forecasts.closely.groups).toEqual(['/box']);
    expect(forecasts.machine).toBeUndefined();
  });

  it('say how long a group has been steady, and what was left of it', () => {
    const usage = (mib: number) => ({ limitBytes: 2000 * MIB, usageBytes: mib * MIB });
    const { tree, run, forecasts } = forecasting({
      processes: [process(10, 100, '/box')],
      cgroups: { '/box': usage(100) },
    });
    run(60);
    expect(forecasts.groups.of('/box').steadySeconds).toBeGreaterThan(40);
    // Less than a fiftieth of the limit is still steady; more is not.
    tree.setCgroup('/box', usage(130));
    run(20);
    expect(forecasts.groups.of('/box').steadySeconds).toBeGreaterThan(50);
    tree.setCgroup('/box', usage(300));
    run(20);
    expect(forecasts.groups.of('/box').steadySeconds).toBeLessThan(20);
    expect(forecasts.groups.history('/box').bytes.at(-1)).toBe(1700 * MIB);
    expect(forecasts.groups.history('/none').bytes).toEqual([]);
  });

  it('name who takes the memory before it has been followed for long', () => {
    const { tree, run, forecasts } = forecasting({ processes: [process(10, 100)] });
    run(30);
    run(12, (tick) => {
      tree.setMeminfo({ memAvailableBytes: (6000 - 400 * tick) * MIB });
      tree.setProcess(process(10, 100 + 400 * tick));
    });
    expect(forecasts.machine?.taker).toMatchObject({ kind: 'process', process: { pid: 10 } });
  });

  it('never name a process that has ended', () => {
    const { tree, run, forecasts } = forecasting({ processes: [process(10, 100)] });
    const eat = (pid: number) => (tick: number) => {
      tree.setMeminfo({ memAvailableBytes: (6000 - 400 * tick) * MIB });
      tree.setProcess(process(pid, 100 + 400 * tick));
    };
    run(20);
    run(6, eat(10));
    tree.removeProcess(10);
    tree.setMeminfo({ memAvailableBytes: 6000 * MIB });
    run(4);
    run(12, eat(11));
    expect(forecasts.machine?.taker).toMatchObject({ kind: 'process', process: { pid: 11 } });
  });

  it('look closely at a cgroup that falls fast, before there is enough for a forecast', () => {
    const usage = (mib: number) => ({ limitBytes: 2000 * MIB, usageBytes: mib * MIB });
    const { tree, run, forecasts } = forecasting({
      processes: [process(10, 100, '/box'), process(11, 100, '/other')],
      cgroups: { '/box': usage(100), '/other': usage(100) },
    });
    run(1);
    expect(forecasts.closely.groups).toEqual([]);
    tree.setCgroup('/box', usage(600));
    tree.setCgroup('/other', usage(110));
    run(12);
    expect(forecasts.groups.of('/box').forecast).toBeUndefined();
    expect(forecasts.closely.groups).toEqual(['/box']);
  });

  it('are told once in a fall, and again in another', () => {
    const { tree, run } = forecasting({ processes: [process(10, 100)] });
    const fall = (tick: number) => {
      tree.setMeminfo({ memAvailableBytes: (6000 - 30 * tick) * MIB });
    };
    const back = () => {
      tree.setMeminfo({ memAvailableBytes: 6000 * MIB });
    };
    expect(run(190, fall)).toMatchObject([{ kind: 'forecast', forecast: {} }]);
    expect(run(60, back)).toEqual([]);
  });
});

describe('isAlarming', () => {
  const forecast = {
    lowSeconds: 400,
    middleSeconds: 600,
    highSeconds: 900,
    fallingSeconds: 1200,
    fellBytes: MIB,
  };
  it.for([
    { what: 'much is left', forecast, state: { leftShare: 0.5 }, alarming: false },
    { what: 'little is left', forecast, state: { leftShare: 0.1 }, alarming: true },
    { what: 'tasks wait', forecast, state: { leftShare: 0.5, waitingPercent: 12 }, alarming: true },
    {
      what: 'it has not lasted',
      forecast: { ...forecast, fallingSeconds: 400 },
      state: { leftShare: 0.1 },
      alarming: false,
    },
    {
      what: 'another killer is near',
      forecast: { ...forecast, killer: { name: 'earlyoom', lowSeconds: 60, highSeconds: 100 } as const },
      state: { leftShare: 0.5 },
      alarming: true,
    },
    {
      what: 'the end is near',
      forecast: { ...forecast, middleSeconds: 90 },
      state: { leftShare: 0.5 },
      alarming: true,
    },
  ])('is $alarming where $what', ({ forecast, state, alarming }) => {
    expect(isAlarming(forecast, state)).toBe(alarming);
  });
});
