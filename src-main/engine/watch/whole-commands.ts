import { processKey } from '#shared/model/process.ts';
import { type ObservedProcess } from '../../collect/processes/observed-process.ts';

/** Characters of kept command lines. One may be megabytes; most processes that are cut have some ten kilobytes. */
const MOST_KEPT = 16 * 1024 * 1024;

/**
 * Whole command lines of those processes whose command is cut in a snapshot, for searches: each is read once, and again after it has started
 * another program.
 */
export class WholeCommands {
  readonly #read: (process: ObservedProcess) => string;
  readonly #kept = new Map<string, { readonly cut: string; readonly whole: string }>();
  #length = 0;

  constructor(read: (process: ObservedProcess) => string) {
    this.#read = read;
  }

  /** In lower case. */
  of(process: ObservedProcess): string {
    if (process.commandIsCut === undefined) return process.command.toLowerCase();
    const key = processKey(process);
    const known = this.#kept.get(key);
    if (known?.cut === process.command) return known.whole;
    const whole = this.#read(process).toLowerCase();
    if (this.#length > MOST_KEPT) {
      this.#kept.clear();
      this.#length = 0;
    }
    this.#kept.set(key, { cut: process.command, whole });
    this.#length += whole.length;
    return whole;
  }
}
