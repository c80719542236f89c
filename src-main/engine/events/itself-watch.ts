import { usagePages } from '#shared/kernel/badness/badness.ts';
import { type ItselfNextAlert } from '#shared/model/alert.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { named } from '../../collect/processes/named.ts';
import { ownProcesses } from '../change/own/own-processes.ts';
import { headroomIn } from '../watch/headroom.ts';
import { orderOfScope } from '../watch/order-view.ts';

/** Readings between two looks: the order of each limited cgroup above Lifeboat is computed for one. */
const EVERY_READINGS = 4;

/** Notices when Lifeboat itself is the next victim in a cgroup that it runs in. */
export class ItselfWatch {
  readonly #mainPid: number;
  #path: string | undefined;
  #readings = 0;

  constructor(mainPid: number) {
    this.#mainPid = mainPid;
  }

  /** Takes a reading; an alert when it has become so with it, or is so at the start. */
  take(snapshot: Snapshot): readonly ItselfNextAlert[] {
    if (this.#readings++ % EVERY_READINGS !== 0) return [];
    const alert = itselfNext(snapshot, this.#mainPid);
    const isNew = alert !== undefined && alert.path !== this.#path;
    this.#path = alert?.path;
    return isNew ? [alert] : [];
  }
}

/**
 * The innermost limited cgroup in which the kernel would kill the Lifeboat of that main process. Only where its headroom is smaller than what
 * Lifeboat uses: where more is free, a process that fills the cgroup uses more than Lifeboat by then, and is killed in its place.
 */
function itselfNext(snapshot: Snapshot, mainPid: number): ItselfNextAlert | undefined {
  const main = snapshot.processes.find(({ pid }) => pid === mainPid);
  if (main === undefined) return undefined;
  const limited = headroomIn(snapshot)
    .chain(main.cgroup)
    .links.flatMap(({ path, headroom }) => (headroom === undefined ? [] : [{ path, headroom }]));
  for (const { path, headroom } of limited) {
    const limitBytes = snapshot.cgroups.get(path)?.limitBytes;
    const found = orderOfScope(snapshot, { kind: 'cgroup', path }, 1);
    const place = found.ok && found.value.order.outcome === 'kills' ? found.value.order.places[0] : undefined;
    if (place?.task.memory === undefined || limitBytes === undefined) continue;
    const usedBytes = usagePages(place.task.memory) * snapshot.host.pageSizeBytes;
    if (headroom.headroomBytes >= usedBytes) continue;
    const { pid } = place.task;
    if (!ownProcesses(snapshot, mainPid).some((own) => own.pid === pid)) continue;
    return {
      kind: 'itself-next',
      process: named(place.task, snapshot.namesOf),
      path,
      limitBytes,
      headroomBytes: headroom.headroomBytes,
    };
  }
  return undefined;
}
