import {
  type GroupLine,
  type GroupPage,
  type GroupRange,
  type GroupSection,
  type GroupSort,
} from '../contract/groups.ts';
import { GROUP_KINDS, type Group, type GroupKind } from '../model/owners/group.ts';
import { byCloseness } from './closeness.ts';
import { unitText } from '../format/unit-name.ts';

/** True for what the list shows by default: what has a limit, or is a container. */
function isListed({ kind, limitBytes, highBytes, headroom }: Group): boolean {
  const isLimited = limitBytes !== undefined || highBytes !== undefined || headroom !== undefined;
  return isLimited || kind === 'container' || kind === 'pod';
}

/** In ascending order; what is not known comes last. */
const ASCENDING: Record<Exclude<GroupSort, 'closeness'>, (a: Group, b: Group) => number> = {
  name: (a, b) => compareText(a.name, b.name),
  used: (a, b) => order(a.usageBytes, b.usageBytes),
  left: (a, b) => order(a.headroom?.headroomBytes, b.headroom?.headroomBytes),
  growth: (a, b) => order(a.growthBytesPerMinute, b.growthBytesPerMinute),
  kills: (a, b) => order(a.kills, b.kills),
};

/** How groups follow each other in a list; those that are equal by closeness, and then by their key. */
function comparison(sort: GroupSort, descending: boolean): (a: Group, b: Group) => number {
  const first = sort === 'closeness' ? byCloseness : ASCENDING[sort];
  return (a, b) => {
    const [one, two] = descending ? [b, a] : [a, b];
    const known = sort === 'closeness' || sort === 'name' ? 0 : unknownLast(sort, a, b);
    return known || first(one, two) || byCloseness(a, b) || compareText(a.key, b.key);
  };
}

const FIGURE = {
  used: (group: Group) => group.usageBytes,
  left: (group: Group) => group.headroom?.headroomBytes,
  growth: (group: Group) => group.growthBytesPerMinute,
  kills: (group: Group) => group.kills,
};

function unknownLast(sort: keyof typeof FIGURE, a: Group, b: Group): number {
  const figure = FIGURE[sort];
  return Number(figure(a) === undefined) - Number(figure(b) === undefined);
}

/** Two unknown ones are equal, not NaN apart. */
function order(a: number | undefined, b: number | undefined): number {
  return a === undefined || b === undefined || a === b ? 0 : a - b;
}

/** By code units: locale-aware comparison costs tens of milliseconds for thousands of names. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True when every word of the query occurs in name, image, id, unit, project or path; case does not matter. */
function matchesGroup({ name, path = '', unit, container }: Group, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { id = '', image = '', compose, pod, devcontainer = '' } = container ?? {};
  const ofUnit = unit === undefined ? '' : unitText(unit);
  const text = [
    name,
    path,
    ofUnit,
    id,
    image,
    compose?.project ?? '',
    compose?.service ?? '',
    pod?.name ?? '',
  ]
    .concat(pod?.namespace ?? '', devcontainer)
    .join(' ')
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The part of all groups that a screen shows: filtered, sorted, under their headings. */
export function arrange(all: readonly Group[], range: GroupRange): GroupPage {
  const found = all.filter((group) => matchesGroup(group, range.query));
  const scoped = range.all ? found : found.filter(isListed);
  const shown = range.kinds.length === 0 ? scoped : scoped.filter(({ kind }) => range.kinds.includes(kind));
  const sorted = shown.toSorted(comparison(range.sort, range.descending));
  // What is searched for is never hidden.
  const folded = new Set(range.query.trim() === '' ? range.folded : []);
  const sections: GroupSection[] = [];
  const lines: GroupLine[] = [];
  for (const { key, kind, name, groups } of sectionsOf(sorted)) {
    const isFolded = folded.has(key);
    const known = groups.filter(({ usageBytes }) => usageBytes !== undefined);
    const usageBytes = known.reduce((sum, group) => sum + (group.usageBytes ?? 0), 0);
    sections.push({
      key,
      kind,
      name,
      count: groups.length,
      usageBytes,
      folded: isFolded,
      line: lines.length,
    });
    lines.push({ kind: 'section', key });
    if (!isFolded) lines.push(...groups.map((group): GroupLine => ({ kind: 'group', group })));
  }
  return {
    range,
    total: lines.length,
    sections,
    lines: lines.slice(range.from, range.from + range.count),
    groupCount: shown.length,
    listedCount: found.filter(isListed).length,
    allCount: found.length,
    kindCounts: countKinds(scoped),
  };
}

function countKinds(groups: readonly Group[]): Readonly<Record<GroupKind, number>> {
  const counts = Object.fromEntries(GROUP_KINDS.map((kind) => [kind, 0])) as Record<GroupKind, number>;
  for (const { kind } of groups) counts[kind] += 1;
  return counts;
}

interface Section extends Pick<GroupSection, 'key' | 'kind' | 'name'> {
  readonly groups: Group[];
}

const SECTION_ORDER = ['compose', 'containers', 'pods', 'services', 'apps', 'slices', 'other'] as const;

/** Groups under their headings; projects stand in the order of their first group. */
function sectionsOf(sorted: readonly Group[]): readonly Section[] {
  const sections = new Map<string, Section>();
  for (const group of sorted) {
    const kind = sectionOf(group);
    const project = kind === 'compose' ? group.container?.compose?.project : undefined;
    const key = project === undefined ? kind : `compose:${project}`;
    const known = sections.get(key);
    if (known === undefined) sections.set(key, { key, kind, name: project ?? '', groups: [group] });
    else known.groups.push(group);
  }
  return [...sections.values()].sort((a, b) => SECTION_ORDER.indexOf(a.kind) - SECTION_ORDER.indexOf(b.kind));
}

function sectionOf({ kind, container, path = '' }: Group): GroupSection['kind'] {
  if (kind === 'pod') return 'pods';
  if (kind !== 'container') return SECTION_OF_KIND[kind];
  if (container?.compose !== undefined) return 'compose';
  return container?.pod !== undefined || path.startsWith('/kubepods') ? 'pods' : 'containers';
}

const SECTION_OF_KIND = { service: 'services', app: 'apps', slice: 'slices', other: 'other' } as const;
