import { formatBytes } from '../../../format/bytes.ts';
import { formatCount } from '../../../format/count.ts';
import { formatDuration } from '../../../format/duration.ts';
import { safeText } from '../../../format/safe-text.ts';
import { type EngineAccess } from '../../../model/owners/container.ts';
import { type GroupKind } from '../../../model/owners/group.ts';
import { countOf } from './rows.ts';

const engineNames: Record<EngineAccess['engine'], string> = { docker: 'Docker', podman: 'Podman' };

/** Why the names of containers are missing, in a sentence; empty where an engine says them, or does not matter. */
function accessSentence(access: readonly EngineAccess[]): string {
  const denied = access.find(({ state }) => state === 'denied');
  const silent = access.find(({ state }) => state === 'silent' || state === 'malformed');
  const found = denied ?? silent;
  if (found === undefined) return '';
  const engine = engineNames[found.engine];
  return denied === undefined
    ? `Names come from ${engine}. It does not answer; ids are shown.`
    : `Names come from ${engine}. Lifeboat may not read its socket; ids are shown.`;
}

/** The words of the view of groups. */
export const groupsView = {
  title: 'Groups',
  lead: 'A group with a limit can run out of memory while the machine has plenty.',
  which: 'Which groups',
  listed: 'Limits and containers',
  all: 'All',
  kindFilter: 'Kinds',
  kinds: {
    container: 'Containers',
    pod: 'Pods',
    service: 'Services',
    app: 'Applications',
    slice: 'Slices',
    other: 'Other',
  } satisfies Record<GroupKind, string>,
  search: 'Search',
  searchLabel: 'Search groups',
  clear: 'Clear the search',
  list: 'Groups',
  loading: 'Reading the groups',
  failed: 'The groups cannot be read.',
  empty: 'No groups with a limit. Only the whole machine can run out.',
  noMatch: 'No group matches.',
  found: (count: number) => countOf(count, 'group'),
  others: (count: number) =>
    count === 1
      ? '1 other group has no limit and runs out with the machine.'
      : `${formatCount(count)} other groups have no limit and run out with the machine.`,
  showThem: (count: number) => (count === 1 ? 'Show it' : 'Show them'),
  columns: {
    name: 'Group',
    used: 'Used, of its limit',
    left: 'Left',
    closeness: 'Limit reached',
    stalled: 'Stalled',
    kills: 'Kills',
    victim: 'Next victim inside',
    growth: 'Growth',
  },
  sortBy: 'Sort by',
  reverse: 'Reverse the order',
  leftMeaning:
    'Until a kill: the limit less what is used, plus what the kernel can reclaim and swap out before.',
  leftOfEnd: (end: string) => `What is left of ${end}`,
  noPressure: 'No pressure per group on cgroup v1',
  noPressureHere: 'The kernel does not measure pressure here.',
  usedOf: (usedBytes: number, limitBytes: number) =>
    `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)}`,
  /** The unit said once: `241 of 256 MiB`. */
  usedShort: (usedBytes: number, limitBytes: number) => {
    const [used, limit] = [formatBytes(usedBytes), formatBytes(limitBytes)];
    const unit = limit.split(' ')[1];
    const [figure = used] = used.split(' ');
    return [unit !== undefined && used.endsWith(` ${unit}`) ? figure : used, `of ${limit}`] as const;
  },
  limitOnly: (limitBytes: number) => `limit ${formatBytes(limitBytes)}`,
  bar: (usedBytes: number, cacheBytes: number, limitBytes: number) =>
    `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)} used, of which ${formatBytes(cacheBytes)} can be reclaimed`,
  barNoLimit: (usedBytes: number) => `${formatBytes(usedBytes)} used, no limit`,
  killsTitle: 'Processes of it that the kernel has killed; of a container also before its last restart',
  seeNext: 'see Next',
  why: 'Why',
  main: 'main process',
  fold: (name: string, folded: boolean) => (folded ? `Show ${name}` : `Hide ${name}`),
  more: (name: string) => `Details of ${safeText(name)}`,
  ended: 'ended',
  accessSentence,
  accessHow: 'How to allow it',
  age: (seconds: number) => formatDuration(seconds),
} as const;
