import { type Frame, type View } from '#shared/contract/watch.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type Interest } from '../../collect/sampler.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { isShort } from './clock/interval.ts';

/** A connected page or command, and what it shows. */
export interface Client {
  view: View;
  /** The rows of the last frame. */
  rows: readonly ProcessId[];
  readonly onFrame: (frame: Frame) => void;
}

/** Places of the order that are followed when no client asks for more: enough to know the next victim and what it is ahead of. */
export const FOLLOWED_PLACES = 10;

/** Processes, paths of cgroups, and scopes whose figures are read in the next tick. */
export interface Closely
  extends Required<Pick<Interest, 'watched' | 'groups'>>, Partial<Pick<Interest, 'scopes'>> {}

export const NOTHING_CLOSELY: Closely = { watched: [], groups: [] };

/** What has to be read closely for the frames of these clients, and for forecasts and the like; `snapshot` is the last one. */
export function interestOf(
  clients: readonly Client[],
  snapshot: Snapshot | undefined,
  closely: readonly Closely[] = [],
): Interest {
  const scopes = clients.flatMap(({ view }) => (view.scope.kind === 'cgroup' ? [view.scope.path] : []));
  return {
    orderCount: clients.reduce((most, { view }) => Math.max(most, view.orderCount), FOLLOWED_PLACES),
    watched: [
      ...closely.flatMap(({ watched }) => watched),
      ...clients.flatMap(({ view, rows }) => [...rows, ...(view.chosen === undefined ? [] : [view.chosen])]),
    ],
    groups: closely.flatMap(({ groups }) => groups),
    scopes: [...new Set([...scopes, ...closely.flatMap((each) => each.scopes ?? [])])],
    everything: false,
    glance: clients.length === 0 && (snapshot === undefined || !isShort(snapshot.memory.state)),
  };
}
