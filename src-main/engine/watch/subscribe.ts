import { ok, type Result } from '#shared/result.ts';
import { type Session } from '#shared/contract/server.ts';
import {
  type ContainerNames,
  type Frame,
  type ScopePage,
  type ScopeRange,
  type TimelinePoint,
  type View,
} from '#shared/contract/watch.ts';
import { type Machine } from '#shared/model/machine.ts';
import { type World } from '../world.ts';
import { type Client } from './client.ts';
import { scopePage } from './scope-summaries.ts';

const clients = new WeakMap<Session, Client>();

/** Sets the view of a connection; returns the present frame. Fails as `Monitor.watch` does. */
export function subscribe(
  { monitor, broadcast }: Pick<World, 'monitor' | 'broadcast'>,
  view: View,
  session: Session,
): Result<Frame> {
  broadcast.add(session);
  const known = clients.get(session);
  const client: Client = known ?? {
    view,
    rows: [],
    onFrame: (frame) => {
      session.emit('watch.frame', frame);
    },
  };
  if (known === undefined) {
    clients.set(session, client);
    session.onClose(() => {
      monitor.unwatch(client);
    });
  }
  return monitor.watch(client, view);
}

/** Cgroups with a limit, the fullest first: those of the last snapshot that match. */
export function scopes(world: Pick<World, 'monitor' | 'containers'>, range: ScopeRange): Result<ScopePage> {
  const all = world.monitor.scopes();
  return all.ok ? ok(scopePage(all.value, range, world.containers)) : all;
}

/** The names of the containers that are known, and whether engines answer. */
export function containers(world: Pick<World, 'containers'>): Result<ContainerNames> {
  const known = world.containers.all();
  const names = known.flatMap(({ id, name }) => (name === undefined ? [] : [{ id, name }]));
  return ok({ names, access: world.containers.access() });
}

/** The machine's timeline since a moment, oldest first. */
export function timeline(
  { monitor }: Pick<World, 'monitor'>,
  { sinceMs }: { readonly sinceMs: number },
): Result<readonly TimelinePoint[]> {
  return ok(monitor.timelineSince(sinceMs));
}

/** What does not change while the machine is up. */
export function machine(world: Pick<World, 'machine'>): Result<Machine> {
  return ok(world.machine());
}
