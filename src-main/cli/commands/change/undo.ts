import { type Command } from 'commander';
import { type UndoOutcome } from '#shared/contract/change.ts';
import { safeJson, safeText } from '#shared/format/safe-text.ts';
import { failureLine, toldFailure } from '#shared/words/index.ts';
import { wholeNumber } from '../../terminal/arguments.ts';
import { inProcess } from '../../in-process.ts';
import { entryJson } from './journal.ts';
import { EXIT, logLine, printLine, reportFailure } from '../../terminal/output.ts';

/** `lifeboat undo`: puts values back that are still Lifeboat's. */
export function addUndo(program: Command): void {
  program
    .command('undo')
    .summary('undo changes')
    .description('Restores values that are still the ones Lifeboat set. Others are left alone and listed.')
    .argument('[id]', 'number of the change in "lifeboat journal"', wholeNumber(1, 999_999_999))
    .option('--all', 'every change that is not undone yet')
    .option('--json', 'print one JSON object')
    .action(async (id: number | undefined, { all, json }: { all?: true; json?: true }) => {
      if ((id === undefined) === (all === undefined)) {
        logLine('Say which change (its number in "lifeboat journal"), or --all.');
        process.exitCode = EXIT.usage;
        return;
      }
      await inProcess(async ({ client }) => {
        const undone = await client.request('change.undo', { group: id ?? 'all' });
        if (!undone.ok) {
          reportFailure(undone.error);
          return;
        }
        if (undone.value.some(({ result }) => result === 'failed')) process.exitCode = EXIT.failure;
        if (json === true) printLine(safeJson({ version: 1, undone: undone.value.map(outcomeJson) }));
        else for (const outcome of undone.value) printLine(undoLine(outcome));
      });
    });
}

function outcomeJson({ entry, result, why }: UndoOutcome) {
  return { entry: entryJson(entry), result, ...(why === undefined ? {} : { why: toldFailure(why) }) };
}

function undoLine({ entry, result, why }: UndoOutcome): string {
  const what = safeText(entry.subject);
  switch (result) {
    case 'undone':
      return `${what}: ${(entry.before ?? '') === '' ? 'taken away again' : `back at ${safeText(entry.before ?? '')}`}`;
    case 'left':
      // The hint says once more that it is left.
      return `${what}: left as it is.${why === undefined ? '' : ` ${toldFailure(why).message}`}`;
    case 'failed':
      return `${what}: not put back.${why === undefined ? '' : ` ${failureLine(why)}`}`;
  }
}
