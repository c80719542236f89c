import { describe, expect, it } from 'vitest';
import { fail, ok } from '#shared/result.ts';
import { type Frame } from '#shared/contract/watch.ts';
import { type Session } from '#shared/contract/server.ts';
import { type Machine } from '#shared/model/machine.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { memoryRecord } from '../../../../src-main/engine/events/memory-record.ts';
import { CurrentSettings } from '../../../../src-main/engine/settings/settings.ts';
import { Broadcast } from '../../../../src-main/engine/broadcast.ts';
import { handlersOf } from '../../../../src-main/engine/requests.ts';
import { type World } from '../../../../src-main/engine/world.ts';
import { Monitor } from '../../../../src-main/engine/watch/monitor.ts';
import { sampledTree } from '../../../helpers/processes/process-sampler.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

const MACHINE: Machine = {
  hostname: 'testhost',
  release: '6.12.0',
  formula: '5.9',
  cpuCount: 4,
  pageSizeBytes: 4096,
  cgroupVersion: 2,
  version: '0.1.0',
};
const VIEW = { scope: GLOBAL_SCOPE, orderCount: 10 };

/** A world that fails the test when anything else of it is asked for. */
function strictWorld(parts: Partial<World>): World {
  const get = (known: Partial<World>, name: string) => {
    if (name in known) return known[name as keyof World];
    throw new Error(`unexpected use of ${name}`);
  };
  return new Proxy<Partial<World>>(parts, { get }) as World;
}

/** A connection with what it was sent. */
function connection() {
  const sent: { event: string; payload: unknown }[] = [];
  const closers: (() => void)[] = [];
  const session: Session = {
    emit: (event, payload) => sent.push({ event, payload }),
    onClose: (listener) => closers.push(listener),
  };
  return {
    session,
    sent,
    frames: () => sent.filter(({ event }) => event === 'watch.frame').map(({ payload }) => payload as Frame),
    close: () => {
      for (const closer of closers) closer();
    },
    closers,
  };
}

function handled() {
  const { tree, sampler } = sampledTree({ processes: [{ pid: 10 }, { pid: 20 }] });
  const monitor = new Monitor({ sampler, schedule: () => () => undefined });
  monitor.start();
  const broadcast = new Broadcast();
  const settings = new CurrentSettings({ folder: temporaryDir(), nowMs: () => 0, log: () => undefined });
  const alerts = memoryRecord();
  const handlers = handlersOf(
    strictWorld({
      monitor,
      broadcast,
      settings,
      alerts,
      machine: () => MACHINE,
      snapshot: () => fail('proc-unreadable', { what: 'file', path: '/proc', errno: 'ENOENT' }),
    }),
  );
  return { tree, monitor, broadcast, handlers, settings, alerts };
}

describe('the requests of the contract', () => {
  it('answers what does not change', () => {
    const { handlers } = handled();
    expect(handlers['watch.machine']({}, connection().session)).toEqual(ok(MACHINE));
  });

  it('says why the doctor cannot examine the machine', () => {
    const { handlers } = handled();
    expect(handlers['doctor.examine']({}, connection().session)).toMatchObject({
      ok: false,
      error: { code: 'proc-unreadable' },
    });
  });

  it('answers the timeline', () => {
    const { handlers } = handled();
    expect(handlers['watch.timeline']({ sinceMs: 0 }, connection().session)).toMatchObject({
      ok: true,
      value: [{ kills: 0 }],
    });
  });

  it('sends each connection what it looks at, until it is closed', () => {
    const { monitor, handlers } = handled();
    const one = connection();
    const other = connection();
    expect(handlers['watch.subscribe'](VIEW, one.session)).toMatchObject({ ok: true, value: { seq: 1 } });
    void handlers['watch.subscribe']({ ...VIEW, orderCount: 1 }, other.session);
    monitor.tick();
    expect(one.frames().map(({ order }) => order.entries.length)).toEqual([2]);
    expect(other.frames().map(({ order }) => order.entries.length)).toEqual([1]);
    one.close();
    monitor.tick();
    expect(one.frames()).toHaveLength(1);
    expect(other.frames()).toHaveLength(2);
  });

  it('takes a new view in place of the old one, and hears of the end only once', () => {
    const { monitor, handlers } = handled();
    const { session, frames, closers } = connection();
    void handlers['watch.subscribe'](VIEW, session);
    const listening = closers.length;
    void handlers['watch.subscribe']({ ...VIEW, orderCount: 1 }, session);
    expect(closers).toHaveLength(listening);
    monitor.tick();
    expect(frames().map(({ order }) => order.entries.length)).toEqual([1]);
  });

  it('keeps the old view when the new one is refused', () => {
    const { monitor, handlers } = handled();
    const { session, frames } = connection();
    void handlers['watch.subscribe'](VIEW, session);
    expect(
      handlers['watch.subscribe']({ ...VIEW, scope: { kind: 'cgroup', path: '/nope' } }, session),
    ).toMatchObject({
      ok: false,
      error: { code: 'scope-unknown' },
    });
    monitor.tick();
    expect(frames().map(({ order }) => order.scope)).toEqual([GLOBAL_SCOPE]);
  });

  it('sends nothing to a connection whose first view is refused', () => {
    const { monitor, handlers } = handled();
    const { session, frames } = connection();
    void handlers['watch.subscribe']({ ...VIEW, scope: { kind: 'cgroup', path: '/nope' } }, session);
    monitor.tick();
    expect(frames()).toEqual([]);
  });

  it('tells the settings, changes what is named, and refuses what only the desktop has', async () => {
    const { handlers, settings } = handled();
    const { session } = connection();
    expect(handlers['settings.read']({}, session)).toEqual(ok(settings.state()));
    const changed = await handlers['settings.change']({ thresholds: { availablePercent: 7 } }, session);
    expect(changed).toMatchObject({
      ok: true,
      value: { settings: { thresholds: { availablePercent: 7, pressurePercent: 20 } } },
    });
    expect(handlers['settings.change']({ closeToTray: true }, session)).toMatchObject({
      ok: false,
      error: { code: 'not-supported' },
    });
  });

  it('turns the pages of what happened', () => {
    const { handlers, alerts } = handled();
    const { session } = connection();
    const alert = { kind: 'kill', count: 1, witness: 'unknown', victims: [] } as const;
    alerts.add(1, alert, { interrupts: false });
    alerts.add(2, alert, { interrupts: false });
    expect(handlers['events.alerts']({ count: 1 }, session)).toEqual(ok([{ id: 2, timeMs: 2, alert }]));
    expect(handlers['events.alerts']({ count: 1, beforeId: 2 }, session)).toEqual(
      ok([{ id: 1, timeMs: 1, alert }]),
    );
  });
});
