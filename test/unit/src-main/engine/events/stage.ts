import { onTestFinished } from 'vitest';
import { fail, ok } from '#shared/result.ts';
import { type Alert, type RecordedAlert } from '#shared/model/alert.ts';
import { DEFAULT_SETTINGS, type Settings } from '#shared/model/settings.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { Alerts } from '../../../../../src-main/engine/events/alerts.ts';
import { orderOfScope } from '../../../../../src-main/engine/watch/order-view.ts';
import { Journal } from '../../../../../src-main/store/journal.ts';
import { type Protections } from '../../../../../src-main/store/protections.ts';
import { sampledTree } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';
import { temporaryDir } from '../../../../helpers/web-client.ts';

export const GIB = 2 ** 30;

const MACHINE: ProcTreeSpec = {
  meminfo: { memTotalBytes: 10 * GIB, memAvailableBytes: 6 * GIB },
  cgroups: { '/box': { limitBytes: GIB, usageBytes: GIB / 2 } },
  processes: [
    { pid: 10, name: 'big', rssAnonPages: 9000, swapPages: 0, pageTablePages: 30 },
    { pid: 20, name: 'middle', rssAnonPages: 5000 },
    { pid: 30, name: 'small', rssAnonPages: 100 },
    { pid: 40, name: 'boxed', rssAnonPages: 4000, cgroup: '/box' },
  ],
};

interface Watched {
  readonly log?: boolean;
  readonly settings?: Partial<Settings>;
  readonly folder?: string;
  readonly recordFails?: boolean;
  readonly canInterrupt?: boolean;
  readonly mainPid?: number;
}

const full = () => fail('journal-failed', { what: 'none' });
const FAILING = { add: full, page: full, interruptionsSince: full };

/** Alerts on a built machine with a real record. */
export function watching(
  spec: ProcTreeSpec = {},
  {
    log = false,
    settings = {},
    folder = temporaryDir(),
    recordFails = false,
    canInterrupt = true,
    mainPid = 4_000_000,
  }: Watched = {},
) {
  const { tree, clock, sample } = sampledTree({ ...MACHINE, ...spec });
  const opened = Journal.open({ folder, nowMs: () => clock.nowMs(), bootId: 'boot' });
  if (!opened.ok) throw new Error(opened.error.code);
  const { journal } = opened.value;
  let isOpen = true;
  const close = () => {
    if (isOpen) journal.close();
    isOpen = false;
  };
  onTestFinished(close);
  const raised: { readonly alert: Alert; readonly interrupts: boolean }[] = [];
  const troubles: string[] = [];
  const records: string[] = [];
  let saved: Protections = { processes: [], units: [] };
  let kills = 0;
  const alerts = new Alerts({
    mainPid,
    settings: () => ({ ...DEFAULT_SETTINGS, ...settings }),
    record: recordFails ? FAILING : journal.alerts,
    protections: () => ok(saved),
    pollLog: () => (log ? records.splice(0) : undefined),
    bootId: 'boot',
    canInterrupt,
    onAlert: ({ alert }, interrupts) => raised.push({ alert, interrupts }),
    onTrouble: (message) => troubles.push(message),
  });
  /** Takes readings a second apart; returns the alerts that they raised. */
  const tick = (times = 1) => {
    const before = raised.length;
    for (let each = 0; each < times; each += 1) {
      const snapshot = sample();
      const order = orderOfScope(snapshot, GLOBAL_SCOPE, 10);
      alerts.take(snapshot, order.ok ? order.value : undefined);
    }
    return raised.slice(before);
  };
  return {
    tree,
    clock,
    alerts,
    close,
    troubles,
    records,
    tick,
    /** The kernel counts `more` kills. */
    count: (more = 1) => {
      kills += more;
      tree.write('/proc/vmstat', `pgmajfault 500\npswpin 0\npswpout 0\noom_kill ${kills}\n`);
    },
    available: (gib: number) => {
      tree.setMeminfo({ memAvailableBytes: Math.round(gib * 1024) * 2 ** 20 });
    },
    pressure: (some10: number) => {
      tree.write(
        '/proc/pressure/memory',
        `some avg10=${some10.toFixed(2)} avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`,
      );
    },
    protect: (...pids: number[]) => {
      saved = { processes: pids.map((pid) => ({ pid, startTicks: snapshotStart(pid) })), units: [] };
      alerts.protectionChanged();
    },
    protectUnit: (name: string, ofUser = false) => {
      saved = { processes: [], units: [{ name, ofUser }] };
      alerts.protectionChanged();
    },
    page: (): readonly RecordedAlert[] => {
      const page = alerts.page(100);
      if (!page.ok) throw new Error(page.error.code);
      return page.value;
    },
  };

  function snapshotStart(pid: number): number {
    return sample().processes.find((process) => process.pid === pid)?.startTicks ?? 0;
  }
}
