import { mib, type Results } from './results.ts';
import { scenarioKinds } from './scenario.ts';
import { type Counts, killCount, spread } from './tally.ts';

const header = [
  '| kind | kills | certain and right | "A or B" and right | next of the order and right | wrong | off by, median | off by, largest |',
  '| --- | --: | --: | --: | --: | --: | --: | --: |',
];

/** The tables of docs/accuracy.md: one for each kernel, one for all. */
export function accuracyTables(results: Results): string {
  const { tally, checks } = results;
  const machines = [...tally.machines.keys()];
  const sections = machines.map((machine) =>
    [
      `## ${machine}`,
      '',
      ...header,
      ...scenarioKinds
        .filter((kind) => killCount(tally.counts(machine, kind)) > 0)
        .map((kind) => row(kind, tally.counts(machine, kind))),
      row('**all**', tally.counts(machine)),
    ].join('\n'),
  );
  const totals = [
    '| kernel | kills | certain and right | "A or B" and right | next of the order and right | wrong | off by, median | off by, largest |',
    header[1] ?? '',
    ...machines.map((machine) => row(machine, tally.counts(machine))),
    row('**all**', tally.counts()),
  ].join('\n');
  const others = [
    '| besides kills | as predicted |',
    '| --- | --- |',
    ...checks.map(({ what, right }) => `| ${what} | ${right ? 'yes' : '**no**'} |`),
  ];
  return [
    totals,
    ...headroomTable(results),
    ...(checks.length > 0 ? [others.join('\n')] : []),
    ...sections,
  ].join('\n\n');
}

const headroomText = `## Headroom of cgroups

A cgroup is filled with memory of one make-up and limited to 30 MiB more. \`lifeboat list --json\` says how much it can take until a kill; then memory is taken
until the kernel kills. What was promised may be off by 2% of the limit. Two figures are promised where the kernel may or may not get at some of it:

- **Dirty cache** has to be written first. On a fast disk the kernel writes it before it kills, on one that takes 2 MB/s it killed
  with most of it unwritten.
- **Slab with cgroup v1**: the kernel does not say how much of its own memory in a cgroup can be reclaimed.

Locked memory and tmpfs need no subtraction: they are not on the file lists. New memory goes to swap as well as old, so that headroom
counts all swap that the cgroup may use. memory.low delays no kill; memory.min of a cgroup below does.`;

/** What was promised of cgroups, and what could be taken of them before the kernel killed. */
function headroomTable({ headrooms }: Results): string[] {
  if (headrooms.length === 0) return [];
  const rows = headrooms.map(({ machine, result: { kind, limitBytes, promised, tookBytes, right } }) => {
    const { headroomBytes, uncertainBytes } = promised;
    const least = Math.max(0, headroomBytes - tookBytes, tookBytes - headroomBytes - uncertainBytes);
    const off = `${((least / limitBytes) * 100).toFixed(2)}%${right ? '' : ' **wrong**'}`;
    const most = uncertainBytes === 0 ? '' : ` to ${mib(headroomBytes + uncertainBytes)}`;
    const cells = [kind, machine, mib(limitBytes), `${mib(headroomBytes)}${most}`, mib(tookBytes), off];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    headroomText,
    [
      '| filled with | kernel | limit, MiB | promised, MiB | taken before the kill, MiB | off by, of the limit |',
      '| --- | --- | --: | --: | --: | --: |',
      ...rows,
    ].join('\n'),
  ];
}

function row(name: string, counts: Counts): string {
  const off = spread(counts.differences);
  const cells = [
    name,
    killCount(counts),
    counts.certain,
    counts.close,
    counts.followed,
    counts.wrong,
    off?.median ?? '',
    off?.largest ?? '',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The whole of docs/accuracy.md. */
export function accuracyPage(
  results: Results,
  facts: { date: string; command: string; minutes: number },
): string {
  const all = results.tally.counts();
  return `# How right it is

Every figure here is a kill by a real kernel. The lab (\`test/kernel\`) builds processes of known shape, asks the built program
\`lifeboat list --json\` for the next victim, takes memory until the kernel kills a process, and reads the kernel's own report.

That command reads all processes at that moment. The page and the alerts rank by the same code, with figures that are read in turns: those of the first places and
of the shown processes in every tick, those of all others within some minutes, bounded by the kernel's own score in every tick. The lab does not judge these.

**${killCount(all)} kills, ${all.wrong} wrong.** ${facts.date}, ${facts.minutes} minutes, by \`${facts.command}\`.

- **certain and right**: one process was named, and the kernel killed it.
- **"A or B" and right**: the kernel's figures do not decide between two or more processes, and it killed one of those named. Outside the kinds "near sizes"
  and "ties", which are built that way, and pairs that are equal to the page where cgroup v1 hides the kernel's scan order, that was the
  answer in ${(results.tally.closeShare() * 100).toFixed(1)}% of the cases.
- **next of the order and right**: memory of the first victim came back too slowly, so that the kernel killed again before the next
  question; it took the next process of the order that was given.
- **off by**: the difference in pages (4 KiB) between Lifeboat's figures, read before the kill, and the rows of the task table that the kernel printed
  at the kill: resident, swapped and page-table pages together, without the process that was taking the memory.

The lab also compares the processes that die with the victim, the order over several kills in a row, the total, and every row's adjustment:
${results.passed} rounds and checks were as predicted in all of these, ${results.failed} were not.

${accuracyTables(results)}
`;
}
