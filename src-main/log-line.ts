import { safeText } from '#shared/format/safe-text.ts';

/** Prints a line about what is happening, beside the output proper. */
export function logLine(line: string): void {
  process.stderr.write(`lifeboat: ${safeText(line)}\n`);
}
