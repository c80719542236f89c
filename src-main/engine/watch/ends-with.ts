import { unitStop, type UnitFacts } from '#shared/killers/systemd.ts';
import { type EndsWith } from '#shared/model/kill-order.ts';
import { type Unit } from '#shared/model/unit.ts';
import { named } from '../../collect/processes/named.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { unitsOf } from '#shared/kernel/cgroup/names.ts';

/** Processes that are named for a unit in a frame; the count is of all. */
const NAMED = 5;

/** What is known of units. */
export interface UnitFactsOf {
  of(unit: Unit): UnitFacts;
  /** What is known of it is no longer so: its main process is not among its processes. */
  outdated?(unit: Unit): void;
}

const keyOf = ({ manager, name }: Unit) => `${manager} ${name}`;
const members = new WeakMap<readonly ObservedProcess[], ReadonlyMap<string, readonly ObservedProcess[]>>();
const unitsAt = new Map<string, readonly Unit[]>();
/** Forgotten altogether when there are more. */
const MOST_PATHS = 10_000;

/** The units of a process, outermost first: of the system, and of the user manager that runs in it. */
export function unitsAround({ home }: ObservedProcess): readonly Unit[] {
  if (home === undefined) return [];
  const known = unitsAt.get(home);
  if (known !== undefined) return known;
  if (unitsAt.size >= MOST_PATHS) unitsAt.clear();
  const units = unitsOf(home);
  unitsAt.set(home, units);
  return units;
}

/** The processes of each unit, those in cgroups below it as well: grouped once for a snapshot. */
function membersIn({ processes }: Snapshot): ReadonlyMap<string, readonly ObservedProcess[]> {
  const known = members.get(processes);
  if (known !== undefined) return known;
  const grouped = new Map<string, ObservedProcess[]>();
  for (const process of processes) {
    if (process.kernelThread || process.globalInit) continue;
    for (const unit of unitsAround(process)) {
      const key = keyOf(unit);
      const group = grouped.get(key);
      if (group === undefined) grouped.set(key, [process]);
      else group.push(process);
    }
  }
  members.set(processes, grouped);
  return grouped;
}

/** A service that was started again has another main process: until systemd was asked again, none is known. */
function currentFacts(snapshot: Snapshot, unit: Unit, facts: UnitFactsOf): UnitFacts {
  const { mainPid, ...known } = facts.of(unit);
  if (mainPid === undefined) return known;
  const isThere = (membersIn(snapshot).get(keyOf(unit)) ?? []).some(({ pid }) => pid === mainPid);
  if (isThere) return { ...known, mainPid };
  facts.outdated?.(unit);
  return known;
}

/** What systemd ends after the kernel has killed these together, unit by unit; empty where it ends nothing. `most`: how many are named. */
export function endsWith(
  snapshot: Snapshot,
  killed: readonly ObservedProcess[],
  facts: UnitFactsOf,
  most = NAMED,
): readonly EndsWith[] {
  const killedPids = new Set(killed.map(({ pid }) => pid));
  const units = new Map(
    killed.flatMap((process) => unitsAround(process).map((unit) => [keyOf(unit), unit] as const)),
  );
  const ended = new Set<number>();
  return [...units].flatMap(([key, unit]): EndsWith[] => {
    const of = currentFacts(snapshot, unit, facts);
    const stop = unitStop(unit, of, killedPids, snapshot.host.cgroups.version === 2);
    if (stop === undefined) return [];
    const rest = (membersIn(snapshot).get(key) ?? []).filter(
      ({ pid }) => !killedPids.has(pid) && !ended.has(pid) && (stop.ends === 'all' || pid === of.mainPid),
    );
    if (rest.length === 0) return [];
    for (const { pid } of rest) ended.add(pid);
    return [
      {
        unit,
        why: stop.why,
        policy: of.oomPolicy,
        presumed: of.presumed,
        count: rest.length,
        processes: rest.slice(0, most).map((process) => named(process, snapshot.namesOf)),
      },
    ];
  });
}
