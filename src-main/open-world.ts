import { type MemoryLevel } from '#shared/model/alert.ts';
import { wholeCommandIn } from './engine/rules/whole-command.ts';
import { WholeCommands } from './engine/watch/whole-commands.ts';
import { type Machine } from '#shared/model/machine.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { compact } from '#shared/optional.ts';
// An inline type would leave the import itself behind, and all of systeminformation with it.
import type { MachineIdentity } from './collect/machine/machine-identity.ts';
import { type Sampler } from './collect/sampler.ts';
import { type Snapshot } from './collect/snapshot.ts';
import { type UnitFactsCache } from './collect/units/unit-facts.ts';
import { type WantedLimit } from './containers/engines/update-limit.ts';
import { setProperty } from './own-writes/set-property.ts';
import { announceNames } from './containers/announce.ts';
import { type ContainerRegistry } from './containers/registry.ts';
import { applyAdj } from './engine/change/adj/apply.ts';
import { type KernelLogListener } from './engine/change/helper-listener.ts';
import { openChanges, type ChangeEvent, type OpenedChanges } from './engine/change/open.ts';
import { OwnProtection } from './engine/change/own/own-protection.ts';
import { type ChangePolicy } from './engine/change/rights.ts';
import { LaterCache } from './engine/change/sysctl/later-cache.ts';
import { readTuning } from './engine/change/sysctl/tuning.ts';
import { Broadcast } from './engine/broadcast.ts';
import { CurrentSettings, type DesktopPort } from './engine/settings/settings.ts';
import { intervalsFor } from './engine/watch/clock/interval.ts';
import { GroupWatch } from './engine/groups/group-watch.ts';
import { type Icons } from './names/icons.ts';
import { Monitor } from './engine/watch/monitor.ts';
import { SharedReading } from './engine/watch/shared-reading.ts';
import { type Emit, type World } from './engine/world.ts';
import { type Asks } from './helper/client/methods.ts';
import { rootOf, type KernelFiles } from './proc/kernel-files.ts';
import { configFolder } from './store/folders.ts';
import { openContainers, openKillerWatch, openUnitFacts, openNaming } from './this-machine.ts';
import { detectWsl } from './proc/surroundings.ts';
import { VERSION } from './version.ts';

/** What differs between the programs. */
export interface WorldOptions {
  readonly files: KernelFiles;
  readonly sampler: Sampler;
  /** Whether changes may be made from there. */
  readonly policy: ChangePolicy;
  /** Where a password may be asked for. */
  readonly asks: Asks;
  readonly log: (line: string) => void;
  /** How memory stands, by the thresholds that people chose. */
  readonly level?: () => MemoryLevel;
  /** Hears of every snapshot, before the clients do. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  /** Hears that an entry was added to the journal, or has changed. */
  readonly onJournal?: () => void;
  readonly kernelLog?: KernelLogListener;
  /** Begins a journal only with its first entry. */
  readonly lazy?: true;
  /** What only the desktop program can do; absent elsewhere. */
  readonly desktop?: DesktopPort;
  /** Whether the page of the window is sandboxed; absent where there is no window. */
  readonly pageSandbox?: boolean;
}

/** A world, and what runs it beside the requests. */
export interface OpenedWorld {
  readonly world: World;
  readonly opened: OpenedChanges;
  readonly ownProtection: OwnProtection;
  /** Facts about systemd's units. */
  readonly unitFacts: UnitFactsCache;
  /** The icons of applications. */
  readonly icons: Icons;
  readonly containers: ContainerRegistry;
  /** Adds what the machine is called and made of. */
  setIdentity(identity: MachineIdentity): void;
  /** Ends the sampler, the helper and the journal. What waits to be confirmed is reverted. */
  readonly close: () => Promise<void>;
}

/**
 * Builds the world. Reads nothing of the machine yet and starts nothing: that is enough for a command; a front end that keeps running
 * starts the monitor.
 */
export function openWorld(options: WorldOptions): OpenedWorld {
  const { files, sampler, policy, asks, log, lazy, onSnapshot, onJournal, kernelLog } = options;
  const { desktop, pageSandbox, level } = options;
  const readOnly = typeof policy === 'object' ? policy.readOnly : undefined;
  const settings = new CurrentSettings(
    compact({ folder: configFolder(), nowMs: Date.now, log, desktop, readOnly }),
  );
  const broadcast = new Broadcast();
  const emit: Emit<ChangeEvent> = (event, payload) => {
    if (event === 'change.journal') {
      everything.forget();
      onJournal?.();
    }
    broadcast.emit(event, payload);
  };
  const later = new LaterCache(files);
  const tuning = () => readTuning(files, rootOf(files), later.current);
  const opened = openChanges(compact({ files, policy, asks, tuning, emit, log, lazy, kernelLog }));
  const unitFacts = openUnitFacts();
  const containers = openContainers(sampler);
  const { naming, icons } = openNaming({ containers, unitFacts });
  sampler.naming = naming;
  const groups = new GroupWatch({ containers, forecasts: () => monitor.forecasts.groups });
  const monitor: Monitor = new Monitor(
    compact({
      sampler,
      unitFacts,
      killers: openKillerWatch(),
      commands: new WholeCommands(wholeCommandIn(files)),
      intervals: intervalsFor(settings.settings.intervalMs),
      closely: () => groups.closely,
      level,
      onSnapshot: (snapshot: Snapshot) => {
        containers.observe(snapshot);
        onSnapshot?.(snapshot);
        groups.take(snapshot);
      },
    }),
  );
  const everything = new SharedReading(
    () => monitor.readEverything(),
    () => performance.now(),
  );
  let identity: MachineIdentity = {};
  const { host } = sampler;
  const wsl = detectWsl(files);
  const machine = (): Machine => {
    const last = monitor.snapshot();
    return {
      hostname: host.hostname,
      release: host.release,
      formula: (last.ok ? last.value.rules : host.rules).formula,
      ...identity,
      ...(wsl === undefined ? {} : { wsl }),
      cpuCount: host.cpuCount,
      pageSizeBytes: host.pageSizeBytes,
      cgroupVersion: host.cgroups.version,
      version: VERSION,
    };
  };
  const base = {
    files,
    containers,
    limits: {
      engineOf: (path: string) => containers.engineOf(path),
      update: (path: string, wanted: WantedLimit) => containers.update(path, wanted),
      setProperty,
    },
    ...opened.changes,
    snapshot: () => monitor.snapshot(),
    readEverything: () => everything.take(),
    growthBytesPerMinute: (process: ProcessId) => monitor.growthBytesPerMinute(process),
    tuning,
    sysctls: () => tuning().states,
    unitFacts,
  };
  const endNames = announceNames(containers, (news) => {
    broadcast.emit('watch.containers', news);
  });
  const ownProtection = new OwnProtection({
    mainPid: process.pid,
    isWanted: () => settings.settings.protectItself,
    rights: () => opened.changes.rights.rights,
    snapshot: base.snapshot,
    apply: (changes) => applyAdj(base, { changes }),
  });
  const world: World = compact({
    ...base,
    monitor,
    groups,
    broadcast,
    settings,
    alerts: opened.alertRecord,
    ownProtection,
    machine,
    kept: () => sampler.kept,
    pageSandbox,
  });
  return {
    world,
    opened,
    ownProtection,
    unitFacts,
    icons,
    containers,
    setIdentity(known) {
      identity = known;
      broadcast.emit('watch.machine', machine());
    },
    async close() {
      monitor.stop();
      settings.close();
      endNames();
      containers.close();
      await opened.close();
    },
  };
}
