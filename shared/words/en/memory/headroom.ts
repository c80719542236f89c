import { formatBytes } from '#shared/format/bytes.ts';
import { formatPercent } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type Headroom, type HighState } from '#shared/model/headroom.ts';
import { type FirstAbove, type Scope } from '#shared/model/scope.ts';
import { cgroupName } from '../cgroup-name.ts';

/** What is uncertain is mentioned from this share of the headroom on. */
const NOTABLE = 0.05;

export function isNotable(uncertainBytes: number, headroomBytes: number): boolean {
  return uncertainBytes > 0 && uncertainBytes >= NOTABLE * headroomBytes;
}

interface Bytes {
  readonly headroomBytes: number;
  readonly uncertainBytes?: number;
}

/** `124 MiB`, or `124 to 164 MiB` where part of it depends on the disk or is not known. */
export function headroomText({ headroomBytes, uncertainBytes = 0 }: Bytes): string {
  const least = formatBytes(headroomBytes);
  return isNotable(uncertainBytes, headroomBytes)
    ? `${least} to ${formatBytes(headroomBytes + uncertainBytes)}`
    : least;
}

/** The words for headroom on the page and in command output. */
export const headroom = {
  title: 'Headroom',
  /** Beside a label that says which cgroup it is. */
  of: (bytes: Bytes) => `headroom ${headroomText(bytes)}`,
  /** In a column of its own: what is certain. */
  least: ({ headroomBytes }: Bytes) => formatBytes(headroomBytes),
  /** A row of its own. */
  untilKill: (bytes: Headroom) =>
    bytes.headroomBytes === 0 && bytes.uncertainBytes === 0
      ? 'no headroom: the next allocation kills'
      : `${headroomText(bytes)} until a kill`,
  comfortable: ({ comfortableBytes }: Headroom) => `${formatBytes(comfortableBytes)} comfortable`,
  meaning:
    'Until a kill: up to the limit, with all that the kernel can reclaim and swap out before. Comfortable: without dropping cache that is in use, without swapping and below memory.high, as docker stats counts where there is no memory.high.',
  used: (share: number) => `${formatPercent(share)} of the limit is used up`,
  firstAbove: ({ path, headroomBytes }: FirstAbove) =>
    path === undefined
      ? `The machine runs out first: its headroom is ${formatBytes(headroomBytes)}.`
      : `${cgroupName(path)} above it runs out first: its headroom is ${formatBytes(headroomBytes)}.`,
  unlimited: (path: string, where: Scope) =>
    `${safeText(path)} has no limit of its own. Memory runs out first in ${where.kind === 'global' ? 'the whole machine' : safeText(where.path)}.`,
  high: {
    throttled: ({ highBytes, overBytes }: HighState) =>
      `Throttled: ${formatBytes(overBytes)} above memory.high (${formatBytes(highBytes)}).`,
    stalled: ({ highBytes, overBytes }: HighState) =>
      `Stands still: ${formatBytes(overBytes)} above memory.high (${formatBytes(highBytes)}), more than can be reclaimed.`,
  },
} as const;
