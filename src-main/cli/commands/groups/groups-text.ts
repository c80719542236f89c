import { formatBytes } from '#shared/format/bytes.ts';
import { shorten, safeText } from '#shared/format/safe-text.ts';
import { type GroupPage } from '#shared/contract/groups.ts';
import { type Group } from '#shared/model/owners/group.ts';
import { type Words } from '#shared/words/index.ts';
import { textTable, type Column } from '../../terminal/text-table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'GROUP', align: 'left', least: 14 },
  { heading: 'USED', align: 'right' },
  { heading: 'OF', align: 'right' },
  { heading: 'LEFT', align: 'right' },
  { heading: 'LIMIT REACHED', align: 'left', least: 13 },
  { heading: 'GROWTH', align: 'right', leftOut: 2 },
  { heading: 'STALLED', align: 'right', leftOut: 1 },
  { heading: 'KILLS', align: 'right', leftOut: 4 },
  { heading: 'NEXT VICTIM INSIDE', align: 'left', least: 12, leftOut: 3 },
];

const STALLED = COLUMNS.findIndex(({ heading }) => heading === 'STALLED');

/** What `groups` prints: the groups under their headings, in a table no wider than `columns`. */
export function groupsText(page: GroupPage, words: Words, columns?: number): string[] {
  const { groupRows, groupsTerminal } = words;
  if (page.groupCount === 0) {
    const isAsked = page.range.kinds.length > 0 || page.range.query !== '';
    return [isAsked ? groupsTerminal.noneMatch : groupsTerminal.none, ...others(page, words)];
  }
  const hasProjects = page.sections.some(({ kind }) => kind === 'compose');
  const groups = page.lines.flatMap((line) => (line.kind === 'group' ? line.group : []));
  // With cgroup v1 the kernel measures no pressure of groups.
  const stalls = groups.some(({ pressure }) => pressure !== undefined);
  const [head = '', ...rows] = textTable(
    COLUMNS.filter((_, index) => stalls || index !== STALLED),
    groups.map((group) => cells(group, words).filter((_, index) => stalls || index !== STALLED)),
    columns,
  );
  const left = rows.values();
  const lines = page.lines.flatMap((line) => {
    if (line.kind === 'group') return left.next().value ?? '';
    const section = page.sections.find(({ key }) => key === line.key);
    if (section === undefined) return [];
    const heading = `${groupRows.sectionName(section, hasProjects)}: ${groupRows.sectionAbout(section)}`;
    return section.line === 0 ? heading : ['', heading];
  });
  return [head, ...lines, ...others(page, words)];
}

function others({ allCount, listedCount, range }: GroupPage, { groupsTerminal }: Words): string[] {
  const count = allCount - listedCount;
  return range.all || count === 0 ? [] : ['', groupsTerminal.others(count)];
}

function cells(group: Group, words: Words): string[] {
  const { groupRows, headroom, growthText } = words;
  const { name, usageBytes, limitBytes, pressure, kills, victim, outcome } = group;
  const none = '-';
  const reached = groupRows.reached(group).text;
  return [
    shorten(safeText(name), 40),
    usageBytes === undefined ? none : formatBytes(usageBytes),
    limitBytes === undefined ? none : formatBytes(limitBytes),
    group.headroom === undefined ? none : headroom.least(group.headroom),
    reached === groupRows.none ? none : reached,
    growthText(group.growthBytesPerMinute),
    pressure === undefined ? '' : `${Math.round(pressure.some60)}%`,
    kills === undefined ? none : kills.toString(),
    victim === undefined
      ? outcome === undefined || outcome === 'kills-allocating-task'
        ? ''
        : groupRows.noVictim[outcome]
      : `${shorten(words.nameOf(victim), 20)} (${victim.pid})`,
  ];
}
