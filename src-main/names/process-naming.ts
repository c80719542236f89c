import { compact } from '#shared/optional.ts';
import { containerLabel, labelOf } from '#shared/kernel/cgroup/names.ts';
import { pathsDownTo } from '#shared/kernel/kill-order/oom-group.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { type ProcessNames } from '#shared/model/owners/names.ts';
import { processKey } from '#shared/model/process.ts';
import { type Unit } from '#shared/model/unit.ts';
import { type DesktopIndex } from '#shared/names/desktop-entries/index.ts';
import { type NamedContainer, type NamedTask, type NamesWorld } from '#shared/names/facts.ts';
import { Namer, type NamesFound } from '#shared/names/names.ts';
import { youLose } from '#shared/words/en/names.ts';
import { type UnitFacts } from '#shared/killers/systemd.ts';
import { type ObservedProcess } from '../collect/processes/observed-process.ts';
import { type Snapshot } from '../collect/snapshot.ts';
import { type Containers } from '../containers/registry.ts';
import { unitOf } from '#shared/kernel/cgroup/names.ts';
import { type DesktopFiles } from './desktop-files.ts';
import { type Icons } from './icons.ts';
import { type Packages } from './packages.ts';
import { SnapshotTasks } from './snapshot-tasks.ts';

/** What names are made from, beside the processes. */
export interface NamingSources {
  readonly desktop: Pick<DesktopFiles, 'index' | 'missed'>;
  readonly packages: Pick<Packages, 'steamGame' | 'appImage' | 'flatpak' | 'isElectron'>;
  readonly icons?: Pick<Icons, 'addressOf'>;
  readonly containers: Pick<Containers, 'of'>;
  readonly unitFacts: { of(unit: Unit): UnitFacts };
  readonly nowMs?: () => number;
}

/** The names of one process, and what they were made from: the same objects as long as nothing of it has changed. */
interface Known {
  readonly names: ProcessNames;
  readonly command: string;
  readonly comm: string;
  readonly exe: string | undefined;
  readonly home: string | undefined;
  readonly hasTty: true | undefined;
  readonly container: Container | undefined;
  readonly unit: UnitFacts | undefined;
  readonly index: DesktopIndex;
  readonly atMs: number;
  /** It may still have to be looked at once more: it was new, or its children say what it is. */
  readonly isFirst: boolean;
}

/** A new process may run exec, and may be moved to a unit of its own, after it was named: it is named once more after this time, in milliseconds. */
const SETTLED_MS = 2_000;

/** Knows what people call the processes of this machine. Each is named once, when it is first asked for, and again when what it is has changed. */
export class ProcessNaming {
  readonly #sources: NamingSources;
  readonly #nowMs: () => number;
  #known = new Map<string, Known>();
  /** The snapshot that is being named, and the namer of it. */
  #last: { readonly snapshot: Snapshot; readonly namer: Namer; readonly tasks: SnapshotTasks } | undefined;

  constructor(sources: NamingSources) {
    this.#sources = sources;
    this.#nowMs = sources.nowMs ?? (() => performance.now());
  }

