import { formatBytes } from '../../../format/bytes.ts';
import { formatCount, formatPercent } from '../../../format/count.ts';
import { formatDuration } from '../../../format/duration.ts';
import { safeText } from '../../../format/safe-text.ts';
import { type Container, type ContainerEngine } from '../../../model/owners/container.ts';
import {
  type Group,
  type GroupArithmetic,
  type GroupComposition,
  type GroupDetail,
} from '../../../model/owners/group.ts';
import { shortSpan } from './rows.ts';

const engines: Record<ContainerEngine, string> = {
  docker: 'Docker',
  podman: 'Podman',
  containerd: 'containerd',
  kubernetes: 'Kubernetes',
  lxc: 'LXC',
  nspawn: 'systemd-nspawn',
};

/** The part that explains a group where it is not the memory of its processes. */
const STORY_SHARE = { shmem: 0.2, sockets: 0.2, kernel: 0.3, file: 0.5, swap: 0.3 };

/** What one of the parts means, where it is the story; undefined where the processes' own memory is. */
function story(parts: GroupComposition, usageBytes: number): string | undefined {
  if (usageBytes <= 0) return undefined;
  const share = (bytes = 0) => bytes / usageBytes;
  const says = (bytes: number, what: string) => `${formatPercent(share(bytes))} of it ${what}`;
  const { shmemBytes, fileBytes, socketBytes = 0, slabBytes = 0, kernelBytes = 0, swapBytes = 0 } = parts;
  if (share(shmemBytes) >= STORY_SHARE.shmem)
    return says(shmemBytes, 'are files in tmpfs and shared memory: they stay when processes die.');
  if (share(socketBytes) >= STORY_SHARE.sockets)
    return says(socketBytes, 'are buffers of sockets: a peer reads too slowly.');
  if (share(slabBytes + kernelBytes) >= STORY_SHARE.kernel)
    return says(
      slabBytes + kernelBytes,
      'is memory of the kernel for it, which no kill of a process frees at once.',
    );
  if (share(fileBytes) >= STORY_SHARE.file)
    return says(fileBytes, 'is page cache, which the kernel drops before it kills.');
  if (share(swapBytes) >= STORY_SHARE.swap) return `${formatBytes(swapBytes)} more are in swap.`;
  return undefined;
}

/** `256 MiB limit, less 241 MiB used, plus 23.0 MiB that can be reclaimed.` */
function subtraction({ limitBytes, usageBytes, reclaimableBytes, swapBytes }: GroupArithmetic): string {
  const parts = [`${formatBytes(limitBytes)} limit`, `less ${formatBytes(usageBytes)} used`];
  if (reclaimableBytes > 0) parts.push(`plus ${formatBytes(reclaimableBytes)} that can be reclaimed`);
  if (swapBytes > 0) parts.push(`plus ${formatBytes(swapBytes)} that swap takes`);
  return `${parts.join(', ')}.`;
}

/** What an engine was asked for, where the cgroup has another value. */
function differences({ group, swapLimitBytes }: GroupDetail): readonly string[] {
  const { container, limitBytes } = group;
  const asked = container?.limitsAsked;
  if (container === undefined || asked === undefined) return [];
  const engine = engines[container.engine];
  const value = (bytes: number | undefined) => (bytes === undefined ? 'no limit' : formatBytes(bytes));
  const { memoryBytes, memorySwapBytes } = asked;
  const swapAsked =
    memoryBytes === undefined || memorySwapBytes === undefined || memorySwapBytes === Infinity
      ? undefined
      : Math.max(0, memorySwapBytes - memoryBytes);
  return [
    ...(memoryBytes === limitBytes
      ? []
      : [`${engine} believes ${value(memoryBytes)}, the kernel enforces ${value(limitBytes)}.`]),
    ...(swapAsked === undefined || swapAsked === swapLimitBytes
      ? []
      : [
          `${engine} believes ${swapAsked === 0 ? 'no swap' : `${value(swapAsked)} of swap`}, the kernel allows ${swapLimitBytes === undefined ? 'any' : value(swapLimitBytes)}.`,
        ]),
  ];
}

