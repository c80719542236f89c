import { compact } from '#shared/optional.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { type KillAlert, type KilledProcess, type KillWitness } from '#shared/model/alert.ts';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { processKey } from '#shared/model/process.ts';
import { namedWithProgram } from '../../collect/processes/named.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type CgroupEvents } from '../../proc/cgroup/events.ts';
import { endsWith, type UnitFactsOf } from '../watch/ends-with.ts';
import { orderOfScope } from '../watch/order-view.ts';
import { type LoggedKill } from './kernel-log-kills.ts';

/** Time for a counted victim to end, and for the log to name it, in milliseconds: the kernel counts it first. */
const PATIENCE_MS = 3_000;
/** Age at which a kill in the log no longer belongs to a count of now, in milliseconds. */
const LOGGED_MS = 10_000;

/** A kill that the kernel has counted, while its victim is not known. */
interface OpenKill {
  readonly count: number;
  readonly sinceMs: number;
  /** The last readings before the count grew, the newest first. */
  readonly before: readonly Snapshot[];
}

/** A kill to tell of. */
export interface SeenKill {
  readonly alert: KillAlert;
  /** The kernel's count of kills including this one: the same in every Lifeboat that watches. */
  readonly counter: number;
}

export interface KillWatchOptions {
  /** What the kernel has counted in a cgroup by now. */
  readonly eventsOf: (snapshot: Snapshot, path: string) => CgroupEvents;
  /** Whether the kernel's log is being followed, so that it is worth waiting for. */
  readonly hearsLog: () => boolean;
  /** Facts about units. */
  readonly facts?: UnitFactsOf;
}

interface Candidate {
  readonly process: ObservedProcess;
  readonly rank: number;
  readonly freesPages: number;
  /** How many kills the kernel counts for it: one each for its group, none for processes that share its memory (__oom_kill_process()). */
  readonly counted: number;
  readonly wasNext: boolean;
}

/**
 * Notices kills by the kernel's counter in /proc/vmstat, and finds the victim: in the kernel's log where that can be read, else among the
 * processes that have ended. The counters of the cgroups narrow that down: oom_kill grows where the victim was, oom where memory ran out.
 */
export class KillWatch {
  readonly #options: KillWatchOptions;
  #counter: number | undefined;
  #recent: readonly Snapshot[] = [];
  #logged: readonly (LoggedKill & { readonly atMs: number })[] = [];
  #open: OpenKill | undefined;
  /** The counters of cgroups at the last reported kill: the readings of cgroups may be older than that. */
  readonly #reportedCounts = new Map<string, CgroupEvents>();

  constructor(options: KillWatchOptions) {
    this.#options = options;
  }

  /** Takes a kill that the kernel's log reports now. */
  hear(kills: readonly LoggedKill[], monotonicMs: number): void {
    this.#logged = [...this.#logged, ...kills.map((kill) => ({ ...kill, atMs: monotonicMs }))];
  }

  /** Takes a reading. Returns a kill once all that can be known of it is. */
  take(snapshot: Snapshot): SeenKill | undefined {
    const now = snapshot.monotonicMs;
    this.#logged = this.#logged.filter(({ atMs }) => atMs > now - LOGGED_MS);
    const count = this.#growth(snapshot);
    if (count > 0) {
      const open = this.#open ?? { count: 0, sinceMs: now, before: this.#recent };
      this.#open = { ...open, count: open.count + count };
    }
    this.#recent = [snapshot, ...this.#recent].slice(0, 2);
    if (this.#open === undefined) return undefined;
    const alert = this.#resolve(snapshot, this.#open, now - this.#open.sinceMs >= PATIENCE_MS);
    if (alert === undefined) return undefined;
    const ends = this.#endsAfter(alert, this.#open.before[0]);
    this.#open = undefined;
    const whole = ends.length === 0 ? alert : { ...alert, endsWith: ends };
    return { alert: whole, counter: this.#counter ?? 0 };
  }

  /** What systemd ends now, by the last reading before the kill. */
  #endsAfter({ victims }: KillAlert, base: Snapshot | undefined): NonNullable<KillAlert['endsWith']> {
    const { facts } = this.#options;
    if (facts === undefined || base === undefined) return [];
    const killed = victims.flatMap(
      ({ pid, name }) => base.processes.find((process) => process.pid === pid && process.name === name) ?? [],
    );
    return endsWith(base, killed, facts).map(({ unit, why, policy, presumed, count }) => ({
      unit,
      why,
      policy,
      presumed,
      count,
    }));
  }

  /** How many kills there were since the last reading. Before Linux 4.13 only the log tells. */
  #growth({ memory }: Snapshot): number {
    const { oomKills } = memory.state;
    const before = this.#counter;
    this.#counter = oomKills;
    if (oomKills === undefined) return this.#open === undefined ? this.#logged.length : 0;
    return before === undefined ? 0 : Math.max(0, oomKills - before);
  }