  /** The names of a process of a snapshot. */
  of(process: ObservedProcess, snapshot: Snapshot): ProcessNames {
    const key = processKey(process);
    const known = this.#known.get(key);
    const facts = this.#factsOf(process);
    const nowMs = this.#nowMs();
    if (
      known !== undefined &&
      isSame(known, process, facts) &&
      !(known.isFirst && nowMs - known.atMs > SETTLED_MS)
    )
      return known.names;
    const names = this.#name(process, snapshot);
    if (names.app === undefined && !process.kernelThread) this.#sources.desktop.missed();
    this.#forgetEnded(snapshot);
    const { command, name: comm, exe, home, hasTty } = process;
    // The very same object where nothing is new: frames compare by it.
    const kept = known !== undefined && isEqual(known.names, names) ? known.names : names;
    this.#known.set(key, {
      names: kept,
      command,
      comm,
      exe,
      home,
      hasTty,
      ...facts,
      atMs: nowMs,
      isFirst: known === undefined,
    });
    return kept;
  }

  /** Forgets all names: each is made again when it is asked for. */
  forget(): void {
    this.#known.clear();
    this.#last = undefined;
  }

  /** How many are kept. */
  get size(): number {
    return this.#known.size;
  }

  #factsOf({ home }: ObservedProcess) {
    const unit = home === undefined ? undefined : unitAt(home);
    return {
      container: home === undefined ? undefined : this.#sources.containers.of(home),
      unit: unit === undefined ? undefined : this.#sources.unitFacts.of(unit),
      index: this.#sources.desktop.index,
    };
  }

  #name(process: ObservedProcess, snapshot: Snapshot): ProcessNames {
    if (this.#last?.snapshot !== snapshot) {
      const tasks = new SnapshotTasks(snapshot, (cgroup) => this.#sources.containers.of(cgroup));
      this.#last = { snapshot, tasks, namer: new Namer(this.#worldOf(snapshot, tasks)) };
    }
    const { namer, tasks } = this.#last;
    const names = inWords(namer.of(tasks.taskOf(process)));
    const { app, icon } = names;
    const iconAddress =
      app === undefined || icon === undefined ? undefined : this.#sources.icons?.addressOf(app.id, icon);
    return iconAddress === undefined ? names : { ...names, iconAddress };
  }

  #worldOf(snapshot: Snapshot, tasks: SnapshotTasks): NamesWorld {
    const { desktop, packages, containers, unitFacts } = this.#sources;
    return {
      task: (pid) => tasks.get(pid),
      children: (pid) => tasks.children(pid),
      members: (unit) => tasks.members(unit),
      desktop: desktop.index,
      container: (cgroup) => namedContainer(containers.of(cgroup)),
      unit: (unit) => unitFacts.of(unit),
      steamGame: (number) => packages.steamGame(number),
      appImage: (mount) => packages.appImage(mount),
      flatpak: (pids) => packages.flatpak(pids),
      isElectron: (exe) => packages.isElectron(exe),
      diesWhole: (task) => diesWhole(task, snapshot, tasks, (path) => containers.of(path)?.name),
    };
  }

  /** Names of processes that have ended are kept until there are as many of them as of those that run. */
  #forgetEnded({ processes }: Snapshot): void {
    if (this.#known.size < 2 * processes.length + 64) return;
    const kept = new Map<string, Known>();
    for (const process of processes) {
      const key = processKey(process);
      const known = this.#known.get(key);
      if (known !== undefined) kept.set(key, known);
    }
    this.#known = kept;
  }
}

const units = new Map<string, Unit | undefined>();
/** Forgotten altogether when there are more. */
const MOST_PATHS = 10_000;

function unitAt(home: string): Unit | undefined {
  if (units.has(home)) return units.get(home);
  if (units.size >= MOST_PATHS) units.clear();
  const unit = unitOf(home);
  units.set(home, unit);
  return unit;
}

function isSame(
  known: Known,
  process: ObservedProcess,
  facts: Pick<Known, 'container' | 'unit' | 'index'>,
): boolean {
  return (
    known.comm === process.name &&
    known.command === process.command &&
    known.exe === process.exe &&
    known.home === process.home &&
    known.hasTty === process.hasTty &&
    known.container === facts.container &&
    known.index === facts.index &&
    isSameUnit(known.unit, facts.unit)
  );
}

/** What is presumed of a unit is a new object each time. */
function isSameUnit(a: UnitFacts | undefined, b: UnitFacts | undefined): boolean {
  return (
    a === b ||
    (a?.oomPolicy === b?.oomPolicy &&
      a?.killMode === b?.killMode &&
      a?.mainPid === b?.mainPid &&
      a?.restart === b?.restart &&
      a?.presumed === b?.presumed)
  );
}

function isEqual(a: ProcessNames, b: ProcessNames): boolean {
  return (
    a.label === b.label &&
    a.role === b.role &&
    a.app?.id === b.app?.id &&
    a.app?.name === b.app?.name &&
    a.within === b.within &&
    a.evidence === b.evidence &&
    a.youLose === b.youLose &&
    a.icon === b.icon &&
    a.iconAddress === b.iconAddress &&
    a.owner.key === b.owner.key &&
    a.owner.name === b.owner.name
  );
}

function inWords({ loss, ...names }: NamesFound): ProcessNames {
  return { ...names, ...(loss === undefined ? {} : { youLose: youLose(loss) }) };
}

/** A container by its name, or by as much of its id as people know. */
function namedContainer(container: Container | undefined): NamedContainer | undefined {
  if (container === undefined) return undefined;
  const { id, name, engine, restartPolicy } = container;
  return {
    id: `${engine}:${id}`,
    name: name ?? containerLabel(`${engine}:${id}`),
    ...compact({ restart: restartPolicy }),
  };
}

/** The uppermost cgroup of a process that the kernel kills whole, where it is not alone in it. */
function diesWhole(
  { pid }: NamedTask,
  snapshot: Snapshot,
  tasks: SnapshotTasks,
  nameOf: (path: string) => string | undefined,
): string | undefined {
  const cgroup = tasks.observed(pid)?.cgroup;
  if (cgroup === undefined) return undefined;
  const path = ['/', ...pathsDownTo(cgroup)].find((each) => snapshot.cgroups.get(each)?.oomGroup === true);
  if (path === undefined || tasks.countBelow(path) < 2) return undefined;
  return nameOf(path) ?? labelOf(path);
}
