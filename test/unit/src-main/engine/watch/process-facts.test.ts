import { describe, expect, it } from 'vitest';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { processFacts, usageRangeIn } from '../../../../../src-main/engine/watch/process-facts.ts';
import { scopeTasks } from '../../../../../src-main/engine/watch/scope-tasks.ts';
import { processIn, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type FakeProcess } from '../../../../helpers/proc-tree.ts';

function factsOf(process: Partial<FakeProcess>) {
  const snapshot = snapshotOf({
    meminfo: { memTotalBytes: 10_000 * 4096 },
    processes: [{ pid: 50, ...process }],
  });
  const found = scopeTasks(snapshot, GLOBAL_SCOPE);
  if (!found.ok) throw new Error(found.error.code);
  return processFacts(processIn(snapshot, process.pid ?? 50), found.value.context);
}

describe('processFacts', () => {
  it('adds up to its badness', () => {
    const facts = factsOf({
      rssAnonPages: 100,
      rssFilePages: 20,
      rssShmemPages: 3,
      swapPages: 40,
      pageTablePages: 5,
      adj: -7,
    });
    expect(facts).toMatchObject({
      rssPages: 123,
      swapPages: 40,
      pageTablePages: 5,
      adjustmentPages: -70,
      badnessPages: 123 + 40 + 5 - 70,
    });
  });

  it('leaves out what is not known', () => {
    const facts = factsOf({});
    expect(facts).not.toHaveProperty('unit');
    expect(facts).not.toHaveProperty('container');
    expect(facts).not.toHaveProperty('adjustedBy');
  });

  it('has no figures for a process without memory', () => {
    expect(factsOf({ kernelThread: true })).toMatchObject({ rssPages: 0, badnessPages: 0 });
  });

  it.for([
    { cmdline: ['/opt/chrome/chrome', '--type=renderer', '--lang=de'], adj: 300, by: 'chromium' },
    { cmdline: ['/opt/chrome/chrome', '--type=renderer'], adj: 300, by: 'chromium' },
    { cmdline: ['code', '--type=gpu-process'], adj: 200, by: 'chromium' },
    { cmdline: ['chrome', '--type=renderer'], adj: 0, by: undefined },
    { cmdline: ['chrome', '--type=renderer'], adj: 200, by: undefined },
    { cmdline: ['chrome'], adj: 300, by: undefined },
    { cmdline: ['x', '--type=renderers!'], adj: 300, by: undefined },
  ])('says $by of $cmdline at $adj', ({ cmdline, adj, by }) => {
    expect(factsOf({ cmdline, adj }).adjustedBy).toBe(by);
  });
});

describe('usageRangeIn', () => {
  const sized = (lag: number, more: Partial<FakeProcess> = {}): FakeProcess[] =>
    [1, 2, 3, 4, 5, 6].map((each) => ({
      pid: 10 + each,
      rssAnonPages: 1000 * each,
      rssFilePages: 0,
      pageTablePages: 0,
      statRssPages: 1000 * each - lag,
      ...more,
    }));

  it('is exact where the kernel adds up the same counters', () => {
    const snapshot = snapshotOf({ processes: sized(0, { swapPages: 7 }) });
    expect(usageRangeIn(snapshot)(processIn(snapshot, 12))).toEqual({ low: 2007, high: 2007 });
  });

  it('is exact where nothing was ever swapped', () => {
    const snapshot = snapshotOf({
      sysctls: { 'kernel.osrelease': '6.18.0' },
      vmstat: { pswpin: 50 },
      processes: sized(20),
    });
    expect(snapshot.counters).toBe('lagging');
    expect(usageRangeIn(snapshot)(processIn(snapshot, 12))).toEqual({ low: 1980, high: 1980 });
  });

  it('is a range where swap may lag: 4 CPUs keep up to 31 pages each', () => {
    const snapshot = snapshotOf({
      meminfo: { swapTotalBytes: 2 ** 30, swapFreeBytes: 2 ** 29 },
      sysctls: { 'kernel.osrelease': '6.18.0' },
      processes: sized(20, { swapPages: 50 }),
    });
    expect(usageRangeIn(snapshot)(processIn(snapshot, 12))).toEqual({ low: 1980, high: 2030 + 124 });
  });

  it('is a range where it was swapped in again and might have left a lag behind', () => {
    const snapshot = snapshotOf({
      sysctls: { 'kernel.osrelease': '6.18.0' },
      vmstat: { pswpin: 50 },
      processes: sized(20, { majorFaults: 3 }),
    });
    // Up to 124 pages more; but its score of 666 is printed up to a badness of 2,097 only.
    expect(usageRangeIn(snapshot)(processIn(snapshot, 12))).toEqual({ low: 1980, high: 2097 });
  });

  it('is nothing for a process without memory', () => {
    const snapshot = snapshotOf({ processes: [{ pid: 9, memory: 'none' }] });
    expect(usageRangeIn(snapshot)(processIn(snapshot, 9))).toEqual({ low: 0, high: 0 });
  });
});
