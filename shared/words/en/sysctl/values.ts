import { formatBytes } from '#shared/format/bytes.ts';
import { formatCount } from '#shared/format/count.ts';
import { type SysctlName } from '#shared/model/sysctl/sysctl.ts';

/** The words for one setting. `values`: what the single values do, where they are few. */
export interface SysctlWords {
  readonly title: string;
  readonly meaning: string;
  readonly values?: Readonly<Record<string, { readonly title: string; readonly meaning: string }>>;
}

export const settings: Readonly<Record<SysctlName, SysctlWords>> = {
  'vm.overcommit_memory': {
    title: 'Overcommit',
    meaning: 'Programs allocate memory long before they use it. This decides how much the kernel grants.',
    values: {
      0: {
        title: 'Heuristic',
        meaning: 'Refuses only a single allocation larger than all memory and swap. The default.',
      },
      1: {
        title: 'Always allow',
        meaning: 'Nothing is refused. When memory runs out, the kernel has to kill.',
      },
      2: {
        title: 'Strict, up to the commit limit',
        meaning: 'Allocations fail at the commit limit, before memory runs out.',
      },
    },
  },
  'vm.overcommit_ratio': {
    title: 'Commit limit, % of RAM (strict mode)',
    meaning: 'The commit limit is this share of RAM plus all swap.',
  },
  'vm.overcommit_kbytes': {
    title: 'Commit limit, fixed amount (strict mode)',
    meaning: 'The commit limit is this many KiB plus all swap. 0: vm.overcommit_ratio decides.',
  },
  'vm.panic_on_oom': {
    title: 'When memory runs out',
    meaning: 'Whether the kernel kills a process or panics.',
    values: {
      0: { title: 'Kill a process', meaning: 'The process with the highest badness. The default.' },
      1: {
        title: 'Panic',
        meaning: 'Except when only a container or a task bound to some NUMA nodes runs out.',
      },
      2: { title: 'Always panic', meaning: 'Also when a single container reaches its limit.' },
    },
  },
  'kernel.panic': {
    title: 'Restart after a panic',
    meaning: 'Seconds until the machine restarts after a panic. 0: it stays stopped until you reset it.',
  },
  'vm.oom_kill_allocating_task': {
    title: 'Which process is killed',
    meaning:
      'Whether the kernel chooses by badness or kills the process that is allocating when memory runs out.',
    values: {
      0: { title: 'Highest badness', meaning: 'The process with the highest badness. The default.' },
      1: { title: 'The allocating process', meaning: 'Quick, but the victim cannot be predicted.' },
    },
  },
  'vm.oom_dump_tasks': {
    title: 'Process list in kill reports',
    meaning: 'Whether the kernel’s report of a kill lists all processes with their memory.',
    values: {
      0: {
        title: 'No list',
        meaning: 'Short reports. Why a process was chosen cannot be explained afterwards.',
      },
      1: { title: 'List all', meaning: 'Lifeboat can explain the kill from the report. The default.' },
    },
  },
  'vm.swappiness': {
    title: 'Swap or drop file cache',
    meaning:
      'The higher, the sooner program memory is swapped out to keep cached files. 100 treats both alike.',
  },
  'vm.min_free_kbytes': {
    title: 'Kept free for the kernel',
    meaning: 'Never given to programs, so that the kernel can work when all other memory is used.',
  },
  'vm.admin_reserve_kbytes': {
    title: 'Reserved for root (strict mode)',
    meaning: 'Only root can commit it, so that an administrator can still log in and end a program.',
  },
  'vm.user_reserve_kbytes': {
    title: 'Reserved from any single program (strict mode)',
    meaning: 'One program cannot commit the last of the limit: this much is left to the others.',
  },
};

const KBYTES: ReadonlySet<SysctlName> = new Set<SysctlName>([
  'vm.overcommit_kbytes',
  'vm.min_free_kbytes',
  'vm.admin_reserve_kbytes',
  'vm.user_reserve_kbytes',
]);

/** A value for people: `80%`, `8 192 KiB (8.0 MiB)`, `10 s`, `1 (Stop the machine)`. */
export function valueText(name: SysctlName, value: number): string {
  if (KBYTES.has(name)) {
    return value === 0 ? '0' : `${formatCount(value)} KiB (${formatBytes(value * 1024)})`;
  }
  if (name === 'vm.overcommit_ratio') return `${formatCount(value)}%`;
  if (name === 'kernel.panic') return panicValue(value);
  const title = (settings[name].values ?? {})[value]?.title;
  return title === undefined ? formatCount(value) : `${formatCount(value)} (${title})`;
}

function panicValue(value: number): string {
  if (value === 0) return '0 (stays stopped)';
  return value < 0 ? `${formatCount(value)} (restarts at once)` : `${formatCount(value)} s`;
}

/** What stands behind a number that is being typed: its unit, or what it means. Empty where the number says it all. */
export function unitText(name: SysctlName, value: number): string {
  if (KBYTES.has(name)) return value < 1000 ? 'KiB' : `KiB (${formatBytes(value * 1024)})`;
  if (name === 'vm.overcommit_ratio') return '%';
  if (name !== 'kernel.panic') return '';
  if (value === 0) return 'stays stopped';
  return value < 0 ? 'restarts at once' : 's';
}
