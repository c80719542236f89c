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

  emit<E extends Exclude<keyof Events, 'frame'>>(event: E, payload: Events[E]): void {
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
    machine: () => ok(machine()),
    watch: (view, session) => {
      broadcast.add(session);
      const known = viewers.get(session);
      const viewer: Viewer = known ?? {
        view,
        rows: [],
        onFrame: (frame) => {
          session.emit('frame', frame);
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
    timeline: ({ sinceMs }) => ok(monitor.timelineSince(sinceMs)),
    doctor: () => doctor(),
    rights: () => ok(actions.rights()),
    unlock: () => actions.unlock(),
    previewAdj: (request) => actions.preview(request),
    applyAdj: ({ changes }) => actions.apply(changes),
    keepAdj: ({ lasting, oomScoreAdj }) => actions.keepAdj(lasting, oomScoreAdj),
    undo: ({ group }) => actions.undo(group),
    journal: ({ count, beforeId }) => actions.journal(count, beforeId),
    tuning: () => ok(actions.tuning()),
    sysctlEffects: ({ changes }) => actions.effects(changes),
    cgroup: ({ path }) => actions.cgroup(path),
    previewCgroup: (wish) => actions.previewCgroup(wish),
    applyCgroup: ({ expected, mayKill, ...wish }) => actions.applyCgroup(wish, expected, mayKill),
    applySysctls: ({ changes }) => actions.applySysctls(changes),
    confirmPending: ({ id, onDisk }) => actions.confirmPending(id, onDisk),
    revertPending: ({ id }) => actions.revertPending(id),
    keepSysctl: ({ name, value }) => actions.keepSysctl(name, value),
    settings: () => ok(settings.state()),
    changeSettings: (patch) => settings.change(patch),
    alerts: ({ count, beforeId }) => alerts.page(count, beforeId),
    own: () => self.standing(),
    protectItself: () => self.protect(),
  };
}
