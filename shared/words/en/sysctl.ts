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
    title: 'May more memory be promised than there is?',
    meaning: 'Programs ask for memory long before they use it; this decides how much the kernel may promise.',
    values: {
      0: {
        title: 'Only what is not obviously too much',
        meaning:
          'A single request may not exceed all of memory and swap; nothing else is refused. The default.',
      },
      1: { title: 'Always', meaning: 'Nothing is refused. When it is used, the kernel has to kill.' },
      2: {
        title: 'Never beyond the limit',
        meaning: 'Requests fail when the limit is promised, before memory runs out.',
      },
    },
  },
  'vm.overcommit_ratio': {
    title: 'How much of memory counts, in mode 2',
    meaning: 'The limit of promises is this percentage of memory, and all of swap.',
  },
  'vm.overcommit_kbytes': {
    title: 'How much counts in mode 2, as an amount',
    meaning:
      'The limit of promises is this many KiB, and all of swap; 0 leaves it to the ratio that is set afterwards.',
  },
  'vm.panic_on_oom': {
    title: 'When memory is gone',
    meaning: 'Whether the kernel kills a process or stops the whole machine.',
    values: {
      0: { title: 'Kill a process', meaning: 'The one with the highest badness goes. The default.' },
      1: {
        title: 'Stop the machine',
        meaning: 'Not for containers and tasks bound to some memory nodes that hit a limit of their own.',
      },
      2: { title: 'Stop the machine always', meaning: 'Also when a single container is full.' },
    },
  },
  'kernel.panic': {
    title: 'After the machine has stopped',
    meaning: 'How many seconds after a panic the machine restarts; 0 waits for somebody to press the button.',
  },
  'vm.oom_kill_allocating_task': {
    title: 'Who is killed?',
    meaning: 'Whether the kernel looks for the worst process, or takes whoever asks when memory is gone.',
    values: {
      0: { title: 'The worst one', meaning: 'The process with the highest badness. The default.' },
      1: { title: 'Whoever asks', meaning: 'Quick, but nobody can say beforehand who that will be.' },
    },
  },
  'vm.oom_dump_tasks': {
    title: 'Does the kernel say who was there?',
    meaning: 'Whether the report of a kill lists all processes with their memory.',
    values: {
      0: {
        title: 'No list',
        meaning: 'The report is short; why this one was chosen cannot be told afterwards.',
      },
      1: { title: 'A list of all', meaning: 'Lifeboat can explain the kill from it. The default.' },
    },
  },
  'vm.swappiness': {
    title: 'Swap programs out, or drop cached files?',
    meaning:
      'The higher, the sooner memory of programs is swapped out to keep cached files; 100 treats both alike.',
  },
  'vm.min_free_kbytes': {
    title: 'Kept free for the kernel',
    meaning: 'Never given to programs, so that the kernel can go on when all else is used.',
  },
  'vm.admin_reserve_kbytes': {
    title: 'Kept for root, in mode 2',
    meaning: 'Promised to root alone, so that somebody can still log in and end a program.',
  },
  'vm.user_reserve_kbytes': {
    title: 'Kept from a single program, in mode 2',
    meaning: 'One program may not take the last of what may be promised: so much is left to the others.',
  },
};

export const presets: Readonly<
  Record<SysctlPreset['id'], { readonly title: string; readonly meaning: string }>
