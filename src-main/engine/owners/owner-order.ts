import { type OwnerRange } from '#shared/contract/watch.ts';
import { unitText } from '#shared/format/unit-name.ts';
import { type OrderEntry } from '#shared/model/kill-order.ts';
import { type ProcessOwner } from '#shared/model/owners/names.ts';
import { type OwnerOrder, type OwnerPlace } from '#shared/model/owners/owner-order.ts';
import { compact } from '#shared/optional.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type ProcessHistories } from '../forecast/process-histories.ts';
import { type OrderOfScope } from '../watch/order-view.ts';

/** Of one that is unfolded so many processes are shown: a browser may have hundreds. */
const MOST_MEMBERS = 40;

type Place = OrderOfScope['order']['places'][number];

/** What the order by owner needs besides the order itself. */
export interface OwnerSources {
  readonly ownerOf: (process: ObservedProcess) => ProcessOwner;
  readonly growth: Pick<ProcessHistories, 'growthBytesPerMinute'>;
  /** The places of these indexes, with all their facts. */
  readonly entriesAt: (indexes: readonly number[]) => readonly OrderEntry[];
}

interface Gathered {
  readonly owner: ProcessOwner;
  /** Indexes of its places, ascending. */
  readonly at: number[];
}

/** The owners of an order that goes to its end, by their first process, as far as the range goes. */
export function ownerOrder({ order }: OrderOfScope, range: OwnerRange, sources: OwnerSources): OwnerOrder {
  const owners = new Map<string, Gathered>();
  order.places.forEach(({ task }, index) => {
    const owner = sources.ownerOf(task);
    const known = owners.get(owner.key);
    if (known === undefined) owners.set(owner.key, { owner, at: [index] });
    else known.at.push(index);
  });
  const shown = [...owners.values()].slice(0, range.count);
  return {
    total: owners.size,
    places: shown.flatMap(({ owner, at }) => placeOf(order.places, owner, at, range, sources) ?? []),
  };
}

function placeOf(
  places: readonly Place[],
  owner: ProcessOwner,
  at: readonly number[],
  { open }: OwnerRange,
  { growth, entriesAt }: OwnerSources,
): OwnerPlace | undefined {
  const [start = 0] = at;
  const members = at.flatMap((index) => places[index] ?? []);
  const run = at.findIndex((index, nth) => index !== start + nth);
  const isOpen = open.includes(owner.key);
  const entries = entriesAt(isOpen ? at.slice(0, MOST_MEMBERS) : [start]);
  const [first] = entries;
  if (first === undefined) return undefined;
  const rates = members.flatMap(({ task }) => growth.growthBytesPerMinute(task) ?? []);
  return {
    owner,
    rank: start + 1,
    lastRank: start + (run === -1 ? at.length : run),
    processCount: at.length,
    freesPages: sum(members, ({ freesPages }) => freesPages),
    swapPages: sum(members, ({ task }) => task.memory?.swapPages ?? 0),
    first,
    ...compact({
      growthBytesPerMinute: rates.length === 0 ? undefined : sum(rates, (rate) => rate),
      members: isOpen ? entries : undefined,
    }),
  };
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((all, item) => all + of(item), 0);
}

/** Whose each process of a snapshot is. */
export function ownersIn({ namesOf }: Snapshot): (process: ObservedProcess) => ProcessOwner {
  return namesOf === undefined ? plainOwner : (process) => namesOf(process).owner;
}

/** Whose a process is by what its cgroup and its user say: where its names are not known. */
function plainOwner({ container, unit, name, euid }: ObservedProcess): ProcessOwner {
  if (container !== undefined) return { key: `container:${container}`, kind: 'container', name: container };
  if (unit?.manager === 'system' && unit.name.endsWith('.service'))
    return { key: `service:system:${unit.name}`, kind: 'service', name: unitText(unit) };
  return { key: `program:${euid}:${name}`, kind: 'program', name };
}
