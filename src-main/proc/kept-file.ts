import { closeSync, openSync, readSync } from 'node:fs';
import { offerDescriptors, withDescriptor } from './descriptors.ts';
import { type Read, readFailure, readText } from './kernel-files.ts';

/** Longer than nearly all files; the status of a process with thousands of groups may be longer. */
const MOST_BYTES = 1 << 16;
const scratch = Buffer.allocUnsafeSlow(MOST_BYTES);

/**
 * A file of procfs that is read in every tick, held open: to open and close it takes longer than most of these reads (3.7 us of CPU against
 * 0.5 to 7 on an EPYC). Procfs produces its text at each read from the start (fs/seq_file.c, fs/proc/proc_sysctl.c). The same text
 * gives the very same object, so that comparing objects shows that nothing has changed.
 */
export class KeptFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T | undefined;
  readonly #records: 'one-record' | 'many-records';
  #holdsOpen = true;
  #descriptor: number | undefined;
  /** Takes its offer to give the descriptor up back. */
  #withdrawOffer: (() => void) | undefined;
  #text: string | undefined;
  #read: Read<T>;

  /** Of one record (`readRecord` says what that is) a single read gives all. */
  constructor(
    path: string,
    parse: (text: string) => T | undefined,
    records: 'one-record' | 'many-records' = 'one-record',
  ) {
    this.#path = path;
    this.#parse = parse;
    this.#records = records;
    this.#read = { ok: false, why: 'missing', path };
  }

  /** Reads and parses it. A descriptor that gives nothing any more (its process has ended) is opened again by its path. */
  read(): Read<T> {
    const kept = this.#descriptor === undefined ? undefined : this.#textFrom(this.#descriptor);
    const text = kept?.ok === true ? kept : this.#openAndRead();
    if (!text.ok) return text;
    if (text.value !== this.#text) {
      this.#text = text.value;
      const value = this.#parse(text.value);
      this.#read =
        value === undefined ? { ok: false, why: 'malformed', path: this.#path } : { ok: true, value };
    }
    return this.#read;
  }

  close(): void {
    this.#withdrawOffer?.();
    this.#withdrawOffer = undefined;
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  /** Closes it where descriptors are scarce: from now on it is opened for each read. */
  stopHolding(): void {
    this.#holdsOpen = false;
    this.close();
  }

  #openAndRead(): Read<string> {
    this.close();
    try {
      this.#descriptor = withDescriptor(() => openSync(this.#path, 'r'));
    } catch (error) {
      return readFailure(error, this.#path);
    }
    const read = this.#textFrom(this.#descriptor);
    if (!read.ok || !this.#holdsOpen) this.close();
    else this.#withdrawOffer = offerDescriptors(() => this.#giveUp());
    return read;
  }

  #giveUp(): boolean {
    const isHeld = this.#descriptor !== undefined;
    this.stopHolding();
    return isHeld;
  }

  #textFrom(descriptor: number): Read<string> {
    try {
      let length = 0;
      for (;;) {
        const count = readSync(descriptor, scratch, length, MOST_BYTES - length, length);
        length += count;
        if (length === MOST_BYTES) return readText(this.#path);
        if (count === 0 || this.#records === 'one-record') break;
      }
      // None of these files is ever empty.
      if (length === 0) return { ok: false, why: 'missing', path: this.#path };
      return { ok: true, value: scratch.toString('utf8', 0, length) };
    } catch (error) {
      return readFailure(error, this.#path);
    }
  }
}
