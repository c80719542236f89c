/** What a round sets up and does; all of it follows from the seed. Paths are relative to the round's own cgroup. */
export interface Scenario {
  readonly seed: number;
  readonly kind: ScenarioKind;
  /** Where memory runs out: in a cgroup, or on the whole machine (guests only). */
  readonly scope: 'cgroup' | 'global';
  /** Parents before children, in the order in which they are created, which is the kernel's order of siblings. */
  readonly cgroups: readonly CgroupPlan[];
  readonly processes: readonly ProcessPlan[];
  /** The cgroup whose limit is hit. */
  readonly overLimit: string;
  readonly push: PushPlan;
  /** How often memory runs out in a row. */
  readonly kills: number;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly swap?: 'disk' | 'zram';
  /** Processes are started and end all the time while the program looks. */
  readonly restless: boolean;
}

export interface CgroupPlan {
  readonly path: string;
  /** The limit is set when all is built, to what is in use then and this much. */
  readonly slackPages?: number;
  readonly swapSlackPages?: number;
  readonly oomGroup?: boolean;
}

export interface ProcessPlan {
  readonly label: string;
  readonly cgroup: string;
  readonly cpu: number;
  /** Started outside and moved in, in the order of the plan: then the order of attachment is not that of the pids. */
  readonly moved?: boolean;
  /** The commands for eater.c. */
  readonly steps: readonly string[];
}

export interface PushPlan {
  /** Who takes the memory that is not there: a small process of its own, or the one that is expected to die. */
  readonly by: 'stranger' | 'victim';
  /** `shmem` (tmpfs) pages are in no process's RSS; `cache` fills the limit with page cache first. */
  readonly memory: 'shmem' | 'anon';
  readonly cgroup: string;
  readonly cachePages?: number;
}

/** So little is left when a stranger takes anonymous memory, that it does not become the largest itself. */
export const strangerSlackPages = 300;

export const scenarioKinds = [
  'near sizes',
  'adjusted',
  'protected',
  'page tables',
  'swap',
  'ties',
  'shared memory',
  'dead leaders',
  'children',
  'nested limits',
  'group kills',
  'allocating task',
  'panic_on_oom off',
  'tmpfs and cache',
  'tiny limit',
  'container init',
  'users',
  'locked',
  'restless',
  'hostile names',
] as const;

export type ScenarioKind = (typeof scenarioKinds)[number];

/** The kinds in which the kernel may know more than user space can see: only here may "A or B" be usual. */
export const closeKinds: ReadonlySet<ScenarioKind> = new Set(['near sizes', 'ties']);
