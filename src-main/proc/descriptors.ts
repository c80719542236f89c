import { closeSync, openSync } from 'node:fs';

/** Gives up some descriptors that are only kept for speed. False where none is left to give up. */
export type GiveUp = () => boolean;

/** EMFILE: this process has no descriptor left. ENFILE: the machine has none. */
const SCARCE = new Set<unknown>(['EMFILE', 'ENFILE']);

const holders = new Set<GiveUp>();

/** Registers a holder of descriptors that others may need more; returns what removes it. Descriptors belong to the process, and so does the list. */
export function offerDescriptors(giveUp: GiveUp): () => void {
  holders.add(giveUp);
  return () => {
    holders.delete(giveUp);
  };
}

/** What `open` returns; where no descriptor is left, kept ones are given up first. Throws what `open` throws where that does not help. */
export function withDescriptor<T>(open: () => T): T {
  for (;;) {
    try {
      return open();
    } catch (error) {
      if (!isScarce(error) || !giveUpSome()) throw error;
    }
  }
}

/**
 * Frees `count` descriptors for code that does not report a lack of them, such as SQLite or a socket: kept ones are given up first. Fewer are
 * free afterwards where none is left to give up.
 */
export function makeRoom(count: number): void {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(withDescriptor(() => openSync('/dev/null', 'r')));
  } catch (error) {
    if (!isScarce(error)) throw error;
  } finally {
    for (const each of opened) closeSync(each);
  }
}

function isScarce(error: unknown): boolean {
  return error instanceof Error && 'code' in error && SCARCE.has(error.code);
}

function giveUpSome(): boolean {
  for (const giveUp of holders) if (giveUp()) return true;
  return false;
}
