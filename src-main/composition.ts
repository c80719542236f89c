import { ok, type Result } from '#shared/result.ts';
import { createClient, type Client } from '#shared/contract/client.ts';
import { serve, type Handlers, type Log } from '#shared/contract/server.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { askIdentity } from './collect/machine/ask-identity.ts';
import { KernelLogFollower } from './collect/kernel-log.ts';
import { type Snapshot } from './collect/snapshot.ts';
import { type KernelLogListener } from './engine/change/helper-listener.ts';
import { type ChangePolicy } from './engine/change/rights.ts';
import { Alerts } from './engine/events/alerts.ts';
import { HelperLog } from './engine/events/helper-log.ts';
import { handlersOf } from './engine/requests.ts';
import { followRules, type FollowedRules } from './engine/rules/follow-rules.ts';
import { type DesktopPort } from './engine/settings/settings.ts';
import { intervalsFor } from './engine/watch/clock/interval.ts';
import { type World } from './engine/world.ts';
import { type Asks } from './helper/client/methods.ts';
import { openWorld, type OpenedWorld } from './open-world.ts';
import { readBootId } from './proc/boot-id.ts';
import { rootOf } from './proc/kernel-files.ts';
import { spareMemory } from './spare-memory.ts';
import { kernelFiles, openSampler } from './this-machine.ts';
import { createChannelPair } from './transport/memory.ts';

/** What differs between the programs that keep running: the page that is served, and the desktop. */
export interface CompositionOptions {
  /** Whether changes may be made from there. */
  readonly policy: ChangePolicy;
  /** Where a password may be asked for. */
  readonly asks: Asks;
  readonly log: Log;
  /** Hears of every snapshot, the first one included. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  /** Hears of every alert, and whether it may interrupt people. */
  readonly onAlert?: (alert: RecordedAlert, interrupts: boolean) => void;
  /** What only the desktop program can do; absent elsewhere. */
  readonly desktop?: DesktopPort;
  /** Whether the page of the window is sandboxed; absent where there is no window. */
  readonly pageSandbox?: boolean;
}

/** A running Lifeboat, without a way to reach it from outside: that is a transport's. */
export interface Composition {
  /** The first look at the machine. */
  readonly first: Snapshot;
  readonly monitor: World['monitor'];
  readonly settings: World['settings'];
  readonly alerts: Alerts;
  readonly handlers: Handlers;
  /** Asks the same requests from inside this program. */
  readonly client: Client;
  /** The icons of applications. */
  readonly icons: OpenedWorld['icons'];
  /** Applies the rules in force, from the last snapshot on. */
  followRules(): void;
  /** Looks up what the machine is called and made of, which takes its time: call it once the rest is up. */
  learnIdentity(): Promise<void>;
  /** Ends the sampler, the helper and the journal. What waits to be confirmed is reverted. */
  close(): Promise<void>;
}

/**
 * Puts together everything that does not depend on how it is shown, and starts it: everything that hears of snapshots is there before the first
 * one is read. Fails where /proc cannot be read.
 */
export function compose(options: CompositionOptions): Result<Composition> {
  const { log, onSnapshot } = options;
  const files = kernelFiles();
  const sampler = openSampler();
  if (!sampler.ok) return sampler;
  const helperLog = new HelperLog();
  const ownLog = KernelLogFollower.open(`${rootOf(files)}/dev/kmsg`);
  let rules: FollowedRules | undefined;
  const opened = openWorld({
    ...options,
    files,
    sampler: sampler.value,
    level: () => alerts.level,
    onSnapshot: (snapshot) => {
      rules?.apply(snapshot);
      void opened.ownProtection.take(snapshot);
      const front = opened.world.monitor.front();
      alerts.take(snapshot, front.ok ? front.value : undefined, opened.world.monitor.forecasts.spoken);
      onSnapshot?.(snapshot);
    },
    onJournal: () => {
      alerts.protectionChanged();
    },
    // Where the log is open to us, the helper need not read it.
    ...(ownLog === undefined ? { kernelLog: helperLogListener(helperLog) } : {}),
  });
  const { monitor, settings } = opened.world;
  const alerts = watchAlerts(options, opened, {
    poll: () => ownLog?.poll() ?? helperLog.poll(),
    before: () => logBefore,
  });
  const handlers = handlersOf(opened.world);
  const client = clientOf(handlers, log);
  const stops = [spareMemory(), closing(ownLog), closing(rules), closing(client)];
  const close = async () => {
    for (const stop of stops) stop();
    await opened.close();
  };
  const logBefore = ownLog?.passOver() ?? [];
  const first = monitor.start();
  if (!first.ok) {
    void close();
    return first;
  }
  followSettings(opened.world);
  return ok({
    first: first.value,
    monitor,
    settings,
    alerts,
    handlers,
    client,
    icons: opened.icons,
    followRules() {
      rules = followRules(opened.opened, files, log);
      const last = monitor.snapshot();
      if (last.ok) rules.apply(last.value);
    },
    async learnIdentity() {
      opened.setIdentity(await askIdentity());
    },
    close,
  });
}

/** A client of these handlers in this program. */
export function clientOf(handlers: Handlers, log: Log): Client {
  const [near, far] = createChannelPair();
  serve(far, handlers, log);
  return createClient(near);
}

/** The kernel's log: its records since the last call, where it can be read, and the last ones from before. */
interface KernelLogRecords {
  readonly poll: () => readonly string[] | undefined;
  readonly before: () => readonly string[];
}

function watchAlerts(
  { log, onAlert, desktop }: CompositionOptions,
  { world, opened, unitFacts, containers }: OpenedWorld,
  kernelLog: KernelLogRecords,
): Alerts {
  return new Alerts({
    mainPid: process.pid,
    settings: () => world.settings.settings,
    record: opened.alertRecord,
    unitFacts,
    protections: () => opened.protections(),
    pollLog: kernelLog.poll,
    logBefore: kernelLog.before,
    onLoggedKill: (path) => {
      containers.killed(path);
    },
    bootId: readBootId(world.files),
    // A page alone cannot interrupt the user.
    canInterrupt: desktop !== undefined,
    onAlert: (recorded, interrupts) => {
      world.broadcast.emit('events.alert', recorded);
      onAlert?.(recorded, interrupts);
    },
    onTrouble: log,
  });
}

/** From now on other settings are in force as soon as they are written. */
function followSettings({ settings, monitor, broadcast }: World): void {
  let { intervalMs } = settings.settings;
  settings.onChange((state) => {
    if (state.settings.intervalMs !== intervalMs) {
      ({ intervalMs } = state.settings);
      monitor.setIntervals(intervalsFor(intervalMs));
    }
    broadcast.emit('settings.state', state);
  });
  settings.watch();
}

function helperLogListener(log: HelperLog): KernelLogListener {
  return {
    begin: () => {
      log.begin(performance.now());
    },
    take: (record) => {
      log.push(record, performance.now());
    },
    end: () => {
      log.end();
    },
  };
}

/** Closes what there is. */
function closing(what: { close(): void } | undefined): () => void {
  return () => {
    what?.close();
  };
}
