import { formatBytes } from '#shared/format/bytes.ts';
import { formatCount, formatPercent } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  cgroupValueOf,
  type CgroupFact,
  type CgroupSetting,
  type CgroupValue,
} from '#shared/model/cgroup-change.ts';
import { type NamedProcess } from '#shared/model/kill-order.ts';
import { say, strong, type Sentence } from '../sentence.ts';
import { nameOf } from './process.ts';

/** What each setting is, in a name and a sentence. */
export const settings: Readonly<Record<CgroupSetting, { readonly title: string; readonly meaning: string }>> =
  {
    max: {
      title: 'Limit',
      meaning: 'The group cannot use more. When it needs more, the kernel kills a process in it.',
    },
    high: {
      title: 'Throttle above',
      meaning: 'Above this the group is slowed down and its memory reclaimed. Nothing is killed.',
    },
    low: {
      title: 'Protected from reclaim',
      meaning: 'This much of its memory is reclaimed only when nothing else can be.',
    },
    min: {
      title: 'Never reclaimed',
      meaning: 'This much of its memory is never reclaimed: processes elsewhere are killed first.',
    },
    soft: {
      title: 'Soft limit',
      meaning: 'When the machine is short of memory, what the group uses above this is reclaimed first.',
    },
    'oom-group': {
      title: 'Kill as a group',
      meaning: 'When one process in the group is killed, all are.',
    },
  };

/** The page's words around them. */
export const editor = {
  edit: (label: string) => `Change the limits of ${label}`,
  panel: (label: string) => `Limits of ${label}`,
  setting: 'Setting',
  value: 'New value',
  now: (text: string) => `now ${text}`,
  hint: '512M, 2 GiB, or max',
  unreadable: 'Not a size. Use a form like 512M, 2 GiB or max.',
  yes: 'on',
  no: 'off',
  apply: 'Apply',
  anyway: 'Apply anyway',
  leave: 'Cancel',
  loading: 'Reading its limits…',
} as const;

/** A value for people: `512 MiB`, `no limit`, `on`. */
export function valueText(setting: CgroupSetting, value: CgroupValue): string {
  if (setting === 'oom-group') return value === 0 ? editor.no : editor.yes;
  return value === 'max' ? 'no limit' : formatBytes(value);
}

/** The same for a file and the text in it, as journals and pending changes have it. */
export function fileValueText(subject: string, text: string): string {
  const value = cgroupValueOf(text);
  if (value === undefined) return safeText(text);
  return valueText(subject.endsWith('memory.oom.group') ? 'oom-group' : 'max', value);
}

/** What a wish would bring. */
export function factSentence(fact: CgroupFact): Sentence {
  switch (fact.kind) {
    case 'no-change':
      return say`No change: it already has this value.`;
    case 'headroom':
      return fact.next === undefined
        ? say`${strong(formatBytes(fact.leftBytes))} more can be used before it is full.`
        : say`${strong(formatBytes(fact.leftBytes))} more can be used before it is full; then ${strong(named(fact.next))} is killed first.`;
    case 'drops-cache':
      return say`${strong(formatBytes(fact.bytes))} more is in use: that much page cache is dropped and read from disk again later.`;
    case 'kills':
      return say`${strong(formatBytes(fact.overBytes))} more is in use than can be reclaimed by dropping cache.${swapping(fact.swappableBytes)} The kernel kills in the group at once until it fits, possibly more than needed${fact.victims.length === 0 ? '' : say`: first ${strong(fact.victims.map(named).join(', '))}`}.`;
    case 'refused-busy':
      return say`${strong(formatBytes(fact.overBytes))} more is in use than can be reclaimed by dropping cache.${swapping(fact.swappableBytes)} Unless that is enough, the kernel refuses (EBUSY). Nothing is killed.`;
    case 'goes-back':
      return say`Unless kept, it reverts to ${strong(formatBytes(fact.limitBytes))}: if the group uses more than that by then, the kernel kills in it.`;
    case 'unlimited':
      return say`It then has no limit of its own: the next limit above it applies.`;
    case 'limit-above':
      return say`${safeText(fact.path)} above it is limited to ${strong(formatBytes(fact.limitBytes))}, which is reached first.`;
    case 'throttles':
      return say`${strong(formatBytes(fact.overBytes))} more is in use: everything in the group is slowed down until that much is reclaimed.`;
    case 'throttles-from':
      return say`It is slowed down once it uses ${strong(formatBytes(fact.leftBytes))} more.`;
    case 'protects':
      return fact.absolutely
        ? say`${strong(formatBytes(fact.bytes))} (${formatPercent(fact.share)} of memory) of what it uses is never reclaimed: processes elsewhere are killed first.`
        : say`${strong(formatBytes(fact.bytes))} (${formatPercent(fact.share)} of memory) of what it uses is reclaimed last.`;
    case 'protected-less-above':
      return say`${safeText(fact.path)} above it protects only ${strong(formatBytes(fact.bytes))}: more has no effect.`;
    case 'reclaimed-first':
      return fact.overBytes === 0
        ? say`It uses less than that: no effect for now.`
        : say`When the machine is short of memory, ${strong(formatBytes(fact.overBytes))} of what it uses is reclaimed first.`;
    case 'dies-together':
      return say`When one process in it is killed, all ${strong(formatCount(fact.count))} are, except those at -1000.`;
    case 'dies-alone':
      return say`Only the chosen process is killed.`;
    case 'holds-lifeboat':
      return say`Lifeboat itself runs in this group.`;
    case 'unit-rewrites':
      return say`${safeText(fact.unit)} is managed by systemd, which sets its own value at the next start.`;
    case 'container-rewrites':
      return say`The container engine sets its own value at the next start.`;
  }
}

function named(process: NamedProcess): string {
  return `${nameOf(process)} (${process.pid})`;
}

function swapping(bytes: number): string {
  return bytes === 0
    ? ' There is no swap to move it to.'
    : ` ${formatBytes(bytes)} of swap can take some of it.`;
}
