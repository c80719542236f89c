import { type Session } from '#shared/contract/server.ts';
import { type Events } from '#shared/contract/table.ts';

/** Sends events to every client. */
export class Broadcast {
  readonly #sessions = new Set<Session>();

  add(session: Session): void {
    if (this.#sessions.has(session)) return;
    this.#sessions.add(session);
    session.onClose(() => this.#sessions.delete(session));
  }

  emit<E extends Exclude<keyof Events, 'watch.frame' | 'groups.frame'>>(event: E, payload: Events[E]): void {
    for (const session of this.#sessions) session.emit(event, payload);
  }
}
