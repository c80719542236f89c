import { closeSync, constants, openSync, readSync } from 'node:fs';
import { withDescriptor } from '../proc/descriptors.ts';
import { readFailure } from '../proc/kernel-files.ts';

/** CONSOLE_EXT_LOG_MAX of the kernel: no record is longer. */
const RECORD_BYTES = 8192;
/** Records read at a time, which takes some milliseconds. */
const PORTION = 1000;
/** Records skipped at most: others may write to the log as fast as it is read; a log of 32 MiB holds fewer. */
const MOST_PASSED_OVER = 500_000;
/** Records kept from before the start: an unfinished report is longer only where it lists thousands of tasks. */
const CONTEXT = 1000;

/** Follows /dev/kmsg where this user may read it (kernel.dmesg_restrict 0, or CAP_SYSLOG); kernel/printk/printk.c devkmsg_read(). */
export class KernelLogFollower {
  readonly #descriptor: number;
  readonly #buffer = Buffer.alloc(RECORD_BYTES);

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Undefined where it may not be read, or is not there. */
  static open(path: string): KernelLogFollower | undefined {
    try {
      return new KernelLogFollower(
        withDescriptor(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)),
      );
    } catch (error) {
      readFailure(error, path);
      return undefined;
    }
  }

  /**
   * Reads on to the end of the log, and returns the last records that are there. Call it right before the kernel's count of kills is read for the
   * first time: a kill that is counted later is logged later.
   */
  passOver(): readonly string[] {
    const records: string[] = [];
    for (let left = MOST_PASSED_OVER; left > 0; left -= 1) {
      const record = this.#read();
      if (record === undefined) break;
      if (record === '') continue;
      records.push(record);
      if (records.length === 2 * CONTEXT) records.splice(0, CONTEXT);
    }
    return records.slice(-CONTEXT);
  }

  /** The records that have come since the last call of this or of `passOver`; of a great many the first ones. */
  poll(): readonly string[] {
    const records: string[] = [];
    for (let left = PORTION; left > 0; left -= 1) {
      const record = this.#read();
      if (record === undefined) break;
      if (record !== '') records.push(record);
    }
    return records;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** One record; empty where the kernel had overwritten the next one, undefined at the end of the log. */
  #read(): string | undefined {
    try {
      const length = readSync(this.#descriptor, this.#buffer);
      return length === 0 ? undefined : this.#buffer.toString('utf8', 0, length);
    } catch (error) {
      return readFailure(error, '/dev/kmsg').errno === 'EPIPE' ? '' : undefined;
    }
  }
}
