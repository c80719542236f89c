import { type ProtectedNextAlert } from '#shared/model/alert.ts';
import { processKey } from '#shared/model/process.ts';
import { uidOf, type Unit } from '#shared/model/unit.ts';
import { namedWithProgram } from '../../collect/processes/named.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type ProtectedUnit, type Protections } from '../../store/protections.ts';
import { lastingFor } from '../change/adj/lasting.ts';
import { type OrderOfScope } from '../watch/order-view.ts';

const processKeyUnit = ({ name, ofUser }: ProtectedUnit) => `${ofUser ? 'user' : 'system'} ${name}`;

/** Notices when a process that the user has protected is the next victim all the same. */
export class ProtectedWatch {
  #processes: ReadonlySet<string> = new Set();
  #units: ReadonlySet<string> = new Set();
  #first: string | undefined;

  /** Sets the processes and units that the user has protected. */
  protect({ processes, units }: Protections): void {
    this.#processes = new Set(processes.map(processKey));
    this.#units = new Set(units.map(processKeyUnit));
  }

  /** Takes the machine's order. Where no victim is chosen by badness, none is next. */
  take({ order, namesOf }: OrderOfScope): readonly ProtectedNextAlert[] {
    const place = order.outcome === 'kills' ? order.places[0] : undefined;
    const key = place === undefined ? undefined : processKey(place.task);
    const isNew = key !== this.#first;
    this.#first = key;
    if (place === undefined || key === undefined || !isNew) return [];
    if (!this.#processes.has(key) && !this.#isOfUnit(place.task)) return [];
    return [
      {
        kind: 'protected-next',
        process: namedWithProgram(place.task, namesOf),
        oomScoreAdj: place.task.oomScoreAdj,
        certain: place.certain,
      },
    ];
  }

  /** The journal is of one user, and so are the units of a user manager in it. */
  #isKept({ manager, name }: Unit): boolean {
    const uid = uidOf(manager);
    if (uid !== undefined && uid !== process.geteuid?.()) return false;
    return this.#units.has(processKeyUnit({ name, ofUser: uid !== undefined }));
  }

  /** Whether a drop-in that protects is what would be written for it. */
  #isOfUnit(process: ObservedProcess): boolean {
    const lasting = lastingFor(process, process.oomScoreAdj);
    return lasting.kind === 'unit' && this.#isKept(lasting.unit);
  }
}
