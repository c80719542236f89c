/** What a cgroup is filled with before memory is taken until the kernel kills in it. */
export interface HeadroomKind {
  readonly name: string;
  /** What eater.c builds in it. */
  readonly steps?: readonly string[];
  /** The command that one of its processes gets then; FILE stands for a file on a disk. */
  readonly command?: string;
  /** Written files go to the disk before the question is asked. */
  readonly synced?: true;
  /** memory.swap.max in pages; swap is on then. */
  readonly swap?: number | 'max';
  /** All of that is done in a child cgroup, of which this file protects `pages`. */
  readonly below?: { readonly file: 'memory.min' | 'memory.low'; readonly pages: number };
}

const cachePages = 10_240;
const memoryPages = 8000;

export const headroomKinds: readonly HeadroomKind[] = [
  { name: 'anonymous', steps: [`anon=${memoryPages}`] },
  { name: 'clean cache', command: `cache ${cachePages} FILE`, synced: true },
  { name: 'dirty cache', command: `cache ${cachePages} FILE` },
  { name: 'tmpfs', steps: [`shmem=${memoryPages}`] },
  { name: 'slab', command: 'names 60000 FILE' },
  { name: 'locked', steps: ['lock', `anon=${memoryPages}`] },
  { name: 'anonymous, all of the swap', steps: [`anon=${memoryPages}`], swap: 'max' },
  { name: 'anonymous, 20 MiB of swap', steps: [`anon=${memoryPages}`], swap: 5120 },
  { name: 'anonymous, swap that it may not use', steps: [`anon=${memoryPages}`], swap: 0 },
  { name: 'tmpfs, all of the swap', steps: [`shmem=${memoryPages}`], swap: 'max' },
  { name: 'locked, all of the swap', steps: ['lock', `anon=${memoryPages}`], swap: 'max' },
  {
    name: 'clean cache, half of it behind memory.min',
    command: `cache ${cachePages} FILE`,
    synced: true,
    below: { file: 'memory.min', pages: cachePages / 2 },
  },
  {
    name: 'clean cache, half of it behind memory.low',
    command: `cache ${cachePages} FILE`,
    synced: true,
    below: { file: 'memory.low', pages: cachePages / 2 },
  },
];
