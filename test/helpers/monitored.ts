import { type Frame, type View } from '#shared/contract/watch.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { type Client } from '../../src-main/engine/watch/client.ts';
import { KillerWatch } from '../../src-main/collect/killers/killer-watch.ts';
import { Monitor } from '../../src-main/engine/watch/monitor.ts';
import { sampledTree } from './processes/process-sampler.ts';
import { type ProcTreeSpec } from './proc-tree.ts';

const MIB = 2 ** 20;
export const VIEW: View = { scope: GLOBAL_SCOPE, orderCount: 10 };
export const IN_BOX: View = { scope: { kind: 'cgroup', path: '/box' }, orderCount: 10 };

export const MACHINE: ProcTreeSpec = {
  cgroups: { '/box': { limitBytes: 64 * MIB, usageBytes: MIB }, '/big': { limitBytes: 512 * MIB } },
  processes: [
    { pid: 10, name: 'big', rssAnonPages: 9000, cgroup: '/big' },
    { pid: 20, name: 'small', rssAnonPages: 100, cgroup: '/box' },
    { pid: 30, name: 'smaller', rssAnonPages: 50, cgroup: '/box/inner' },
  ],
};

/** A monitor on a built machine, with a timer that the test fires. */
export function monitored(more: ProcTreeSpec = {}) {
  const { tree, clock, sampler } = sampledTree({ ...MACHINE, ...more });
  const delays: number[] = [];
  let ring: (() => void) | undefined;
  let check: (() => void) | undefined;
  const killers = new KillerWatch({ files: tree, run: () => Promise.resolve(undefined) });
  const monitor = new Monitor({
    sampler,
    killers,
    schedule: (callback, delayMs) => {
      delays.push(delayMs);
      ring = callback;
      return () => {
        if (ring === callback) ring = undefined;
      };
    },
    repeat: (callback) => {
      check = callback;
      return () => {
        if (check === callback) check = undefined;
      };
    },
  });
  return {
    tree,
    clock,
    sampler,
    monitor,
    delays,
    isPlanned: () => ring !== undefined,
    isChecking: () => check !== undefined,
    /** Lets so much time pass that it is looked for kills. */
    soon: () => {
      clock.advance(100);
      check?.();
    },
    /** Lets the time to the next tick pass. */
    next: () => {
      const callback = ring;
      if (callback === undefined) throw new Error('no tick is planned');
      clock.advance(delays.at(-1) ?? 0);
      callback();
    },
    /** A client, with all frames that it was sent. */
    client: (view: View = VIEW) => {
      const frames: Frame[] = [];
      const client: Client = { view, rows: [], onFrame: (frame) => frames.push(frame) };
      return { frames, client };
    },
  };
}

export const pidsOf = (frame: Frame | undefined) => frame?.order.entries.map(({ pid }) => pid);
