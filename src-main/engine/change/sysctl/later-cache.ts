import { rootOf, type KernelFiles } from '../../../proc/kernel-files.ts';
import { readLaterSetters, type LaterSetters } from '../../../proc/sysctl/later.ts';

/** Hundreds of units and rules are read: not for every step of a slider. They change when packages are installed. */
const FRESH_MS = 30_000;

/** What may set settings after the boot, looked for again at most every half minute. */
export class LaterCache {
  readonly #files: KernelFiles;
  #found: { readonly setters: LaterSetters; readonly atMs: number } | undefined;

  constructor(files: KernelFiles) {
    this.#files = files;
  }

  get current(): LaterSetters {
    const nowMs = performance.now();
    if (this.#found === undefined || nowMs - this.#found.atMs > FRESH_MS)
      this.#found = { setters: readLaterSetters(this.#files, rootOf(this.#files)), atMs: nowMs };
    return this.#found.setters;
  }
}
