import { assertNever } from '#shared/result.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatCount, formatPercent } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  type OnDisk,
  type SysctlFact,
  type SysctlName,
  type SysctlPreset,
  type SysctlState,
} from '#shared/model/sysctl.ts';
import { say, strong, type Sentence } from '../sentence.ts';

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

export const presets: Readonly<
  Record<SysctlPreset['id'], { readonly title: string; readonly meaning: string }>
> = {
  default: { title: 'Kernel defaults', meaning: 'The values that the kernel starts with.' },
  'never-promise-more': {
    title: 'Strict overcommit',
    meaning: 'Allocations fail once all memory and swap is committed, so that kills are rare.',
  },
  'reboot-after-oom': {
    title: 'Restart after OOM',
    meaning: 'When memory runs out, the machine panics and restarts after ten seconds.',
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

/** What a change would bring, in a sentence. */
export function factSentence(name: SysctlName, fact: SysctlFact): Sentence {
  switch (fact.kind) {
    case 'no-change':
      return say`No change: it already has this value.`;
    case 'commit-limit':
      return commitLimit(fact);
    case 'breaks-at-once': {
      const beyond = fact.chargeBytes - fact.limitBytes;
      const how = beyond > 0 ? say`${strong(formatBytes(beyond))} beyond the limit` : say`all of the limit`;
      return say`${strong('Would break running programs.')} ${formatBytes(fact.chargeBytes)} are already committed, ${how}: every new allocation and every new process would fail at once.`;
    }
    case 'safe-with': {
      const swap = `${formatBytes(fact.moreSwapBytes)} more swap`;
      if (fact.ratio === undefined) return say`Safe with ${strong(swap)}.`;
      return say`Safe with a ratio of ${strong(formatCount(fact.ratio))} or more, or ${strong(swap)}.`;
    }
    case 'headroom':
      return say`${strong(formatBytes(fact.leftBytes))} more can be committed before allocations fail.`;
    case 'promises-everything':
      return say`No allocation is refused, however large. Use beyond memory and swap ends in a kill.`;
    case 'refuses-obvious':
      return say`Refuses only a single allocation above ${strong(formatBytes(fact.mostBytes))}.`;
    case 'clears':
      return say`Sets ${fact.other} to 0, from ${valueText(fact.other, fact.from)}: setting one clears the other.`;
    case 'panics':
      return panics(fact);
    case 'kills':
      return fact.next === undefined
        ? say`A process is killed when memory runs out.`
        : say`A process is killed when memory runs out; ${strong(safeText(fact.next))} would be first.`;
    case 'kills-allocating-task':
      return say`The process that is allocating when memory runs out is killed, however small or important: ${strong('it cannot be predicted')}. Inside cgroups the order still applies.`;
    case 'restarts-after':
      return fact.seconds < 0
        ? say`After a panic the machine restarts at once, before you can read why.`
        : say`After a panic the machine restarts in ${strong(`${formatCount(fact.seconds)} s`)}.`;
    case 'hangs':
      return say`${strong('kernel.panic is 0:')} after a panic the machine stays stopped until you reset it. With 10 it restarts after ten seconds.`;
    case 'no-task-list':
      return say`Kill reports would not list the processes: why one was chosen cannot be explained afterwards.`;
    case 'task-list':
      return say`Kill reports list all processes, so that they can be explained.`;
    case 'swaps':
      return swaps(fact);
    case 'reserve':
      return reserve(name, fact);
    case 'too-little':
      return tooLittle(name, fact);
    case 'refused-by-kernel':
      return say`This kernel accepts ${formatCount(fact.lowest)} to ${strong(formatCount(fact.highest))} only.`;
    case 'counts-only-in-mode-2':
      return say`${strong('No effect now:')} it applies only while vm.overcommit_memory is 2.`;
    case 'other-file-wins':
      return say`Kept, it would not last: at the next boot ${strong(safeText(fact.file))} sets it to ${safeText(fact.value)}, being read later.`;
    default:
      return assertNever(fact);
  }
}

function commitLimit(fact: SysctlFact & { readonly kind: 'commit-limit' }): Sentence {
  const { beforeBytes, afterBytes } = fact;
  const moves =
    beforeBytes === afterBytes
      ? say`The commit limit is ${strong(formatBytes(afterBytes))}`
      : say`The commit limit goes from ${formatBytes(beforeBytes)} to ${strong(formatBytes(afterBytes))}`;
  if (!fact.counts || beforeBytes === afterBytes) return say`${moves}.`;
  const difference = formatBytes(Math.abs(afterBytes - beforeBytes));
  return say`${moves}: ${difference} ${afterBytes > beforeBytes ? 'more' : 'less'} can be committed.`;
}

function panics(fact: SysctlFact & { readonly kind: 'panics' }): Sentence {
  const { alsoCgroups, panicSeconds, cgroupsWithLimit } = fact;
  const groups =
    cgroupsWithLimit === 1
      ? '1 group here has a limit'
      : `${formatCount(cgroupsWithLimit)} groups here have limits`;
  const when = alsoCgroups
    ? say`also when a single container or unit reaches its limit (${groups})`
    : say`except when only a container or a task bound to some NUMA nodes runs out`;
  const then =
    panicSeconds === 0
      ? ''
      : panicSeconds < 0
        ? ' It restarts at once.'
        : ` It restarts after ${formatCount(panicSeconds)} s.`;
  return say`${strong('The whole machine panics')} when memory runs out, ${when}. Unsaved work is lost.${then}`;
}

function swaps({ value, hasSwap }: SysctlFact & { readonly kind: 'swaps' }): Sentence {
  if (!hasSwap) return say`${strong('No effect now:')} there is no swap.`;
  if (value === 0) {
    return say`Programs are swapped out only when memory is nearly gone: cached files are dropped first, and memory runs out with less warning.`;
  }
  if (value > 100)
    return say`Programs are swapped out sooner than cached files are dropped: right for swap in compressed memory (zram), slow on disks.`;
  if (value === 100) return say`Swapping and dropping cached files count as equally expensive.`;
  return say`Cached files are dropped sooner than programs are swapped out; the lower, the more so.`;
}

function reserve(name: SysctlName, { bytes, share }: SysctlFact & { readonly kind: 'reserve' }): Sentence {
  const amount = strong(formatBytes(bytes));
  switch (name) {
    case 'vm.admin_reserve_kbytes':
      return say`${amount} of the commit limit is for root only.`;
    case 'vm.user_reserve_kbytes':
      return say`A large program has to leave ${amount} of the commit limit to the others.`;
    default:
      return say`${amount}, ${formatPercent(share)} of memory, is never given to programs, so they have less.`;
  }
}

function tooLittle(name: SysctlName, fact: SysctlFact & { readonly kind: 'too-little' }): Sentence {
  const least = strong(formatBytes(fact.leastBytes));
  return name === 'vm.admin_reserve_kbytes'
    ? say`With less than ${least} even root may be unable to log in and end a program once the limit is reached.`
    : say`With less than ${least} the kernel itself may stall when memory is short.`;
}

/** Where the value comes from at boot. */
export function diskSentence(state: SysctlState): Sentence {
  const { spec, onDisk, afterBoot } = state;
  if (onDisk === undefined) {
    return spec.default === undefined
      ? say`Not set on disk: the kernel computes it at every boot.`
      : say`Not set on disk; the kernel’s default is ${valueText(spec.name, spec.default)}.`;
  }
  const where = say`${strong(safeText(onDisk.value))} in ${placeOf(onDisk)}`;
  const result = afterBoot === Number(onDisk.value) ? '' : notAsWritten(state);
  return say`${where}.${result}`;
}

function notAsWritten({ spec, afterBoot }: SysctlState): string {
  const after = afterBoot === undefined ? 'what the kernel computes' : valueText(spec.name, afterBoot);
  return ` After the next boot: ${after}.`;
}

/** Lines that lose, and lines that nobody reads. */
export function loserSentences({ overridden, unread }: SysctlState): readonly Sentence[] {
  return [
    ...overridden.map((line) => say`${safeText(line.value)} in ${placeOf(line)} is overridden by it.`),
    ...unread.map(
      (line) =>
        say`${safeText(line.value)} in ${placeOf(line)} has no effect: systemd does not read that file.`,
    ),
  ];
}

function placeOf({ file, line }: OnDisk): string {
  return file === '/proc/cmdline' ? 'the kernel’s command line' : `${safeText(file)}, line ${line}`;
}

/** The value now is not what the next boot would set. */
export function driftSentence({ spec, now, afterBoot, drifts }: SysctlState): Sentence {
  if (!drifts || now === undefined || afterBoot === undefined) return [];
  return say`Changed since boot: ${strong(valueText(spec.name, now))} now, ${valueText(spec.name, afterBoot)} after the next boot.`;
}
