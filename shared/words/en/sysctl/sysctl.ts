import { assertNever } from '#shared/result.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatCount, formatPercent } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  type SysctlEffect,
  type SysctlFact,
  type SysctlName,
  type SysctlPreset,
} from '#shared/model/sysctl/sysctl.ts';
import { say, strong, type Sentence } from '../../sentence.ts';
import { placesOf } from './disk.ts';
import { valueText } from './values.ts';

export * from './disk.ts';
export * from './values.ts';

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

/** What a dangerous change ends in, short enough for the button that makes it; undefined for what is no danger. */
export function consequence({ weight, fact }: Pick<SysctlEffect, 'weight' | 'fact'>): string | undefined {
  if (weight !== 'danger') return undefined;
  switch (fact.kind) {
    case 'breaks-at-once':
      return 'programs fail at once';
    case 'panics':
      return 'the machine stops when memory runs out';
    case 'hangs':
      return 'a panic hangs the machine';
    case 'too-little':
      return 'the machine may lock up';
    case 'refused-by-kernel':
      return 'the kernel refuses it';
    default:
      return 'read the warning above';
  }
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
      if (fact.sets !== undefined)
        return say`Kept, it would not last: at the next boot ${strong(safeText(fact.file))} sets ${fact.sets}, which makes it ${safeText(fact.value)}.`;
      return say`Kept, it would not last: at the next boot ${strong(safeText(fact.file))} sets it to ${safeText(fact.value)}, being read later.`;
    case 'way-out':
      return say`To make a kept value last, turn ${placesOf(fact.lines)} into a comment with this command.`;
    case 'boot-breaks':
      return bootBreaks(fact);
    case 'boot-hangs':
      return say`${strong('The next boot brings a machine that hangs:')} it panics when memory runs out, and kernel.panic is 0. Set in ${placesOf(fact.lines)}.`;
    case 'boot-starves':
      return say`${strong('The next boot leaves programs hardly any memory:')} ${formatBytes(fact.bytes)} of ${formatBytes(fact.totalBytes)} are kept free for the kernel. Set in ${placesOf(fact.lines)}.`;
    default:
      return assertNever(fact);
  }
}

function bootBreaks(fact: SysctlFact & { readonly kind: 'boot-breaks' }): Sentence {
  const limit =
    fact.limitBytes === 0
      ? say`programs can commit no memory at all`
      : say`programs can commit ${strong(formatBytes(fact.limitBytes))} and have committed ${formatBytes(fact.chargeBytes)} now`;
  return say`${strong('The next boot may not come up:')} vm.overcommit_memory will be 2, and ${limit}. Set in ${placesOf(fact.lines)}.`;
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
