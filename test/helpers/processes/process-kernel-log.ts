import { closeSync, constants, openSync, readSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** What the kernel writes into its log from now on. */
export interface KernelLogFromHere {
  /** The names of those it has killed for memory since, in its order. One line each, whatever the limit on its long reports is. */
  victims(): string[];
}

/** Opens this machine's /dev/kmsg behind what it holds, until the test ends. Reading it is root's to do. */
export function kernelLogFromHere(): KernelLogFromHere {
  const file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  onTestFinished(() => {
    closeSync(file);
  });
  const seen: string[] = [];
  Array.from(records(file));
  return {
    victims: () => {
      for (const record of records(file)) {
        // Facility 0 is the kernel's own: programs can write into this file too.
        if (Number.parseInt(record, 10) >> 3 !== 0) continue;
        const name = /: Killed process \d+ \(([^)]*)\)/.exec(record)?.[1];
        if (name !== undefined) seen.push(name);
      }
      return [...seen];
    },
  };
}

/** One read gives one record, until there is none. */
function* records(file: number): Generator<string> {
  const record = Buffer.alloc(8192);
  for (;;) {
    try {
      yield record.toString('latin1', 0, readSync(file, record));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return;
      // Old records were overwritten before they were read: it goes on with the oldest that is left.
      if (code !== 'EPIPE') throw error;
    }
  }
}
