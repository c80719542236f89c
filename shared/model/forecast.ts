import { type KillerName } from './killer.ts';
import { type NamedProcess } from './kill-order.ts';

/** The process, or the group of processes in one cgroup, that explains most of a fall. */
export type Taker =
  | {
      readonly kind: 'process';
      readonly process: NamedProcess & { readonly program?: string };
      readonly tookBytes: number;
    }
  | { readonly kind: 'group'; readonly path: string; readonly label: string; readonly tookBytes: number };

/** When another program kills, before the kernel does. */
export interface KillerForecast {
  readonly name: KillerName;
  readonly lowSeconds: number;
  readonly highSeconds: number;
}

/**
 * When memory of a scope is used up if it goes on like this, in seconds from now: in 4 of 5 cases between low and high. Absent where it does not
 * fall, or where that cannot be said.
 */
export interface Forecast {
  readonly lowSeconds: number;
  readonly middleSeconds: number;
  readonly highSeconds: number;
  /** How long it has been falling, and how far it fell. */
  readonly fallingSeconds: number;
  readonly fellBytes: number;
  /** Who takes it; absent where many do together. */
  readonly taker?: Taker;
  /** Who kills before that. */
  readonly killer?: KillerForecast;
}

/** How memory grew for hours without giving any back: of a process or a group. */
export interface SteadyGrowth {
  readonly gainedBytes: number;
  readonly lastedSeconds: number;
}
