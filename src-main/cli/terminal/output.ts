import { type Failure } from '#shared/result.ts';
import { failureLine, wordsFor } from '#shared/words/index.ts';
import { logLine } from '../../log-line.ts';

export { logLine } from '../../log-line.ts';

/** Exit codes of every command. */
export const EXIT = { done: 0, failure: 1, usage: 2 } as const;

/** Prints a line. Callers have made it safe. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Tells a failure and what to do about it, and sets the exit code. */
export function reportFailure(failure: Failure): void {
  logLine(failureLine(failure, wordsFor(process.env['LANG'])));
  process.exitCode = EXIT.failure;
}

/**
 * A reader that goes away (`lifeboat list | head -1`) is no error: the program ends without a word. Errors of any other kind are bugs or a
 * full disk, and are told.
 */
export function quietBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.stderr.write(`lifeboat: cannot write: ${error.message}\n`);
      process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failure);
    });
  }
}
