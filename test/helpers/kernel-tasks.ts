import fc from 'fast-check';
import { usagePages } from '#shared/kernel/badness/badness.ts';
import { type OomContext } from '#shared/kernel/kill-order/kill-order.ts';
import { type Range } from '#shared/kernel/badness/precision.ts';
import { rulesOf } from '#shared/kernel/rules.ts';
import { type KernelTask } from '#shared/kernel/task.ts';
import { parseKernelVersion } from '#shared/kernel/version.ts';
import { type Scope } from '#shared/model/scope.ts';

/** A process for the kernel model, with its figures beside everything else. What is left out is as in a small, ordinary process. */
export interface TaskSpec extends Partial<Omit<KernelTask, 'memory'>> {
  readonly pid: number;
  readonly rssPages?: number;
  readonly rssAnonPages?: number;
  readonly swapPages?: number;
  readonly pageTablePages?: number;
  /** A kernel thread or a zombie: no thread of it has an address space. */
  readonly withoutMemory?: boolean;
}

export function taskOf({
  rssPages = 100,
  rssAnonPages = rssPages,
  swapPages = 0,
  pageTablePages = 0,
  withoutMemory = false,
  ...rest
}: TaskSpec): KernelTask {
  const rssFilePages = rssPages - rssAnonPages;
  const memory = { rssPages, rssAnonPages, rssFilePages, rssShmemPages: 0, swapPages, pageTablePages };
  return {
    startTicks: rest.pid,
    parentPid: 0,
    oomScoreAdj: 0,
    kernelThread: false,
    globalInit: false,
    cgroup: '/',
    ...rest,
    ...(withoutMemory ? {} : { memory }),
  };
}

/** The rules of a kernel by its release. */
export function rulesFor(release: string) {
  const version = parseKernelVersion(release);
  if (version === undefined) throw new Error(`${release} is no release`);
  return rulesOf(version);
}

export function cgroupScope(path: string): Scope {
  return { kind: 'cgroup', path };
}

/** A current kernel that runs out of memory on a machine of a million pages, with all settings as they come. */
export function contextOf(over: Partial<OomContext> = {}): OomContext {
  return {
    rules: rulesFor('6.18.0'),
    scope: { kind: 'global' },
    totalPages: 1_000_000,
    panicOnOom: 0,
    killAllocatingTask: false,
    oomGroups: new Set(),
    scanOrderKnown: true,
    ...over,
  };
}

/** Figures that are the kernel's own to the page. */
export function exactly(task: KernelTask): Range {
  const pages = task.memory === undefined ? 0 : usagePages(task.memory);
  return { low: pages, high: pages };
}

/** Figures that are off by up to this many pages, by pid. */
export function within(lagPages: ReadonlyMap<number, number>): (task: KernelTask) => Range {
  return (task) => {
    const { low } = exactly(task);
    const lag = lagPages.get(task.pid) ?? 0;
    return { low: low - lag, high: low + lag };
  };
}

export function pidsOf(tasks: readonly KernelTask[]): number[] {
  return tasks.map(({ pid }) => pid);
}

/** Values from a small world, so that ties, shared memory, groups and children of each other are common in it. */
const world = {
  pages: fc.integer({ min: 0, max: 12 }),
  oomScoreAdj: fc.constantFrom(-1000, -999, -500, -1, 0, 0, 0, 1, 2, 500, 1000),
  cgroup: fc.constantFrom('/', '/a', '/a/b', '/a/b/c', '/ab', '/d', '/d/e'),
};

export interface ArbitraryTasks {
  readonly least?: number;
  readonly most?: number;
  /** No two share an address space, and there is no vfork child. */
  readonly apart?: boolean;
}

/** From `least` to `most` processes in scan order; pid 1 is global init. */
export function arbitraryTasks({ least = 1, most = 9, apart = false }: ArbitraryTasks = {}): fc.Arbitrary<
  KernelTask[]
> {
  const record = fc.record({
    rssPages: world.pages,
    swapPages: world.pages,
    pageTablePages: world.pages,
    oomScoreAdj: world.oomScoreAdj,
    cgroup: world.cgroup,
    parentPid: fc.integer({ min: 0, max: most }),
    capSysAdmin: fc.boolean(),
    kind: fc.constantFrom(
      'process',
      'process',
      'process',
      'process',
      'kernel-thread',
      'zombie',
      'passed-over',
    ),
    mm: apart ? fc.constant(undefined) : fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  });
  return fc.array(record, { minLength: least, maxLength: most }).map((records) =>
    records.map(({ kind, mm, ...figures }, index) =>
      taskOf({
        ...figures,
        pid: index + 1,
        globalInit: index === 0,
        kernelThread: kind === 'kernel-thread',
        withoutMemory: kind === 'kernel-thread' || kind === 'zombie',
        passedOver: kind === 'passed-over',
        ...(mm === undefined || kind === 'kernel-thread' || kind === 'zombie' ? {} : { mm }),
      }),
    ),
  );
}

/** Any scope and settings of a kernel that chooses as the given releases do. */
export function arbitraryContext(releases: readonly string[]): fc.Arbitrary<OomContext> {
  return fc
    .record({
      release: fc.constantFrom(...releases),
      // Below 1,000 pages an adjustment does nothing; 3,000 make one of 1 worth three pages.
      totalPages: fc.constantFrom(999, 1000, 3000, 1_000_000),
      oomGroups: fc.subarray(['/a', '/a/b', '/d', '/d/e']).map((paths) => new Set(paths)),
      scope: fc.constantFrom<Scope>({ kind: 'global' }, cgroupScope('/'), cgroupScope('/a')),
    })
    .map(({ release, ...rest }) => contextOf({ ...rest, rules: rulesFor(release) }));
}
