import { type Frame } from '#shared/contract/watch.ts';

/** Readings that a sparkline of the header shows. */
export const LENGTH = 60;

/** The last minute or so of a figure that the timeline does not hold. A reading that was missing is undefined. */
export class Recent {
  majorFaults = $state.raw<readonly (number | undefined)[]>([]);
  #lastMs = 0;

  add({ timeMs, memory }: Frame): void {
    if (timeMs <= this.#lastMs) return;
    this.#lastMs = timeMs;
    this.majorFaults = [...this.majorFaults, memory.majorFaultsPerSecond].slice(-LENGTH);
  }
}
