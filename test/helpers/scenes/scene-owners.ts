import { type OwnerRange } from '#shared/contract/watch.ts';
import { containerLabel } from '#shared/kernel/cgroup/names.ts';
import { type KillOrderView, type OrderEntry } from '#shared/model/kill-order.ts';
import { type ProcessOwner } from '#shared/model/owners/names.ts';
import { type OwnerOrder } from '#shared/model/owners/owner-order.ts';

/** The whole order of a scene by owner: its container, its service, or its program. */
export function ownersOf({ entries }: KillOrderView, { count, open }: OwnerRange): OwnerOrder {
  const all = [...Map.groupBy(entries, (entry) => ownerOf(entry).key)];
  const places = all.slice(0, count).flatMap(([key, members]) => {
    const [first] = members;
    if (first === undefined) return [];
    const gap = members.findIndex(({ rank }, index) => rank !== first.rank + index);
    const rates = members.flatMap(({ growthBytesPerMinute }: Rated) => growthBytesPerMinute ?? []);
    return [
      {
        owner: ownerOf(first),
        rank: first.rank,
        lastRank: first.rank + (gap === -1 ? members.length : gap) - 1,
        processCount: members.length,
        freesPages: members.reduce((sum, { freesPages }) => sum + freesPages, 0),
        swapPages: members.reduce((sum, { swapPages }) => sum + swapPages, 0),
        ...(rates.length > 0 && { growthBytesPerMinute: rates.reduce((sum, rate) => sum + rate, 0) }),
        first,
        ...(open.includes(key) && { members: members.slice(0, 40) }),
      },
    ];
  });
  return { total: all.length, places };
}

type Rated = OrderEntry & { readonly growthBytesPerMinute?: number };

function ownerOf({ container, unit, user, name }: OrderEntry): ProcessOwner {
  if (container !== undefined)
    return { key: `container:${container}`, kind: 'container', name: containerLabel(container) };
  if (unit !== undefined) return { key: `service:system:${unit.name}`, kind: 'service', name: unit.name };
  return { key: `program:${user}:${name}`, kind: 'program', name };
}
