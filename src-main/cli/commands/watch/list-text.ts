import { cgroupWithPath } from '#shared/words/en/cgroup-name.ts';
import { comesBefore } from '#shared/forecast/ahead.ts';
import { capitalized } from '#shared/format/capitalized.ts';
import { formatBytes, formatPages } from '#shared/format/bytes.ts';
import { formatAdj } from '#shared/format/count.ts';
import { safeText, shorten } from '#shared/format/safe-text.ts';
import { unitText } from '#shared/format/unit-name.ts';
import { usagePages } from '#shared/kernel/badness/badness.ts';
import { type DyingWith, type KillOrderView, type OrderEntry } from '#shared/model/kill-order.ts';
import { containerLabel } from '#shared/kernel/cgroup/names.ts';
import { isWithin } from '#shared/kernel/kill-order/oom-group.ts';
import { type Scope } from '#shared/model/scope.ts';
import { type Forecast } from '#shared/model/forecast.ts';
import { type MemoryState } from '#shared/model/memory.ts';
import { type Words } from '#shared/words/index.ts';
import { plain } from '#shared/words/sentence.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { firstAboveOf, headroomIn } from '../../../engine/watch/headroom.ts';
import { troublesOf } from '../../../engine/watch/order-view.ts';
import { type Outlook } from './list-json.ts';
import { textTable, type Column } from '../../terminal/text-table.ts';
import { terminal } from '#shared/words/en/terminal.ts';

const COLUMNS: readonly Column[] = [
  { heading: '#', align: 'right' },
  { heading: 'PID', align: 'right' },
  { heading: 'NAME', align: 'left', least: 12 },
  { heading: 'USER', align: 'left', least: 8, leftOut: 2 },
  { heading: 'USES', align: 'right', leftOut: 3 },
  { heading: 'ADJ', align: 'right' },
  { heading: 'BADNESS', align: 'right' },
  { heading: 'FREES', align: 'right', leftOut: 4 },
  { heading: 'SO FAR', align: 'right', leftOut: 1 },
  { heading: 'UNIT OR CONTAINER', align: 'left', least: 17, leftOut: 5 },
  // What is killed or ended with it. Apart from the unit, so that cutting a long name does not hide it.
  { heading: '', align: 'left', leftOut: 6 },
];

/** What `list` prints: the machine, what happens, why the first one is first, and the order in a table no wider than `columns`. */
export function listText(
  snapshot: Snapshot,
  view: KillOrderView,
  words: Words,
  columns?: number,
  { killers = [], forecast, ahead = [] }: Outlook = {},
): string[] {
  const page = snapshot.host.pageSizeBytes;
  const [first] = view.entries;
  const troubles = troublesOf(snapshot, view.scope);
  const claim = view.scope.kind === 'global' && comesBefore(killers, ahead) ? 'kernel' : 'all';
  const lines = [
    headline(snapshot, view),
    ...scopeLines(snapshot, view, words),
    ...(forecast === undefined ? [] : forecastLines(forecast, view, words)),
    ...(view.scope.kind === 'global' ? killers.map((killer) => `${words.killers.brief(killer)}.`) : []),
    ...troubles.map(words.troubleSentence),
    '',
  ];
  // Where some are out of sight it may have processes.
  if (troubles.length === 0 && isEmpty(snapshot, view.scope)) return [...lines, words.emptyCgroup];
  const [nearest] = ahead;
  if (nearest?.kind === 'cgroup') lines.push(words.ahead.line(nearest.why, nearest.scope, nearest.order), '');
  if (view.outcome !== 'kills') lines.push(...outcomeLines(view, words), '');
  if (first === undefined) return lines;
  if (view.outcome === 'kills') {
    const who = words.whoOf(first);
    lines.push(
      `${nearest?.kind === 'cgroup' ? words.ahead.ofMachine : 'Next'}: ${who}. ${plain(words.explain(first, view.totalPages, page, view.scope, snapshot.memory.state.swap !== undefined))}`,
      // The distance to the others says nothing while some processes are hidden.
      (troubles.length > 0 ? '' : `${plain(words.marginSentence(view, page, claim))} `) +
        `${capitalized(words.diesWithSentence(first.diesWith))}.`,
      ...(first.names?.youLose === undefined ? [] : [`${words.youLoseLine(first.names.youLose)}.`]),
      ...(first.endsWith.length === 0 ? [] : [`${capitalized(words.endsWithSentence(first.endsWith))}.`]),
      '',
    );
  }
  lines.push(
    ...textTable(
      COLUMNS,
      view.entries.map((entry) => cells(entry, page, words)),
      columns,
    ),
  );
  const isInside = ({ outside }: DyingWith) => outside !== true;
  const rest =
    view.eligibleCount -
    view.entries.reduce((sum, { diesWith }) => sum + 1 + diesWith.filter(isInside).length, 0);
  if (rest > 0) lines.push(terminal.list.more(rest));
  if (view.protectedCount > 0) {
    lines.push(`${view.protectedCount} protected by -1000: ${formatPages(view.protectedPages, page)}`);
  }
  return lines;
}

