import { formatBytes } from '#shared/format/bytes.ts';
import { formatCount, formatPercent } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  type CgroupEffect,
  cgroupValueOf,
  type CgroupFact,
  type CgroupSetting,
  type CgroupValue,
  type WithoutKill,
  type LimitWay,
} from '#shared/model/cgroup-change.ts';
import { type NamedProcess } from '#shared/model/kill-order.ts';
import { say, strong, type Sentence } from '../sentence.ts';
import { unitNoun } from './unit.ts';
import { cgroupName } from './cgroup-name.ts';
import { isNotable } from './memory/headroom.ts';
import { whoOf } from './process.ts';

/** What each setting is, in a name and a sentence. */
export const settings: Readonly<Record<CgroupSetting, { readonly title: string; readonly meaning: string }>> =
  {
    max: {
      title: 'Limit',
      meaning: 'The group cannot use more. When it needs more, the kernel kills a process in it.',
    },
    memsw: {
      title: 'Limit of memory and swap',
      meaning: 'What the group uses of memory and swap together cannot exceed this. Never below the limit.',
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
  anyway: (consequence: string) => `Apply anyway: ${consequence}`,
  leave: 'Cancel',
  loading: 'Reading its limits…',
} as const;

/** What happens at a limit where every process is exempt. */
const NOTHING_TO_KILL =
  'nothing in it can be killed, so allocations there fail and its programs hang or end with errors';

/** What the limit means where the kernel can kill nothing. */
export const limitWithoutVictim = `The group cannot use more. When it needs more, ${NOTHING_TO_KILL}.`;

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

/** What a change would bring. */
export function factSentence(fact: CgroupFact): Sentence {
  switch (fact.kind) {
    case 'no-change':
      return say`No change: it already has this value.`;
    case 'headroom':
      return say`It can take ${strong(formatBytes(fact.headroomBytes))} more${orMore(fact.uncertainBytes, fact.headroomBytes)}${atLimit(fact)}`;
    case 'reclaims':
      return say`${strong(formatBytes(fact.cacheBytes + fact.swapBytes))} more is in use: ${takenBack(fact.cacheBytes, fact.swapBytes)}.`;
    case 'kills':
      return say`${strong(formatBytes(fact.overBytes))} more is in use than is certain to be reclaimed.${swapping(fact.swapBytes)}${unlessWritten(fact.uncertainBytes, fact.overBytes)}${aboveLimit(fact)}`;
    case 'refused-busy':
      return say`${strong(formatBytes(fact.overBytes))} more is in use than is certain to be reclaimed.${swapping(fact.swapBytes)}${unlessWritten(fact.uncertainBytes, fact.overBytes)} Unless that is enough, the kernel refuses (EBUSY). Nothing is killed.`;
    case 'goes-back':
      return say`Unless kept, it reverts to ${strong(formatBytes(fact.limitBytes))}: if the group uses more than that by then, the kernel kills in it.`;
    case 'unlimited':
      return say`It then has no limit of its own: the next limit above it applies.`;
    case 'limit-above':
      return say`${cgroupName(fact.path)} above it runs out first: its headroom is ${strong(formatBytes(fact.headroomBytes))}.`;
    case 'machine-first':
      return say`The machine runs out first: its headroom is ${strong(formatBytes(fact.headroomBytes))}.`;
    case 'throttles':
      if (fact.empty === true)
        return say`${strong(formatBytes(fact.overBytes))} more is in use, and the kernel reclaims that much. No process is in the group now.`;
      return fact.swapBytes === 0
        ? say`${strong(formatBytes(fact.overBytes))} more is in use: everything in the group is slowed down until that much is reclaimed.`
        : say`${strong(formatBytes(fact.overBytes))} more is in use: everything in the group is slowed down until that much is reclaimed, ${strong(formatBytes(fact.swapBytes))} of it to swap.`;
    case 'stalls':
      if (fact.empty === true)
        return say`${strong(formatBytes(fact.overBytes))} more is in use than can be reclaimed. No process is in the group now; each that is started there stands still.`;
      return say`${strong(formatBytes(fact.overBytes))} more is in use than can be reclaimed. Everything in the group stands still: each allocation waits for up to two seconds. No process is killed.`;
    case 'throttles-from':
      return say`It is slowed down once it uses ${strong(formatBytes(fact.leftBytes))} more.`;
    case 'protects':
      return fact.absolutely
        ? say`${strong(formatBytes(fact.bytes))} (${formatPercent(fact.share)} of memory) of what it uses is never reclaimed: processes elsewhere are killed first.`
        : say`${strong(formatBytes(fact.bytes))} (${formatPercent(fact.share)} of memory) of what it uses is reclaimed last.`;
    case 'protected-less-above':
      return say`${cgroupName(fact.path)} above it protects only ${strong(formatBytes(fact.bytes))}: more has no effect.`;
    case 'reclaimed-first':
      return fact.overBytes === 0
        ? say`It uses less than that: no effect for now.`
        : say`When the machine is short of memory, ${strong(formatBytes(fact.overBytes))} of what it uses is reclaimed first.`;
    case 'dies-together':
      if (fact.count === 0)
        return say`No process is in it now. When one of later ones is killed, all are, except those at -1000.`;
      return say`When one process in it is killed, all ${strong(formatCount(fact.count))} are, except those at -1000.`;
    case 'dies-alone':
      return say`Only the chosen process is killed.`;
    case 'holds-lifeboat':
      return say`Lifeboat itself runs in this group.`;
    case 'above-memsw':
      return say`The kernel refuses this: memory and swap together are limited to ${strong(formatBytes(fact.memswBytes))}. Raise memory.memsw.limit_in_bytes first (--memsw).`;
    case 'below-memory':
      return say`The kernel refuses this: it may not be below the limit of memory, ${strong(valueText('max', fact.limitBytes))}. Lower memory.limit_in_bytes first (--max).`;
    case 'read-only':
      return say`${safeText(fact.mountPoint)} is mounted read-only: nothing can be set here.`;
    case 'unit-rewrites':
      return say`${safeText(fact.unit)} is managed by systemd, which sets its own value at the next start.`;
    case 'container-rewrites':
      return say`The container engine sets its own value at the next start.${podmanForgets(fact)}`;
  }
}

const WITHOUT_KILL: Readonly<Record<WithoutKill, string>> = {
  empty: 'no process is in it now',
  panics: 'the kernel panics instead of killing (vm.panic_on_oom = 2)',
  waits: 'its processes wait until memory is freed (oom_kill_disable)',
};

/** What happens once a limit is used up. */
function atLimit({ next, withoutKill }: Extract<CgroupFact, { readonly kind: 'headroom' }>): Sentence {
  if (withoutKill === 'empty') return say`; ${WITHOUT_KILL.empty}.`;
  if (withoutKill !== undefined) return say`; then ${WITHOUT_KILL[withoutKill]}.`;
  if (next === undefined) return say`; then ${NOTHING_TO_KILL}.`;
  return say`; then the kernel kills ${strong(named(next))} first.`;
}

/** What happens at once where more is in use than a limit. */
function aboveLimit({ victims, withoutKill }: Extract<CgroupFact, { readonly kind: 'kills' }>): Sentence {
  if (withoutKill === 'panics') return say` At once ${WITHOUT_KILL.panics}.`;
  if (withoutKill !== undefined) return say` It stays above the limit: ${WITHOUT_KILL[withoutKill]}.`;
  if (victims.length === 0) return say` It stays above the limit: ${NOTHING_TO_KILL}.`;
  return say` The kernel kills in the group at once until it fits, possibly more than needed: first ${strong(victims.map(named).join(', '))}.`;
}

/** `podman update` writes the record of the container since 5.1; before, it changes the running one alone. */
function podmanForgets({
  container,
  command,
}: {
  readonly container: string;
  readonly command?: string;
}): string {
  const isPodman = command !== undefined && container.startsWith('podman:');
  return isPodman ? ' Before Podman 5.1 this command lasts no longer than that.' : '';
}

function named(process: NamedProcess): string {
  return whoOf(process);
}

function takenBack(cacheBytes: number, swapBytes: number): Sentence {
  const cache = say`${strong(formatBytes(cacheBytes))} of page cache is dropped, and read from disk again later`;
  if (swapBytes === 0) return cache;
  const swap = say`${strong(formatBytes(swapBytes))} goes to swap`;
  return cacheBytes === 0 ? swap : say`${cache}; ${swap}`;
}

function swapping(bytes: number): string {
  return bytes === 0 ? ' There is no swap that it may use.' : ` Swap takes ${formatBytes(bytes)} besides.`;
}

function unlessWritten(bytes: number, overBytes: number): string {
  return !isNotable(bytes, overBytes) ? '' : ` Up to ${formatBytes(bytes)} may be reclaimed in time.`;
}

/** Said only where it is some part of the figure. */
function orMore(uncertainBytes: number, headroomBytes: number): string {
  return isNotable(uncertainBytes, headroomBytes)
    ? `, up to ${formatBytes(headroomBytes + uncertainBytes)} if the kernel can reclaim it in time`
    : '';
}

/** What a dangerous value ends in, for the button that sets it. */
export function consequence(effects: readonly CgroupEffect[]): string {
  const kinds = new Set(effects.map(({ fact }) => fact.kind));
  const kills = effects.map(({ fact }) => fact).find((fact) => fact.kind === 'kills');
  if (kills?.withoutKill === 'panics') return 'the kernel panics';
  if (kills !== undefined && kills.victims.length === 0) return 'it stays above the limit';
  if (kinds.has('kills')) return 'the kernel kills processes in it at once';
  if (kinds.has('refused-busy')) return 'the kernel refuses it';
  return 'read the warning above';
}

const ENGINES = { docker: 'Docker', podman: 'Podman' } as const;

/** Who keeps a limit, and for how long. */
export function way(way: LimitWay): string {
  switch (way.kind) {
    case 'engine':
      return `${ENGINES[way.engine]} sets it, and keeps it when the container restarts. A container that is made again has the limit it is made with.`;
    case 'unit':
      return way.lasting
        ? `systemd sets ${way.property}= of ${unitNoun(way.unit)}, and keeps it for later starts.`
        : `systemd sets ${way.property}= of ${unitNoun(way.unit)} until the next boot.`;
    case 'cgroup':
      return 'Nothing keeps it: the limit of the cgroup lasts as long as the cgroup.';
  }
}

/** Where a limit cannot be made to last. */
export const noWay =
  'No engine and no unit keeps this limit. Set it without --lasting, or where the group is started.';

/** A limit was set that lasts. */
export const limitKept = 'Set, and kept for later starts. "lifeboat undo" puts the former limit back.';
