import { constants, openSync, readSync } from 'node:fs';
import { ok, type Result } from '#shared/result.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { attempt, errnoOf } from './files.ts';
import { type Tree } from './tree.ts';

/** A kill is to be on the screen within 250 ms. Most reads find only the end of the log: 20 us. */
const POLL_MS = 100;
/** The log holds thousands of records at first; other work goes on between such portions of them. */
const PORTION = 256;
/** CONSOLE_EXT_LOG_MAX of the kernel: no record is longer. */
const RECORD_BYTES = 8192;
/** Bytes of a record: it fits in a line of the protocol even when every byte has to be escaped. */
const MOST_CHARACTERS = 2500;

/**
 * Follows /dev/kmsg (Documentation/ABI/testing/dev-kmsg), from the oldest record that the kernel still has. One record a line, as it comes
 * but without the dictionary that may follow:
 *
 *     6,1234,5678901,-;Out of memory: Killed process 4711 (a) total-vm:…
 */
export class KernelLog {
  readonly #tree: Tree;
  readonly #onLine: (line: string) => void;
  readonly #isBehind: () => boolean;
  readonly #buffer = Buffer.alloc(RECORD_BYTES);
  #descriptor: number | undefined;

  /** While `isBehind` says that the other side does not keep up, nothing is read; the kernel drops what it must. */
  constructor(tree: Tree, onLine: (line: string) => void, isBehind: () => boolean) {
    this.#tree = tree;
    this.#onLine = onLine;
    this.#isBehind = isBehind;
  }

  /** Starts once; again is no failure. */
  follow(): Result<void> {
    if (this.#descriptor !== undefined) return ok(undefined);
    return attempt('/dev/kmsg', () => {
      const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
      const descriptor = openSync(`${this.#tree.root}/dev/kmsg`, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
      this.#descriptor = descriptor;
      this.#poll(descriptor);
      return ok(undefined);
    });
  }

  #poll(descriptor: number): void {
    let left = PORTION;
    while (left > 0 && !this.#isBehind()) {
      const record = this.#readRecord(descriptor);
      if (record === undefined) break;
      if (record !== '') this.#onLine(record);
      left -= 1;
    }
    setTimeout(
      () => {
        this.#poll(descriptor);
      },
      left === 0 ? 1 : POLL_MS,
    ).unref();
  }

  /** One record; empty where the kernel had overwritten the next one, undefined at the end of the log. */
  #readRecord(descriptor: number): string | undefined {
    const read = attempt('/dev/kmsg', () => ok(readSync(descriptor, this.#buffer)));
    if (!read.ok) return errnoOf(read.error) === 'EPIPE' ? '' : undefined;
    if (read.value === 0) return undefined;
    const [line = ''] = this.#buffer.toString('utf8', 0, read.value).split('\n', 1);
    return safeText(line.slice(0, MOST_CHARACTERS));
  }
}
