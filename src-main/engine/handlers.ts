import { ok, type Result } from '#shared/result.ts';
import { type Handlers, type Session } from '#shared/contract/server.ts';
import { type DoctorReport } from '#shared/contract/doctor.ts';
import { type Machine } from '#shared/model/machine.ts';
import { type Events } from '#shared/contract/table.ts';
import { type Actions } from './change/actions.ts';
import { type AlertPages } from './events/alerts.ts';
import { type Monitor, type Viewer } from './watch/monitor.ts';
import { type SelfKeeper } from './change/own/self-keeper.ts';
import { type SettingsKeeper } from './settings/settings.ts';

/** What answers beside the monitor. */
export interface HandlerOptions {
  readonly monitor: Monitor;
  readonly machine: () => Machine;
  readonly doctor: () => Result<DoctorReport>;
  readonly actions: Actions;
  readonly settings: Pick<SettingsKeeper, 'state' | 'change'>;
  readonly alerts: AlertPages;
  readonly self: Pick<SelfKeeper, 'standing' | 'protect'>;
}

/** Tells every connection that looks what happened without being asked for. */
export class Broadcast {
  readonly #sessions = new Set<Session>();

  add(session: Session): void {
    if (this.#sessions.has(session)) return;
    this.#sessions.add(session);
    session.onClose(() => this.#sessions.delete(session));
  }

  emit<E extends Exclude<keyof Events, 'watch.frame'>>(event: E, payload: Events[E]): void {
    for (const session of this.#sessions) session.emit(event, payload);
  }
}

/** The requests of the contract as calls of the engine. One for all connections: what belongs to one hangs on its session. */
export function createHandlers(
  { monitor, machine, doctor, actions, settings, alerts, self }: HandlerOptions,
  broadcast: Broadcast,
): Handlers {
  const viewers = new WeakMap<Session, Viewer>();
  return {
    'watch.machine': () => ok(machine()),
    'watch.subscribe': (view, session) => {
      broadcast.add(session);
      const known = viewers.get(session);
      const viewer: Viewer = known ?? {
        view,
        rows: [],
        onFrame: (frame) => {
          session.emit('watch.frame', frame);
        },
      };
      if (known === undefined) {
        viewers.set(session, viewer);
        session.onClose(() => {
          monitor.unwatch(viewer);
        });
      }
      return monitor.watch(viewer, view);
    },
    'watch.timeline': ({ sinceMs }) => ok(monitor.timelineSince(sinceMs)),
    'doctor.examine': () => doctor(),
    'change.rights': () => ok(actions.rights()),
    'change.unlock': () => actions.unlock(),
    'change.previewAdj': (request) => actions.preview(request),
    'change.applyAdj': ({ changes }) => actions.apply(changes),
    'change.keepAdj': ({ lasting, oomScoreAdj }) => actions.keepAdj(lasting, oomScoreAdj),
    'change.undo': ({ group }) => actions.undo(group),
    'change.journal': ({ count, beforeId }) => actions.journal(count, beforeId),
    'change.tuning': () => ok(actions.tuning()),
    'change.previewSysctls': ({ changes }) => actions.effects(changes),
    'change.cgroup': ({ path }) => actions.cgroup(path),
    'change.previewCgroup': (change) => actions.previewCgroup(change),
    'change.applyCgroup': ({ expected, mayKill, ...change }) =>
      actions.applyCgroup(change, expected, mayKill),
    'change.applySysctls': ({ changes }) => actions.applySysctls(changes),
    'change.confirmPending': ({ id, onDisk }) => actions.confirmPending(id, onDisk),
    'change.revertPending': ({ id }) => actions.revertPending(id),
    'change.keepSysctl': ({ name, value }) => actions.keepSysctl(name, value),
    'settings.read': () => ok(settings.state()),
    'settings.change': (patch) => settings.change(patch),
    'events.alerts': ({ count, beforeId }) => alerts.page(count, beforeId),
    'change.ownStanding': () => self.standing(),
    'change.protectOwn': () => self.protect(),
  };
}