  #resolve(snapshot: Snapshot, { count, before }: OpenKill, isLate: boolean): KillAlert | undefined {
    if (this.#logged.length >= count || (isLate && this.#logged.length > 0)) {
      const heard = this.#logged.slice(0, count);
      this.#logged = this.#logged.slice(count);
      return logAlert(heard, count, before[0]);
    }
    if (!isLate && this.#options.hearsLog()) return undefined;
    const [last, beforeLast] = before;
    const scope = last === undefined ? undefined : this.#scopeSince(snapshot, last);
    for (const base of [last, beforeLast]) {
      if (base === undefined) continue;
      const gone = this.#goneSince(snapshot, base, scope ?? GLOBAL_SCOPE);
      const chosen = covering(gone.all, count);
      // The first of the order lives: it may still be on its way out.
      const isWhole = countOf(chosen) >= count && (gone.firstIsGone || isLate);
      if (chosen.length > 0 && (isWhole || isLate)) {
        this.#remember(snapshot, base);
        const witness: KillWitness = chosen.every(({ wasNext }) => wasNext) ? 'was-next' : 'ended';
        return killAlert(count, witness, chosen.map(victimIn(base)), scope);
      }
    }
    return isLate ? killAlert(count, 'unknown', [], scope) : undefined;
  }

  /** The processes of a reading that have ended since, or have lost their memory, by their place in the order at that time. */
  #goneSince(snapshot: Snapshot, base: Snapshot, scope: Scope) {
    const alive = new Set(
      snapshot.processes.flatMap((process) => (process.memory === undefined ? [] : [processKey(process)])),
    );
    const isGone = (process: ObservedProcess) => !alive.has(processKey(process));
    const found = orderOfScope(base, scope);
    const order = found.ok ? found.value.order : undefined;
    const places = order?.places ?? [];
    const all = places.flatMap(({ task, freesPages, diesWith }, index): Candidate[] =>
      isGone(task) && this.#mayBeVictim(snapshot, base, task.cgroup)
        ? [
            {
              process: task,
              rank: index + 1,
              freesPages,
              counted: 1 + diesWith.filter(({ mm }) => mm === undefined || mm !== task.mm).length,
              wasNext: index === 0 || (order?.either.includes(task) ?? false),
            },
          ]
        : [],
    );
    const [first] = places;
    return { all, firstIsGone: first === undefined || isGone(first.task) };
  }

  /** False where the kernel counts kills for its cgroup and has counted none. */
  #mayBeVictim(snapshot: Snapshot, base: Snapshot, path: string): boolean {
    const before = this.#countsBefore(base, path).oomKills;
    const now = this.#options.eventsOf(snapshot, path).oomKills;
    return before === undefined || now === undefined || now > before;
  }

  /** Where memory ran out, by the counters of the cgroups: the innermost that ran out, else the machine. Undefined where they do not say. */
  #scopeSince(snapshot: Snapshot, base: Snapshot): Scope | undefined {
    let isCounted = false;
    let innermost: string | undefined;
    for (const [path] of base.cgroups) {
      const before = this.#countsBefore(base, path).ooms;
      const now = this.#options.eventsOf(snapshot, path).ooms;
      if (before === undefined || now === undefined) continue;
      isCounted = true;
      if (now > before && path.length > (innermost?.length ?? 0)) innermost = path;
    }
    if (innermost !== undefined) return { kind: 'cgroup', path: innermost };
    return isCounted ? GLOBAL_SCOPE : undefined;
  }

  #countsBefore(base: Snapshot, path: string): CgroupEvents {
    const read = base.cgroups.get(path);
    const reported = this.#reportedCounts.get(path);
    const most = (a: number | undefined, b: number | undefined) =>
      a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
    const oomKills = most(read?.oomKills, reported?.oomKills);
    const ooms = most(read?.ooms, reported?.ooms);
    return { ...(oomKills === undefined ? {} : { oomKills }), ...(ooms === undefined ? {} : { ooms }) };
  }

  #remember(snapshot: Snapshot, base: Snapshot): void {
    this.#reportedCounts.clear();
    for (const path of base.cgroups.keys())
      this.#reportedCounts.set(path, this.#options.eventsOf(snapshot, path));
  }
}

