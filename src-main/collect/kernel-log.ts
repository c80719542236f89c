import { closeSync, constants, openSync, readSync } from 'node:fs';
import { withDescriptor } from '../proc/descriptors.ts';
import { readFailure } from '../proc/kernel-files.ts';

/** CONSOLE_EXT_LOG_MAX of the kernel: no record is longer. */
const RECORD_BYTES = 8192;
/** The log may hold thousands of records from before: so many are read at once, in some milliseconds. */
const PORTION = 1000;

/**
 * Follows /dev/kmsg where this user may read it (kernel.dmesg_restrict 0, or CAP_SYSLOG); kernel/printk/printk.c devkmsg_read(). What was
 * logged before is passed over.
 */
export class KernelLogFollower {
  readonly #descriptor: number;
  readonly #buffer = Buffer.alloc(RECORD_BYTES);
  #isOld = true;

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

  /** The records that have come since the last call, without what is from before the first. */
  poll(): readonly string[] {
    const records: string[] = [];
    for (let left = PORTION; left > 0; left -= 1) {
      const record = this.#read();
      if (record === undefined) {
        this.#isOld = false;
        break;
      }
      if (!this.#isOld && record !== '') records.push(record);
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
