import { type Result } from '#shared/result.ts';
import { failureLine } from '#shared/words/index.ts';
import { alertSubject, type Alert, type MemoryLevel, type RecordedAlert } from '#shared/model/alert.ts';
import { type Settings } from '#shared/model/settings.ts';
import { namedWithProgram } from '../../collect/processes/named.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { readCgroupEvents } from '../../proc/cgroup/events.ts';
import { type AlertRecord } from '../../store/alert-record.ts';
import { type Protections } from '../../store/protections.ts';
import { type UnitFactsCache } from '../../collect/units/unit-facts.ts';
import { unitsOfPlaces, type OrderOfScope } from '../watch/order-view.ts';
import { type Spoken } from '../forecast/forecasts.ts';
import { ForecastWatch } from './forecast-watch.ts';
import { ItselfWatch } from './itself-watch.ts';
import { KernelLogKills } from './kernel-log-kills.ts';
import { KillWatch } from './kill-watch.ts';
import { MemoryWatch } from './memory-watch.ts';
import { ProtectedWatch } from './protected-watch.ts';
import { Throttle } from './throttle.ts';

/** Age at which the list of protected processes is read again, in milliseconds: rules may have added to it. */
const PROTECTED_MS = 30_000;

/** The record of what happened, in pages. */
export interface AlertPages {
  page(count: number, beforeId?: number): Result<readonly RecordedAlert[]>;
}

export interface AlertsOptions {
  /** Of Lifeboat itself. */
  readonly mainPid: number;
  readonly settings: () => Settings;
  readonly record: Pick<AlertRecord, 'add' | 'page' | 'interruptionsSince'>;
  /** The processes and units that the user, or one of the user's rules, has protected. */
  readonly protections: () => Result<Protections>;
  /** Records of the kernel's log since the last call; undefined where it cannot be read. */
  readonly pollLog: () => readonly string[] | undefined;
  /** Receives the cgroup in which memory ran out, of each kill that the kernel's log names. */
  readonly onLoggedKill?: (path: string) => void;
  /** The last records from before the first reading. */
  readonly logBefore?: () => readonly string[];
  /** What systemd ends after a kill: asked about the next victim before it is one. */
  readonly unitFacts?: Pick<UnitFactsCache, 'of' | 'ensure' | 'outdated'>;
  /** Differs between boots, at which the kernel's counters restart. */
  readonly bootId: string;
  /** Whether the user can be interrupted at all: a page alone cannot. */
  readonly canInterrupt: boolean;
  /** Receives every alert, and whether it may interrupt the user. */
  readonly onAlert: (alert: RecordedAlert, interrupts: boolean) => void;
  readonly onTrouble: (message: string) => void;
}

/**
 * Decides from the readings what people should hear of. All of it is recorded; what may interrupt is their choice, and the same (kind and
 * subject) never interrupts more than once in ten minutes.
 */
export class Alerts implements AlertPages {
  readonly #options: AlertsOptions;
  readonly #memory = new MemoryWatch();
  readonly #forecasts = new ForecastWatch();
  readonly #protected = new ProtectedWatch();
  readonly #kills: KillWatch;
  readonly #itself: ItselfWatch;
  readonly #throttle: Throttle;
  #log: KernelLogKills | undefined;
  #hearsLog = false;
  #protectedAskedMs = -Infinity;
  /** Numbers those that could not be recorded. */
  #unrecorded = 0;

  constructor(options: AlertsOptions) {
    this.#options = options;
    const { record, mainPid } = options;
    this.#itself = new ItselfWatch(mainPid);
    this.#throttle = new Throttle((sinceMs) => {
      const known = record.interruptionsSince(sinceMs);
      return known.ok ? known.value : [];
    });
    this.#kills = new KillWatch({
      eventsOf: ({ host }, path) =>
        host.memoryMount === undefined ? {} : readCgroupEvents(host.memoryMount, path),
      hearsLog: () => this.#hearsLog,
      ...(options.unitFacts === undefined ? {} : { facts: options.unitFacts }),
    });
  }

  /** How memory stands. */
  get level(): MemoryLevel {
    return this.#memory.level;
  }

  page(count: number, beforeId?: number): Result<readonly RecordedAlert[]> {
    return this.#options.record.page(count, beforeId);
  }

  /** Something was protected, or is no longer. */
  protectionChanged(): void {
    this.#protectedAskedMs = -Infinity;
  }

  /** Takes a reading, the machine's order in it, and what is forecast from it. */
  take(
    snapshot: Snapshot,
    front: OrderOfScope | undefined,
    forecasts: Spoken = { machine: undefined, groups: [] },
  ): void {
    const { settings, pollLog, bootId } = this.#options;
    const { timeMs, monotonicMs, memory, host } = snapshot;
    // In a container the pids of the log are other people's.
    const records = host.initialPidNamespace ? pollLog() : undefined;
    this.#hearsLog = records !== undefined;
    if (this.#log === undefined) {
      this.#log = new KernelLogKills(host.pageSizeBytes);
      this.#log.passOver(this.#options.logBefore?.() ?? []);
    }
    for (const record of records ?? []) {
      const kills = this.#log.push(record);
      this.#kills.hear(kills, monotonicMs);
      for (const { scope } of kills) if (scope?.kind === 'cgroup') this.#options.onLoggedKill?.(scope.path);
    }
    this.#askProtected(monotonicMs);

    const first = front?.order.outcome === 'kills' ? front.order.places[0]?.task : undefined;
    const next = first === undefined ? undefined : namedWithProgram(first, snapshot.namesOf);
    const kill = this.#kills.take(snapshot);
    if (kill !== undefined) this.#tell(kill.alert, timeMs, `kill ${bootId} ${kill.counter}`);
    for (const alert of this.#memory.take(memory.state, settings().thresholds, next))
      this.#tell(alert, timeMs);
    for (const alert of this.#forecasts.take(snapshot, forecasts, front)) this.#tell(alert, timeMs);
    for (const alert of this.#itself.take(snapshot)) this.#tell(alert, timeMs);
    if (front === undefined) return;
    void this.#options.unitFacts?.ensure(unitsOfPlaces(front, 1));
    for (const alert of this.#protected.take(front)) this.#tell(alert, timeMs);
  }

  /** A kill is a fact each time; everything else that comes again so soon is the same. */
  #tell(alert: Alert, timeMs: number, occasion?: string): void {
    const { settings, record, canInterrupt, onAlert, onTrouble } = this.#options;
    const subject = alertSubject(alert);
    const isFresh = this.#throttle.passes(alert.kind, subject, timeMs);
    if (!isFresh && alert.kind !== 'kill') return;
    const interrupts = isFresh && canInterrupt && settings().notifications[alert.kind];
    const added = record.add(timeMs, alert, {
      interrupts,
      ...(occasion === undefined ? {} : { occasion }),
    });
    if (!added.ok) onTrouble(failureLine(added.error));
    onAlert(added.ok ? added.value : { id: -++this.#unrecorded, timeMs, alert }, interrupts);
  }

  #askProtected(monotonicMs: number): void {
    if (monotonicMs - this.#protectedAskedMs < PROTECTED_MS) return;
    this.#protectedAskedMs = monotonicMs;
    const found = this.#options.protections();
    if (found.ok) this.#protected.protect(found.value);
  }
}
