import { type Session } from '#shared/contract/server.ts';
import { type GroupFrame, type GroupView } from '#shared/contract/groups.ts';
import { ok, type Result } from '#shared/result.ts';
import { type World } from '../world.ts';
import { type GroupClient } from './group-watch.ts';

const clients = new WeakMap<Session, GroupClient>();

/** Sets what a connection looks at among the groups; returns the present frame. */
export function subscribeGroups(
  { groups, snapshot }: Pick<World, 'groups' | 'snapshot'>,
  view: GroupView,
  session: Session,
): Result<GroupFrame> {
  const now = snapshot();
  if (!now.ok) return now;
  const known = clients.get(session);
  const client: GroupClient = known ?? {
    view,
    onFrame: (frame) => {
      session.emit('groups.frame', frame);
    },
  };
  if (known === undefined) {
    clients.set(session, client);
    session.onClose(() => {
      groups.unwatch(client);
    });
  }
  return ok(groups.watch(client, view, now.value));
}

/** The view of groups is left: no more frames of them for this connection. */
export function unsubscribeGroups(
  { groups }: Pick<World, 'groups'>,
  _input: object,
  session: Session,
): Result<null> {
  const client = clients.get(session);
  if (client !== undefined) groups.unwatch(client);
  return ok(null);
}
