import { programOf } from '#shared/format/program.ts';
import { type ProtectedNextAlert } from '#shared/model/alert.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type OrderOfScope } from '../order-view.ts';

const keyOf = ({ pid, startTicks }: ProcessId) => `${pid}:${startTicks}`;

/** Notices when somebody whom the user has protected stands first all the same. */
export class ProtectedWatch {
  #protected: ReadonlySet<string> = new Set();
  #first: string | undefined;

  /** Whom the user has protected. */
  protect(processes: readonly ProcessId[]): void {
    this.#protected = new Set(processes.map(keyOf));
  }

  /** Takes the machine's order. Where nobody is chosen by badness, nobody is next. */
  take({ order }: OrderOfScope): readonly ProtectedNextAlert[] {
    const place = order.outcome === 'kills' ? order.places[0] : undefined;
    const key = place === undefined ? undefined : keyOf(place.task);
    const isNew = key !== this.#first;
    this.#first = key;
    if (place === undefined || key === undefined || !isNew || !this.#protected.has(key)) return [];
    const { pid, startTicks, name, oomScoreAdj } = place.task;
    const program = programOf(place.task);
    return [
      {
        kind: 'protected-next',
        process: { pid, startTicks, name, ...(program === undefined ? {} : { program }) },
        oomScoreAdj,
        certain: place.certain,
      },
    ];
  }
}
