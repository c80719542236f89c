import { existsSync } from 'node:fs';
import { type Command } from 'commander';
import { ok, type Result } from '#shared/result.ts';
import { safeJson, safeText, shorten } from '#shared/format/safe-text.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { failureWithWords, failureLine, wordsFor, type Words } from '#shared/words/index.ts';
import { readBootId } from '../../../proc/boot-id.ts';
import { stateFolder } from '../../../store/folders.ts';
import { Journal, JOURNAL_FILE } from '../../../store/journal.ts';
import { wholeNumber } from '../../terminal/arguments.ts';
import { kernelFiles } from '../../../this-machine.ts';
import { logLine, outputColumns, printLine, printText, reportFailure } from '../../terminal/output.ts';
import { textTable, type Column } from '../../terminal/text-table.ts';
import { terminal } from '#shared/words/en/terminal.ts';

const COLUMNS: readonly Column[] = [
  { heading: '#', align: 'right' },
  { heading: 'TIME', align: 'left' },
  { heading: 'WHO', align: 'left', least: 4, leftOut: 1 },
  { heading: 'WHAT', align: 'left', least: 16 },
  { heading: 'VALUE', align: 'left', least: 11 },
  { heading: 'STATE', align: 'left', least: 10 },
];

/** `lifeboat journal`: what was changed, newest first. */
export function addJournal(program: Command): void {
  program
    .command('journal')
    .summary('list the changes that Lifeboat made')
    .description('Lists every change, newest first. "lifeboat undo" takes the number in the first column.')
    .option('-n, --count <number>', 'number of entries, 0 for all', wholeNumber(0, 1_000_000), 20)
    .option('--json', 'print one JSON object')
    .action(({ count, json }: { count: number; json?: true }) => {
      const entries = entriesOf(count === 0 ? -1 : count);
      if (!entries.ok) reportFailure(entries.error);
      else if (json === true) printLine(safeJson({ version: 1, entries: entries.value.map(entryJson) }));
      else printText(journalLines(entries.value, wordsFor(process.env['LANG'])));
    });
}

/** An entry with the words for why it came to its end. */
export function entryJson({ why, ...entry }: JournalEntry) {
  return { ...entry, ...(why === undefined ? {} : { why: failureWithWords(why) }) };
}

/** The newest entries; a negative limit means no limit (SQLite). Does not create a journal where there is none. */
function entriesOf(limit: number): Result<readonly JournalEntry[]> {
  const folder = stateFolder();
  if (!existsSync(`${folder}/${JOURNAL_FILE}`)) return ok([]);
  const opened = Journal.open({ folder, nowMs: Date.now, bootId: readBootId(kernelFiles()) });
  if (!opened.ok) return opened;
  const { journal, setAside } = opened.value;
  if (setAside !== undefined) logLine(failureLine(setAside));
  journal.settlePending();
  const entries = journal.page({ limit });
  journal.close();
  return entries;
}

function journalLines(entries: readonly JournalEntry[], words: Words): readonly string[] {
  if (entries.length === 0) return [terminal.noChanges];
  return textTable(
    COLUMNS,
    entries.map((entry) => {
      const { what, values, state } = words.changes.journalLine(entry);
      return [
        entry.group.toString(),
        localTime(entry.timeMs),
        shorten(safeText(entry.who), 16),
        shorten(what, 60),
        shorten(safeText(values), 40),
        state,
      ];
    }),
    outputColumns(),
  );
}

/** `2026-11-20 10:43:05` by this machine's clock and zone. */
function localTime(timeMs: number): string {
  const time = new Date(timeMs);
  const two = (value: number) => value.toString().padStart(2, '0');
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(two).join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