const policies: Record<NonNullable<Container['restartPolicy']>, string> = {
  no: 'never restarted',
  always: 'always restarted',
  'unless-stopped': 'restarted unless stopped',
  'on-failure': 'restarted on failure',
};

/** The words of the detail of one group. */
export const groupDetailWords = {
  label: 'Chosen group',
  close: 'Close',
  loading: 'Reading the group',
  gone: 'has ended. These are its last figures.',
  goneEarly: 'It has ended.',
  engines,
  /** What stands below the name. */
  about: ({ container }: Pick<Group, 'container'>): readonly string[] => {
    if (container === undefined) return [];
    const { image, engine, compose, pod, restartPolicy } = container;
    return [
      ...(image === undefined ? [] : [safeText(image)]),
      engines[engine],
      ...(compose === undefined
        ? []
        : [safeText([compose.project, compose.service].filter((part) => part !== undefined).join(' / '))]),
      ...(pod === undefined
        ? []
        : [safeText(`${pod.namespace === undefined ? '' : `${pod.namespace} / `}${pod.name}`)]),
      ...(restartPolicy === undefined ? [] : [policies[restartPolicy]]),
    ];
  },
  chart: 'What cannot be reclaimed',
  chartLabel: (limitBytes: number, usedBytes: number, seconds: number) =>
    `${formatBytes(usedBytes)} of ${formatBytes(limitBytes)} cannot be reclaimed; the last ${formatDuration(seconds)}`,
  chartForecast: (low: number, high: number) => `; the limit is reached ${shortSpan(low, high)}`,
  chartShort: 'Not enough readings to draw yet.',
  limit: 'limit',
  now: 'now',
  ago: (seconds: number) => `${formatDuration(seconds)} ago`,
  ahead: (seconds: number) => `+${formatDuration(seconds)}`,
  parts: {
    anonBytes: 'processes',
    shmemBytes: 'shared memory, tmpfs',
    fileBytes: 'file cache',
    slabBytes: 'slab',
    kernelBytes: 'kernel',
    socketBytes: 'sockets',
    other: 'not told apart',
    swapBytes: 'in swap',
  },
  madeOf: 'What it is made of',
  composition: (text: string) => `Memory by kind: ${text}`,
  leftUntilKill: 'left until a kill',
  story,
  subtraction,
  uncertain: (bytes: number) => `Up to ${formatBytes(bytes)} more may be reclaimed in time.`,
  dockerStats: (bytes: number, limitBytes: number | undefined) =>
    limitBytes === undefined
      ? `docker stats says ${formatBytes(bytes)}.`
      : `docker stats says ${formatBytes(bytes)}, ${formatPercent(bytes / limitBytes)}.`,
  noSwap: 'No swap allowed.',
  swapUpTo: (bytes: number) => `Swap up to ${formatBytes(bytes)} allowed.`,
  limits: 'Limits above it',
  machine: 'whole machine',
  noLimit: 'no limit',
  left: (bytes: number) => `${formatBytes(bytes)} left`,
  firstHere: 'ends first',
  whoDies: 'Who dies inside',
  together: 'All of it is killed together (memory.oom.group).',
  mainTag: 'main process',
  killable: (count: number) =>
    count === 1 ? '1 process can be killed' : `${formatCount(count)} processes can be killed`,
  noVictim: 'Every process in it is exempt: allocations fail at the limit.',
  acts: {
    label: 'Change something',
    protect: (count: number) => (count === 1 ? 'Protect it…' : `Protect all ${formatCount(count)}…`),
    max: 'Change the limit…',
    high: 'Throttle…',
    together: 'Kill together…',
    nextTime: 'The same limit next time',
  },
  facts: {
    title: 'Facts',
    id: 'id',
    path: 'cgroup',
    restarts: 'restarts',
    kills: 'kills so far',
    processes: 'processes',
    oomScoreAdj: 'oom_score_adj asked for',
  },
  differences,
} as const;
