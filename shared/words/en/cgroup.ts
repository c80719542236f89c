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
      meaning: 'It cannot use more. When that is not enough, one of its own processes is killed.',
    },
    high: {
      title: 'Brake',
      meaning: 'Above it everybody in it is slowed down and has to give memory back. Nobody is killed.',
    },
    low: {
      title: 'Spared',
      meaning: 'So much of what it uses is taken back only when nothing else can be.',
    },
    min: {
      title: 'Guaranteed',
      meaning: 'So much of what it uses is never taken back: others are killed before.',
    },
    soft: {
      title: 'Soft limit',
      meaning: 'When the machine is short of memory, what it uses above it is taken back first.',
    },
    'oom-group': {
      title: 'All together',
      meaning: 'When one process in it is killed, all of them are.',
    },
  };

/** The page's words around them. */
export const editor = {
  edit: (label: string) => `Change the limits of ${label}`,
  panel: (label: string) => `Limits of ${label}`,
  setting: 'What',
  value: 'To',
  now: (text: string) => `now ${text}`,
  hint: '512M, 2 GiB, or max',
  unreadable: 'That is no size: write 512M, 2 GiB, or max.',
  yes: 'on',
  no: 'off',
  apply: 'Apply',
  anyway: 'Apply anyway',
  leave: 'Leave it',
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
      return say`It is so already.`;
    case 'headroom':
      return fact.next === undefined
        ? say`${strong(formatBytes(fact.leftBytes))} more can be used before it is full.`
        : say`${strong(formatBytes(fact.leftBytes))} more can be used before it is full; then ${strong(named(fact.next))} is killed first.`;
    case 'drops-cache':
      return say`${strong(formatBytes(fact.bytes))} more is in use: that much page cache has to be dropped, and read from disk again later.`;
    case 'kills':
      return say`${strong(formatBytes(fact.overBytes))} more is in use than can be given back by dropping cache.${swapping(fact.swappableBytes)} The kernel kills in it at once until it fits, and may take more than it has to${fact.victims.length === 0 ? '' : say`: first ${strong(fact.victims.map(named).join(', '))}`}.`;
    case 'refused-busy':
      return say`${strong(formatBytes(fact.overBytes))} more is in use than can be given back by dropping cache.${swapping(fact.swappableBytes)} Unless that is enough, the kernel refuses (EBUSY); it kills nobody for it.`;
    case 'goes-back':
      return say`Unless it is kept it goes back to ${strong(formatBytes(fact.limitBytes))}: for what was taken beyond that by then, processes in it are killed.`;
    case 'unlimited':
      return say`Nothing stops it before what is above it is full.`;
    case 'limit-above':
      return say`${safeText(fact.path)} above it has ${strong(formatBytes(fact.limitBytes))}, which is reached first.`;
    case 'throttles':
      return say`${strong(formatBytes(fact.overBytes))} more is in use: everything in it is slowed down until that much was given back.`;
    case 'throttles-from':
      return say`It is slowed down when it has taken ${strong(formatBytes(fact.leftBytes))} more.`;
    case 'protects':
      return fact.absolutely
        ? say`${strong(formatBytes(fact.bytes))} (${formatPercent(fact.share)} of memory) of what it uses is never taken back: others are killed before.`
        : say`${strong(formatBytes(fact.bytes))} (${formatPercent(fact.share)} of memory) of what it uses is taken back last.`;
    case 'protected-less-above':
      return say`${safeText(fact.path)} above it has only ${strong(formatBytes(fact.bytes))} of that to pass on: more does not count.`;
    case 'reclaimed-first':
      return fact.overBytes === 0
        ? say`It uses less than that: nothing changes for now.`
        : say`When the machine is short of memory, ${strong(formatBytes(fact.overBytes))} of what it uses is taken back first.`;
    case 'dies-together':
      return say`When one process in it is killed, all ${strong(formatCount(fact.count))} are, but those at -1000.`;
    case 'dies-alone':
      return say`Only the one that is chosen is killed.`;
    case 'holds-lifeboat':
      return say`Lifeboat itself runs in it.`;
    case 'unit-rewrites':
      return say`${safeText(fact.unit)} belongs to systemd, which sets its own value at the next start.`;
    case 'container-rewrites':
      return say`The container engine sets its own value at the next start.`;
  }
}

function named(process: NamedProcess): string {
  return `${nameOf(process)} (${process.pid})`;
}

function swapping(bytes: number): string {
  return bytes === 0
    ? ' There is no swap that could take it.'
    : ` ${formatBytes(bytes)} of swap may take some of it.`;
}
