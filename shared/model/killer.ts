/** Programs that kill before the kernel does. */
export const KILLER_NAMES = ['earlyoom', 'nohang', 'systemd-oomd'] as const;
export type KillerName = (typeof KILLER_NAMES)[number];

/**
 * `holds` now, or does not but `may`. `never`: it cannot hold on this machine as it is set up. `unknown`: a figure that decides it cannot be
 * known here.
 */
export type Holding = 'holds' | 'may' | 'never' | 'unknown';

/** Which average of a pressure file is compared: of the time in which some or all tasks waited, over so many seconds. */
export type PressureMetric = `${'some' | 'full'}${10 | 60 | 300}`;

/** What a killer compares before it acts: the figure of now with the line from which it counts. A figure that is not known is absent. */
export type KillerCondition = { readonly holding: Holding } & (
  | {
      readonly figure: 'available';
      readonly nowBytes: number;
      /** On the scale of MemAvailable, if memory goes to processes: nothing but anonymous memory grows. */
      readonly lineBytes: number;
      /** The line is somewhere from here to `lineBytes`: which version runs is not known. */
      readonly leastLineBytes?: number;
    }
  | {
      readonly figure: 'free-swap';
      /** Of all swap; 0 where there is none. */
      readonly nowPercent: number;
      readonly linePercent: number;
    }
  /** There is swap at all. */
  | { readonly figure: 'swap' }
  | { readonly figure: 'zram'; readonly nowBytes?: number; readonly lineBytes: number }
  | {
      readonly figure: 'pressure';
      readonly metric: PressureMetric;
      readonly nowPercent?: number;
      readonly linePercent: number;
      /** How long it has to be above the line, and how long it has been seen there. */
      readonly seconds: number;
      readonly lastedSeconds?: number;
    }
  /** Memory of the cgroup was scanned for reclaim within the last so many seconds. */
  | { readonly figure: 'reclaim'; readonly seconds: number }
);

/** One way in which a killer acts: when all conditions hold. */
export interface KillerTrigger {
  /** `TERM`: it asks a process to end; `KILL`: it kills one, or a cgroup. */
  readonly signal: 'TERM' | 'KILL';
  /** The cgroup below which it chooses; absent where it chooses among all. */
  readonly cgroup?: string;
  /** The rule of systemd-oomd that says so. */
  readonly rule?: string;
  readonly conditions: readonly KillerCondition[];
}

/** The memory left at which a killer acts. `now`: all conditions hold. `when`: at this line, the other conditions hold. `also`: others are missing. */
export interface ActsAt {
  readonly kind: 'now' | 'when' | 'also';
  /** MemAvailable; absent where it acts by no line of memory (`now` by pressure alone). */
  readonly availableBytes?: number;
  readonly leastAvailableBytes?: number;
  /** Conditions besides available memory that do not hold now. */
  readonly missing: readonly KillerCondition[];
}

/**
 * What cannot be known of a killer: its `version`; how it is configured (`configuration`: options or file cannot be read; `changed-file`: the
 * file was changed after it has started); `user-units`: which cgroups users have it watch; `arc`: it counts the cache of ZFS as available.
 */
export type KillerUnknown = 'version' | 'configuration' | 'changed-file' | 'user-units' | 'arc';

/** A killer that runs, and what it waits for. */
export interface Killer {
  readonly name: KillerName;
  readonly pid: number;
  /** As it names itself: `1.7`. */
  readonly version?: string;
  /** It was started to show what it would do, and kills nothing. */
  readonly rehearses?: true;
  readonly triggers: readonly KillerTrigger[];
  readonly unknown: readonly KillerUnknown[];
  /** Absent where no line of memory makes it act, none is known, or it rehearses. */
  readonly actsAt?: ActsAt;
}
