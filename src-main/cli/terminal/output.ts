import { type Failure } from '#shared/result.ts';
import { failureLine, wordsFor } from '#shared/words/index.ts';
import { foldLine } from './fold.ts';
import { logLine } from '../../log-line.ts';

export { logLine } from '../../log-line.ts';

/** Exit codes of every command. */
export const EXIT = { done: 0, failure: 1, usage: 2 } as const;

/** Prints a line. Callers have made it safe. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Columns of the terminal that the output goes to; undefined where it goes to a file or a pipe, and is kept whole. */
export function outputColumns(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

/** Prints lines for people, folded between words to the width of the terminal. Callers have made them safe. */
export function printText(lines: readonly string[]): void {
  const columns = outputColumns();
  // In one write: a list that is repeated in its place does not flicker.
  if (lines.length > 0) printLine(lines.map((line) => foldLine(line, columns)).join('\n'));
}

/** Failures of what was typed, found only after the arguments were read. */
const WRONG_INPUT: readonly Failure['code'][] = ['bad-request', 'rule-broken', 'ambiguous'];

/** Tells a failure and what to do about it, and sets the exit code. */
export function reportFailure(failure: Failure): void {
  logLine(failureLine(failure, wordsFor(process.env['LANG'])));
  process.exitCode = WRONG_INPUT.includes(failure.code) ? EXIT.usage : EXIT.failure;
}

let keepsRunning = false;

/** From now on the program goes on when its output cannot be written. */
export function keepRunningWithoutOutput(): void {
  keepsRunning = true;
}

/**
 * What becomes of output that cannot be written. A reader that goes away (`lifeboat list | head -1`) ends the program without a word. A full disk
 * ends a command with a sentence, but not one that keeps running: another user can fill a disk, and monitoring has to go on.
 */
export function handleOutputErrors(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed = error.code === 'EPIPE';
      if (keepsRunning && !isClosed) return;
      if (!isClosed && stream === process.stdout) logLine(`cannot write: ${error.message}`);
      process.exit(isClosed ? EXIT.done : EXIT.failure);
    });
  }
}
