import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * How often memory is given back. It takes 15 ms of CPU, 0.03% of a core. Without it a crowd of 6,000 processes leaves 97 MiB RSS behind, with it 85:
 * V8 collects its whole heap only when that has grown much; it does not know that memory is scarce here.
 */
const EVERY_MS = 60_000;

let collect: (() => void) | undefined;

/** Collects garbage now, all of it. */
export function collectGarbage(): void {
  collect ??= collector();
  collect();
}

/** Does so every minute, until what it returns is called. */
export function spareMemory(everyMs = EVERY_MS): () => void {
  const timer = setInterval(collectGarbage, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** Node leads to the collector only behind a switch of V8, and where that was not given at the start only in a new context. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