> = {
  default: { title: 'Kernel defaults', meaning: 'What the kernel starts with when nobody says otherwise.' },
  'never-promise-more': {
    title: 'Never promise more than there is',
    meaning: 'Requests fail when all of memory and swap is promised, so that hardly anything is ever killed.',
  },
  'reboot-after-oom': {
    title: 'Restart after OOM',
    meaning: 'When memory is gone, the machine stops and restarts after ten seconds.',
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
  if (value === 0) return '0 (waits)';
  return value < 0 ? `${formatCount(value)} (restarts at once)` : `${formatCount(value)} s`;
}

/** What stands behind a number that is being typed: its unit, or what it means. Empty where the number says it all. */
export function unitText(name: SysctlName, value: number): string {
  if (KBYTES.has(name)) return value < 1000 ? 'KiB' : `KiB (${formatBytes(value * 1024)})`;
  if (name === 'vm.overcommit_ratio') return '%';
  if (name !== 'kernel.panic') return '';
  if (value === 0) return 'waits';
  return value < 0 ? 'restarts at once' : 's';
}

/** What a change would bring, in a sentence. */
export function factSentence(name: SysctlName, fact: SysctlFact): Sentence {
  switch (fact.kind) {
    case 'no-change':
      return say`It is so already.`;
    case 'commit-limit':
      return commitLimit(fact);
    case 'breaks-at-once': {
      const beyond = fact.chargeBytes - fact.limitBytes;
      const how = beyond > 0 ? say`${strong(formatBytes(beyond))} beyond the limit` : say`all of the limit`;
      return say`${strong('Would break running programs.')} ${formatBytes(fact.chargeBytes)} are promised already, ${how}: every new request, and every new process, would fail at once.`;
    }
    case 'safe-with': {
      const swap = `${formatBytes(fact.moreSwapBytes)} more swap`;
      if (fact.ratio === undefined) return say`It would be safe with ${strong(swap)}.`;
      return say`It would be safe with a ratio of ${strong(formatCount(fact.ratio))} or more, or ${strong(swap)}.`;
    }
    case 'headroom':
      return say`${strong(formatBytes(fact.leftBytes))} more may be promised before requests fail.`;
    case 'promises-everything':
      return say`No request is ever refused, however large. What is promised and used beyond memory and swap ends in a kill.`;
    case 'refuses-obvious':
      return say`A single request may not exceed ${strong(formatBytes(fact.mostBytes))}; apart from that, nothing is refused.`;
    case 'clears':
      return say`Sets ${fact.other} to 0, from ${valueText(fact.other, fact.from)}: setting one clears the other.`;
    case 'panics':
      return panics(fact);
    case 'kills':
      return fact.next === undefined
        ? say`A process is killed when memory is gone.`
        : say`A process is killed when memory is gone; ${strong(safeText(fact.next))} would be first.`;
    case 'kills-allocating-task':
      return say`Whoever asks when memory is gone is killed, be it small or important: ${strong('nobody can say who')}. Inside cgroups the order still holds.`;
    case 'restarts-after':
      return fact.seconds < 0
        ? say`After a panic the machine restarts at once, before anybody can read why.`
        : say`After a panic the machine restarts in ${strong(`${formatCount(fact.seconds)} s`)}.`;
    case 'hangs':
      return say`${strong('kernel.panic is 0:')} after a panic the machine hangs until somebody presses the button. With 10 it restarts after ten seconds.`;
    case 'no-task-list':
      return say`Reports of kills would not list the processes: why one was chosen cannot be explained afterwards.`;
    case 'task-list':
      return say`Reports of kills list all processes, so that they can be explained.`;
    case 'swaps':
      return swaps(fact);
    case 'reserve':
      return reserve(name, fact);
    case 'too-little':
      return tooLittle(name, fact);
    case 'refused-by-kernel':
      return say`This kernel takes ${formatCount(fact.lowest)} to ${strong(formatCount(fact.highest))} and refuses everything else.`;
    case 'counts-only-in-mode-2':
      return say`${strong('Changes nothing now:')} it counts only while vm.overcommit_memory is 2.`;
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
      ? say`The limit of promises is ${strong(formatBytes(afterBytes))}`
      : say`The limit of promises goes from ${formatBytes(beforeBytes)} to ${strong(formatBytes(afterBytes))}`;
  if (!fact.counts || beforeBytes === afterBytes) return say`${moves}.`;
  const difference = formatBytes(Math.abs(afterBytes - beforeBytes));
  return say`${moves}: ${difference} ${afterBytes > beforeBytes ? 'more' : 'less'} may be promised.`;
}

function panics(fact: SysctlFact & { readonly kind: 'panics' }): Sentence {
  const { alsoCgroups, panicSeconds, cgroupsWithLimit } = fact;
  const groups =
    cgroupsWithLimit === 1
      ? '1 group here has a limit'
      : `${formatCount(cgroupsWithLimit)} groups here have limits`;
  const when = alsoCgroups
    ? say`also when a single container or unit is full (${groups})`
    : say`except where only a container, or a task bound to some memory nodes, hits its own limit`;
  const then =
    panicSeconds === 0
      ? ''
      : panicSeconds < 0
        ? ' It restarts at once.'
        : ` It restarts after ${formatCount(panicSeconds)} s.`;
  return say`${strong('The whole machine stops')} when memory is gone, ${when}. All that is not saved is lost.${then}`;
}

function swaps({ value, hasSwap }: SysctlFact & { readonly kind: 'swaps' }): Sentence {
  if (!hasSwap) return say`${strong('Changes nothing now:')} there is no swap.`;
  if (value === 0) {
    return say`Programs are swapped out only when memory is all but gone: cached files are dropped first, and running out comes with less warning.`;
  }
  if (value > 100)
    return say`Programs are swapped out sooner than cached files are dropped: right for swap in compressed memory (zram), slow on disks.`;
  if (value === 100) return say`Swapping a program out and dropping a cached file count as equally dear.`;
  return say`Cached files are dropped sooner than programs are swapped out; the lower, the more so.`;
}

function reserve(name: SysctlName, { bytes, share }: SysctlFact & { readonly kind: 'reserve' }): Sentence {
  const amount = strong(formatBytes(bytes));
  switch (name) {
    case 'vm.admin_reserve_kbytes':
      return say`${amount} of what may be promised is for root alone.`;
    case 'vm.user_reserve_kbytes':
      return say`A large program has to leave ${amount} of what may be promised to the others.`;
    default:
      return say`${amount}, ${formatPercent(share)} of memory, is never given to programs: less is left for them.`;
  }
}

function tooLittle(name: SysctlName, fact: SysctlFact & { readonly kind: 'too-little' }): Sentence {
  const least = strong(formatBytes(fact.leastBytes));
  return name === 'vm.admin_reserve_kbytes'
    ? say`With less than ${least} not even root may be able to log in and end a program once all is promised.`
    : say`With less than ${least} the kernel itself may stand still when memory is short.`;
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
  return ` After the next boot it is ${after}.`;
}

/** Lines that lose, and lines that nobody reads. */
export function loserSentences({ overridden, unread }: SysctlState): readonly Sentence[] {
  return [
    ...overridden.map((line) => say`${safeText(line.value)} in ${placeOf(line)} loses to it.`),
    ...unread.map(
      (line) =>
        say`${safeText(line.value)} in ${placeOf(line)} counts for nothing: systemd does not read that file.`,
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