function countOf(chosen: readonly Candidate[]): number {
  return chosen.reduce((sum, { counted }) => sum + counted, 0);
}

/** The first of these that account for the count. */
function covering(candidates: readonly Candidate[], count: number): readonly Candidate[] {
  const enough = candidates.findIndex((_, index) => countOf(candidates.slice(0, index + 1)) >= count);
  return enough < 0 ? candidates : candidates.slice(0, enough + 1);
}

function victimIn({ host, namesOf }: Snapshot): (candidate: Candidate) => KilledProcess {
  return ({ process, rank, freesPages }) => ({
    pid: process.pid,
    name: process.name,
    ...calledIn(process, namesOf),
    oomScoreAdj: process.oomScoreAdj,
    freedBytes: freesPages * host.pageSizeBytes,
    rank,
  });
}

/** By what else people know it. */
function calledIn(
  process: ObservedProcess | undefined,
  namesOf: Snapshot['namesOf'],
): Pick<KilledProcess, 'program' | 'label'> {
  if (process === undefined) return {};
  const { label, program } = namedWithProgram(process, namesOf);
  return compact({ label, program });
}

function logAlert(heard: readonly LoggedKill[], count: number, base: Snapshot | undefined): KillAlert {
  const scope = heard[0]?.scope;
  const ofScope = base === undefined ? undefined : scopeIn(base, scope);
  const order = base === undefined || ofScope === undefined ? undefined : orderOfScope(base, ofScope);
  const ranks = new Map(
    order?.ok === true ? order.value.order.places.map(({ task }, index) => [task.pid, index + 1]) : [],
  );
  const victims = heard.map(({ pid, name, oomScoreAdj, freedBytes }): KilledProcess => {
    const rank = ranks.get(pid);
    // A pid in the log may belong to another process by now.
    const seen = base?.processes.find((process) => process.pid === pid && process.name === name);
    return {
      pid,
      name,
      ...calledIn(seen, base?.namesOf),
      ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
      ...(freedBytes === undefined ? {} : { freedBytes }),
      ...(rank === undefined ? {} : { rank }),
    };
  });
  return killAlert(count, 'kernel-log', victims, scope);
}

/** The scope of a report, where its cgroup is one that we see. Of processes bound to some nodes there is no order to have a place in. */
function scopeIn({ cgroups }: Snapshot, scope: KillAlert['scope']): Scope | undefined {
  if (scope?.kind === 'nodes' || scope?.kind === 'constraint') return undefined;
  const isKnown = scope?.kind === 'cgroup' && pathsDownTo(scope.path).some((path) => cgroups.has(path));
  return isKnown ? scope : GLOBAL_SCOPE;
}

function killAlert(
  count: number,
  witness: KillWitness,
  victims: readonly KilledProcess[],
  scope: KillAlert['scope'],
): KillAlert {
  return { kind: 'kill', count, witness, victims, ...(scope === undefined ? {} : { scope }) };
}
