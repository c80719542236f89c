import { unitOf } from '#shared/kernel/cgroup/names.ts';
import { isWithin } from '#shared/kernel/kill-order/oom-group.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { type Unit } from '#shared/model/unit.ts';
import { type NamedTask } from '#shared/names/facts.ts';
import { type ObservedProcess } from '../collect/processes/observed-process.ts';
import { type Snapshot } from '../collect/snapshot.ts';

/** The processes of a snapshot as names are made from them; sorted by parent and by unit when that is first asked for. */
export class SnapshotTasks {
  readonly #snapshot: Snapshot;
  readonly #containerOf: (cgroup: string) => Container | undefined;
  readonly #tasks = new Map<number, NamedTask>();
  #byPid: ReadonlyMap<number, ObservedProcess> | undefined;
  #children: ReadonlyMap<number, readonly ObservedProcess[]> | undefined;
  #members: ReadonlyMap<string, readonly ObservedProcess[]> | undefined;
  readonly #counts = new Map<string, number>();

  constructor(snapshot: Snapshot, containerOf: (cgroup: string) => Container | undefined) {
    this.#snapshot = snapshot;
    this.#containerOf = containerOf;
  }

  observed(pid: number): ObservedProcess | undefined {
    this.#byPid ??= new Map(this.#snapshot.processes.map((process) => [process.pid, process]));
    return this.#byPid.get(pid);
  }

  get(pid: number): NamedTask | undefined {
    const process = this.observed(pid);
    return process === undefined ? undefined : this.taskOf(process);
  }

  taskOf(process: ObservedProcess): NamedTask {
    const known = this.#tasks.get(process.pid);
    if (known !== undefined) return known;
    const { pid, parentPid, name, argv, command, exe, home, hasTty, isNamespaceInit, kernelThread } = process;
    const container = home === undefined ? undefined : this.#containerOf(home);
    const isMain = container !== undefined && (container.mainPid === pid || isNamespaceInit === true);
    const task: NamedTask = {
      pid,
      parentPid,
      uid: process.uid ?? process.euid,
      comm: name,
      argv: argv ?? (command.startsWith('[') ? [] : command.split(' ')),
      cgroup: home ?? process.cgroup,
      hasTty: hasTty === true,
      ...(exe === undefined ? {} : { exe }),
      ...(kernelThread ? { isKernelThread: true } : {}),
      ...(isMain ? { isContainerMain: true } : {}),
    };
    this.#tasks.set(pid, task);
    return task;
  }

  children(pid: number): readonly NamedTask[] {
    this.#children ??= Map.groupBy(this.#snapshot.processes, ({ parentPid }) => parentPid);
    return (this.#children.get(pid) ?? []).map((process) => this.taskOf(process));
  }

  members({ manager, name }: Unit): readonly NamedTask[] {
    this.#members ??= Map.groupBy(this.#snapshot.processes, ({ home }) => {
      const unit = home === undefined ? undefined : unitOf(home);
      return unit === undefined ? '' : `${unit.manager} ${unit.name}`;
    });
    return (this.#members.get(`${manager} ${name}`) ?? []).map((process) => this.taskOf(process));
  }

  /** How many processes there are in a cgroup and below. */
  countBelow(path: string): number {
    const known = this.#counts.get(path);
    if (known !== undefined) return known;
    const count = this.#snapshot.processes.filter(({ cgroup }) => isWithin(cgroup, path)).length;
    this.#counts.set(path, count);
    return count;
  }
}