function headline({ host, memory }: Snapshot, { scope, totalPages }: KillOrderView): string {
  const where = scope.kind === 'global' ? 'whole machine' : `cgroup ${cgroupWithPath(scope.path)}`;
  const limit =
    scope.kind === 'global'
      ? memoryText(memory.state)
      : `limit ${formatPages(totalPages, host.pageSizeBytes)}`;
  return `${safeText(host.hostname)}, Linux ${safeText(host.release)}: ${where}, ${limit}`;
}

/** What a cgroup can still take, whether it is above memory.high, and whether something above it runs out before. */
function scopeLines(snapshot: Snapshot, { scope }: KillOrderView, { headroom: labels }: Words): string[] {
  if (scope.kind === 'global') return [];
  const chain = headroomIn(snapshot).chain(scope.path);
  const { headroom, high } = chain.links[0] ?? {};
  const firstAbove = firstAboveOf(chain, scope.path);
  const first = firstAbove === undefined ? [] : [labels.firstAbove(firstAbove)];
  return [
    ...(headroom === undefined
      ? []
      : [`Headroom: ${labels.untilKill(headroom)}, ${labels.comfortable(headroom)}.`]),
    ...(high === undefined ? [] : [labels.high[high.state](high)]),
    ...first,
  ];
}

/** `23.4 GiB + 8.0 GiB swap, 22.6 GiB available`. */
function memoryText({ totalBytes, availableBytes, swap }: MemoryState): string {
  const extra = swap === undefined ? ', no swap' : ` + ${formatBytes(swap.totalBytes)} swap`;
  return `${formatBytes(totalBytes)}${extra}, ${formatBytes(availableBytes)} available`;
}

/** A cgroup without processes has none that are exempt. */
function isEmpty({ processes }: Snapshot, scope: Scope): boolean {
  return scope.kind === 'cgroup' && !processes.some(({ cgroup }) => isWithin(cgroup, scope.path));
}

/** When memory is used up, since when it falls, and who takes it. */
function forecastLines(forecast: Forecast, { scope }: KillOrderView, { forecast: labels }: Words): string[] {
  const says = scope.kind === 'global' ? labels.machine(forecast) : labels.group(forecast);
  return [`${capitalized(says)} (${labels.why(forecast)}).`];
}

function outcomeLines({ outcome }: KillOrderView, words: Words): string[] {
  const { title, sentence } = words.outcomes[outcome];
  return [`${title}.`, sentence];
}

function cells(entry: OrderEntry, page: number, words: Words): string[] {
  const belongs = [
    entry.unit === undefined ? undefined : shortIds(unitText(entry.unit)),
    entry.container === undefined ? undefined : containerLabel(entry.container),
  ];
  return [
    entry.rank.toString(),
    entry.pid.toString(),
    nameCell(entry, words),
    shorten(safeText(entry.user), 16),
    formatPages(usagePages(entry), page),
    formatAdj(entry.oomScoreAdj),
    formatPages(entry.badnessPages, page),
    formatPages(entry.freesPages, page),
    formatPages(entry.freedSoFarPages, page),
    belongs
      .filter((text) => text !== undefined)
      .map(safeText)
      .join(' '),
    [
      ...(entry.diesWith.length > 0 ? [`+${entry.diesWith.length} with it`] : []),
      ...endedBySystemd(entry),
      ...(entry.certain ? [] : ['~']),
    ].join(' '),
  ];
}

/** What people call it, and the kernel's name where that is another: dmesg prints that one. */
function nameCell(entry: OrderEntry, words: Words): string {
  const kernel = shorten(safeText(entry.name), 24);
  const shown = words.nameOf(entry);
  return entry.names === undefined || entry.names.label === entry.name ? kernel : `${shown} (${kernel})`;
}

/** How many systemd ends afterwards; with a question mark where that is only presumed. */
function endedBySystemd({ endsWith }: OrderEntry): readonly string[] {
  if (endsWith.length === 0) return [];
  const count = endsWith.reduce((sum, each) => sum + each.count, 0);
  return [`+${count} by systemd${endsWith.some(({ presumed }) => presumed) ? '?' : ''}`];
}

/** The scope of a container is named after its whole id: `docker-4f6e….scope`. */
function shortIds(unit: string): string {
  return unit.replace(/[0-9a-f]{64}/, (id) => `${id.slice(0, 12)}…`);
}
