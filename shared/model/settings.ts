/** Light, dark, or as the system has it. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What an alert may be about; each can be kept from interrupting, none from being recorded. */
export const ALERT_KINDS = ['pressure', 'forecast', 'kill', 'protected-next', 'itself-next'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** When memory counts as tight, in percent. */
export interface Thresholds {
  /** MemAvailable is below this share of MemTotal. */
  readonly availablePercent: number;
  /** PSI `some avg10` of memory is at least this. */
  readonly pressurePercent: number;
}

/** What people choose for Lifeboat itself. */
export interface Settings {
  /** Time between two readings while a client is connected; twice that while none is. */
  readonly intervalMs: number;
  readonly thresholds: Thresholds;
  readonly theme: Theme;
  /** The window goes to the tray when it is closed, where there is one. */
  readonly closeToTray: boolean;
  /** Lifeboat's own processes are protected again whenever there are new ones, as long as the helper runs. */
  readonly protectItself: boolean;
  readonly notifications: Readonly<Record<AlertKind, boolean>>;
}

/**
 * What a part that was never set is. 10% is where earlyoom begins to act as well, so that the word comes no later than the deed; a fifth of the
 * time spent waiting for memory is felt at the keyboard, and a third of what systemd-oomd kills at.
 */
export const DEFAULT_SETTINGS: Settings = {
  intervalMs: 1_000,
  thresholds: { availablePercent: 10, pressurePercent: 20 },
  theme: 'system',
  closeToTray: false,
  protectItself: false,
  notifications: { pressure: true, forecast: true, kill: true, 'protected-next': true, 'itself-next': true },
};

/** What is offered and taken: below, sampling costs more than it tells; above, a kill is over before it is seen. */
export const INTERVAL_MS = { least: 250, most: 10_000 } as const;
export const THRESHOLD_PERCENT = { least: 1, most: 90 } as const;
