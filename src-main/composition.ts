import { ok, type Result } from '#shared/result.ts';
import { type Handlers, type Log } from '#shared/contract/server.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { type Machine } from '#shared/model/machine.ts';
import type { MachineIdentity } from './collect/machine/machine-identity.ts';
import { askIdentity } from './collect/machine/ask-identity.ts';
import { KernelLogFollower } from './collect/kernel-log.ts';
import { type Snapshot } from './collect/snapshot.ts';
import { type Actions, type KernelLogListener } from './engine/change/actions.ts';
import { composeActions } from './engine/change/compose.ts';
import { type ChangePolicy } from './engine/change/rights.ts';
import { Alerts } from './engine/events/alerts.ts';
import { HelperLog } from './engine/events/helper-log.ts';
import { examine } from './engine/doctor/doctor.ts';
import { Broadcast, createHandlers } from './engine/handlers.ts';
import { intervalsFor } from './engine/watch/interval.ts';
import { Monitor } from './engine/watch/monitor.ts';
import { SelfKeeper } from './engine/change/own/self-keeper.ts';
import { SettingsKeeper, type DesktopPort } from './engine/settings/settings.ts';
import { type Asks } from './helper/client/methods.ts';
import { readBootId } from './proc/boot-id.ts';
import { configFolder } from './store/folders.ts';
import { spareMemory } from './spare-memory.ts';
import { kernelFiles, openSampler, openUnitFacts, systemRoot } from './this-machine.ts';
import { VERSION } from './version.ts';

/** What differs between the programs that keep running: the page that is served, and the desktop. */
export interface CompositionOptions {
  /** Whether changes may be made from there. */
  readonly policy: ChangePolicy;
  /** Where a password may be asked for. */
  readonly asks: Asks;
  readonly log: Log;
  /** Hears of every snapshot, the first one included. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  /** Hears of every alert, and whether it may interrupt somebody. */
  readonly onAlert?: (alert: RecordedAlert, interrupts: boolean) => void;
  /** What only the desktop program can do; absent elsewhere. */
  readonly desktop?: DesktopPort;
  /** Whether the page of the window is sandboxed; absent where there is no window. */
  readonly pageSandbox?: boolean;
}

/** A running Lifeboat, without a way to reach it: that is a transport's. */
export interface Composition {
  /** The first look at the machine. */
  readonly first: Snapshot;
  readonly monitor: Monitor;
  readonly actions: Actions;
  readonly settings: SettingsKeeper;
  readonly alerts: Alerts;
  /** Reaches every page that is connected. */
  readonly broadcast: Broadcast;
  readonly handlers: Handlers;
  /** Applies the rules in force, from now on. */
  followRules(): void;
  /** Looks up what the machine is called and made of, which takes its time: call it once the rest is up. */
  learnIdentity(): Promise<void>;
  /** Ends the sampler, the helper and the journal. What waits to be confirmed is taken back. */
  close(): Promise<void>;
}

/** Puts together everything that does not depend on how it is shown. Fails where /proc cannot be read. */
export function compose(options: CompositionOptions): Result<Composition> {
  const { policy, asks, log, onSnapshot, onAlert, desktop, pageSandbox } = options;
  const files = kernelFiles();
  const sampler = openSampler();
  if (!sampler.ok) return sampler;
  let applyRules: (snapshot: Snapshot) => void = () => undefined;
  let alert: (snapshot: Snapshot) => void = () => undefined;
  const settings = new SettingsKeeper({
    folder: configFolder(),
    nowMs: Date.now,
    log,
    ...(desktop === undefined ? {} : { desktop }),
    ...(policy === 'when-asked' ? {} : { readOnly: policy.readOnly }),
  });
  const unitFacts = openUnitFacts();
  const monitor = new Monitor({
    sampler: sampler.value,
    unitFacts,
    intervals: intervalsFor(settings.settings.intervalMs),
    onSnapshot: (snapshot) => {
      applyRules(snapshot);
      alert(snapshot);
      onSnapshot?.(snapshot);
    },
  });
  const first = monitor.start();
  if (!first.ok) {
    monitor.stop();
    return first;
  }
  const broadcast = new Broadcast();
  const helperLog = new HelperLog();
  const ownLog = KernelLogFollower.open(`${systemRoot()}/dev/kmsg`);
  const { actions, ...changes } = composeActions({
    files,
    lookClosely: () => monitor.lookClosely(),
    policy,
    asks,
    emit: (event, payload) => {
      if (event === 'change.journal') alerts.protectionChanged();
      broadcast.emit(event, payload);
    },
    log,
    unitFacts,
    // Where the log is open to us, nobody else has to read it.
    ...(ownLog === undefined ? { kernelLog: helperLogListener(helperLog) } : {}),
  });
  const alerts = new Alerts({
    settings: () => settings.settings,
    record: changes.alertRecord,
    unitFacts,
    protections: changes.protections,
    pollLog: () => ownLog?.poll() ?? helperLog.poll(),
    bootId: readBootId(files),
    canInterrupt: onAlert !== undefined,
    onAlert: (recorded, interrupts) => {
      broadcast.emit('events.alert', recorded);
      onAlert?.(recorded, interrupts);
    },
    onTrouble: log,
  });
  const self = new SelfKeeper({
    mainPid: process.pid,
    isWanted: () => settings.settings.protectItself,
    rights: () => actions.rights(),
    snapshot: () => monitor.snapshot(),
    apply: (changes) => actions.apply(changes),
  });
  alert = (snapshot) => {
    void self.take(snapshot);
    const front = monitor.front();
    alerts.take(snapshot, front.ok ? front.value : undefined);
  };
  let { intervalMs } = settings.settings;
  settings.onChange((state) => {
    if (state.settings.intervalMs !== intervalMs) {
      ({ intervalMs } = state.settings);
      monitor.setIntervals(intervalsFor(intervalMs));
    }
    broadcast.emit('settings.state', state);
  });
  settings.watch();
  const stopSparing = spareMemory();
  const { host } = sampler.value;
  let identity: MachineIdentity = {};
  const machine = (): Machine => ({
    hostname: host.hostname,
    release: host.release,
    formula: first.value.rules.formula,
    ...identity,
    cpuCount: host.cpuCount,
    pageSizeBytes: host.pageSizeBytes,
    cgroupVersion: host.cgroups.version,
    version: VERSION,
  });
  const doctor = () => {
    const snapshot = monitor.snapshot();
    if (!snapshot.ok) return snapshot;
    const { kept } = sampler.value;
    return ok(
      examine(snapshot.value, { files, kept, ...(pageSandbox === undefined ? {} : { pageSandbox }) }),
    );
  };
  return ok({
    first: first.value,
    monitor,
    actions,
    settings,
    alerts,
    broadcast,
    handlers: createHandlers({ monitor, actions, machine, doctor, settings, alerts, self }, broadcast),
    followRules() {
      applyRules = changes.followRules();
    },
    async learnIdentity() {
      identity = await askIdentity();
      broadcast.emit('watch.machine', machine());
    },
    async close() {
      stopSparing();
      monitor.stop();
      settings.close();
      ownLog?.close();
      await changes.close();
    },
  });
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
