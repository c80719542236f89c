import { formatBytes } from '../../../format/bytes.ts';
import { formatCount } from '../../../format/count.ts';
import { formatDuration } from '../../../format/duration.ts';
import { safeText } from '../../../format/safe-text.ts';
import { unitText } from '../../../format/unit-name.ts';
import { type GroupSection, type GroupSort } from '../../../contract/groups.ts';
import { type Container } from '../../../model/owners/container.ts';
import { type Group, type GroupEnd, type GroupKind } from '../../../model/owners/group.ts';
import { inSpan } from '../memory/forecast.ts';
import { growthText } from '../process.ts';

/** A group is called steady from here on, and for how long it is from there. */
const STEADY_SECONDS = 60;
const NOTABLE_SECONDS = 600;
/** Less growth is none. */
const LEAST_GROWTH = 64 * 1024;

/** `in 3 to 6 min`, for a narrow column. */
export function shortSpan(lowSeconds: number, highSeconds: number): string {
  return inSpan(lowSeconds, highSeconds)
    .replace(/ minutes$/, ' min')
    .replace(/ seconds$/, ' s')
    .replace(/ hours$/, ' h');
}

export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const kinds: Record<GroupKind, string> = {
  container: 'container',
  pod: 'pod',
  service: 'service',
  app: 'application',
  slice: 'slice',
  other: 'cgroup',
};

/** What an engine says of a container that does not run as usual; empty otherwise. */
function stateText({ state, health }: Container): string {
  if (state === 'exited') return 'exited';
  if (state === 'paused' || state === 'restarting') return state;
  return health === 'unhealthy' ? 'unhealthy' : '';
}

/** The line below the name: the image, the unit, or how many processes there are. */
function about({ kind, container, unit, processCount, path = '' }: Group): string {
  if (container !== undefined) {
    const { image, id, engine } = container;
    const what = image ?? (id.length === 64 ? `${engine} ${id.slice(0, 12)}` : engine);
    return [stateText(container), safeText(what)].filter(Boolean).join(', ');
  }
  if (kind === 'service' && unit !== undefined) return safeText(unitText(unit));
  return kind === 'other' && unit === undefined
    ? safeText(path)
    : countOf(processCount, 'process', 'processes');
}

/** Where a group without a limit ends, or one that something above ends before its own limit. */
function endName(end: GroupEnd): string {
  return end.kind === 'above' ? safeText(end.name) : 'the machine';
}

/** How soon a group is at its limit, in a few words, with what it means for the colour. */
function reached(group: Group): { readonly text: string; readonly weight: 'danger' | 'warning' | 'none' } {
  const { forecast, high, headroom, end, usageBytes, kills = 0, steadySeconds = 0, outcome, gone } = group;
  if (gone === true) return { text: 'ended', weight: 'none' };
  if (usageBytes === undefined)
    return {
      text: kills === 0 ? 'ended' : `killed ${countOf(kills, 'time')}`,
      weight: kills === 0 ? 'none' : 'danger',
    };
  if (forecast !== undefined) {
    const weight = forecast.lowSeconds < 600 ? 'danger' : forecast.lowSeconds < 1800 ? 'warning' : 'none';
    return { text: shortSpan(forecast.lowSeconds, forecast.highSeconds), weight };
  }
  if (high !== undefined)
    return high.state === 'stalled'
      ? { text: 'stands still', weight: 'danger' }
      : { text: 'slows, no kill', weight: 'warning' };
  if (headroom === undefined) return { text: 'no limit', weight: 'none' };
  if (headroom.headroomBytes === 0 && headroom.uncertainBytes === 0)
    return { text: outcome === 'waits' ? 'waits at its limit' : 'at its limit', weight: 'danger' };
  if (end !== undefined && end.kind !== 'itself') return { text: `after ${endName(end)}`, weight: 'none' };
  const growth = group.growthBytesPerMinute ?? 0;
  if (growth >= LEAST_GROWTH) return { text: 'growing', weight: 'none' };
  if (growth <= -LEAST_GROWTH) return { text: 'shrinking', weight: 'none' };
  if (steadySeconds < STEADY_SECONDS) return { text: '–', weight: 'none' };
  return {
    text: steadySeconds < NOTABLE_SECONDS ? 'steady' : `steady for ${formatDuration(steadySeconds)}`,
    weight: 'none',
  };
}

/** The line below how soon: its growth, or what decides. */
function reason({
  headroom,
  end,
  high,
  growthBytesPerMinute,
  usageBytes,
  container,
  restarts,
}: Group): string {
  if (usageBytes === undefined) return container?.state === 'restarting' ? 'restarting' : 'not running';
  if (high !== undefined) return 'memory.high';
  if (headroom === undefined && end !== undefined) return `with ${endName(end)}`;
  const grows = growthText(growthBytesPerMinute);
  if (grows !== '') return `${grows}/min`;
  return restarts === undefined || restarts === 0 ? '' : countOf(restarts, 'restart');
}

const sectionNames: Record<GroupSection['kind'], string> = {
  compose: 'compose project',
  containers: 'Containers',
  pods: 'Pods',
  services: 'Services',
  apps: 'Applications',
  slices: 'Slices',
  other: 'Other cgroups',
};

/** The words of a list of groups, in the page and in a terminal. */
export const groupRows = {
  kinds,
  about,
  reached,
  reason,
  stateText,
  none: '–',
  noVictim: {
    panics: 'the machine panics',
    'no-victim': 'all exempt',
    waits: 'processes wait',
    'deadlock-panics': 'panics',
  },
  sortNames: {
    closeness: 'how soon its limit is reached',
    name: 'name',
    used: 'memory in use',
    left: 'memory left until a kill',
    growth: 'growth',
    kills: 'kills',
  } satisfies Record<GroupSort, string>,
  /** `hasProjects`: other containers than those of compose projects. */
  sectionName: ({ kind, name }: Pick<GroupSection, 'kind' | 'name'>, hasProjects: boolean) => {
    if (kind === 'compose') return safeText(name);
    return kind === 'containers' && hasProjects ? 'Other containers' : sectionNames[kind];
  },
  /** A project has a sum, and no limit that it could be a part of. */
  sectionAbout: ({ kind, count, usageBytes }: Pick<GroupSection, 'kind' | 'count' | 'usageBytes'>) =>
    kind === 'compose'
      ? `compose project, ${countOf(count, 'container')}, ${formatBytes(usageBytes)} in all`
      : formatCount(count),
  frees: (bytes: number) => `frees ${formatBytes(bytes)}`,
} as const;
