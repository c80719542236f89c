import * as v from 'valibot';
import {
  ALERT_KINDS,
  DEFAULT_SETTINGS,
  INTERVAL_MS,
  THEMES,
  THRESHOLD_PERCENT,
  type Settings,
} from '../model/settings.ts';
import { type Failure } from '../result.ts';
import { answers } from './answers.ts';
import { nothing } from './fields.ts';

const intervalMs = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(INTERVAL_MS.least),
  v.maxValue(INTERVAL_MS.most),
);
const percent = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(THRESHOLD_PERCENT.least),
  v.maxValue(THRESHOLD_PERCENT.most),
);
const [pressure, forecast, kill, protectedNext, itselfNext] = ALERT_KINDS;

/** Settings as a file holds them: a missing one has its default, an unknown one (of another version) is ignored. */
export const settingsInFile = v.object({
  intervalMs: v.optional(intervalMs, DEFAULT_SETTINGS.intervalMs),
  thresholds: v.optional(
    v.object({
      availablePercent: v.optional(percent, DEFAULT_SETTINGS.thresholds.availablePercent),
      pressurePercent: v.optional(percent, DEFAULT_SETTINGS.thresholds.pressurePercent),
    }),
    {},
  ),
  theme: v.optional(v.picklist(THEMES), DEFAULT_SETTINGS.theme),
  closeToTray: v.optional(v.boolean(), DEFAULT_SETTINGS.closeToTray),
  protectItself: v.optional(v.boolean(), DEFAULT_SETTINGS.protectItself),
  notifications: v.optional(
    v.object({
      [pressure]: v.optional(v.boolean(), DEFAULT_SETTINGS.notifications[pressure]),
      [forecast]: v.optional(v.boolean(), DEFAULT_SETTINGS.notifications[forecast]),
      [kill]: v.optional(v.boolean(), DEFAULT_SETTINGS.notifications[kill]),
      [protectedNext]: v.optional(v.boolean(), DEFAULT_SETTINGS.notifications[protectedNext]),
      [itselfNext]: v.optional(v.boolean(), DEFAULT_SETTINGS.notifications[itselfNext]),
    }),
    {},
  ),
}) satisfies v.GenericSchema<unknown, Settings>;

/** A change of settings: only what is named changes. `startAtLogin` is no line of the file but an entry of the desktop's own. */
export const settingsPatch = v.strictObject({
  intervalMs: v.exactOptional(intervalMs),
  thresholds: v.exactOptional(
    v.strictObject({ availablePercent: v.exactOptional(percent), pressurePercent: v.exactOptional(percent) }),
  ),
  theme: v.exactOptional(v.picklist(THEMES)),
  closeToTray: v.exactOptional(v.boolean()),
  protectItself: v.exactOptional(v.boolean()),
  notifications: v.exactOptional(
    v.strictObject({
      [pressure]: v.exactOptional(v.boolean()),
      [forecast]: v.exactOptional(v.boolean()),
      [kill]: v.exactOptional(v.boolean()),
      [protectedNext]: v.exactOptional(v.boolean()),
      [itselfNext]: v.exactOptional(v.boolean()),
    }),
  ),
  startAtLogin: v.exactOptional(v.boolean()),
});
export type SettingsPatch = v.InferOutput<typeof settingsPatch>;

/** What only the desktop program has. */
export interface DesktopState {
  /** A tray is there to close to. Undefined while that is not known. */
  readonly tray?: boolean;
  readonly startAtLogin: boolean;
}

/** The settings in force, and what can be done about them here. */
export interface SettingsState {
  readonly settings: Settings;
  /** Where they are kept. */
  readonly file: string;
  /** Absent in a browser: then theme, tray, login and notifications are not Lifeboat's to decide. */
  readonly desktop?: DesktopState;
  /** They cannot be changed from here. */
  readonly readOnly?: true;
  /** What is wrong with the file; then these are the last that were in order, or those it comes with. */
  readonly trouble?: Failure;
}

/** Requests about Lifeboat itself. */
export const SETTINGS_REQUESTS = {
  /** What people chose for Lifeboat itself, and whether it can be changed from here. */
  'settings.read': { input: nothing, ...answers<SettingsState>() },
  /** Changes what is named in it, and writes it down. */
  'settings.change': { input: settingsPatch, ...answers<SettingsState>() },
} as const;

export interface SettingsEvents {
  /** The settings in force have changed. */
  readonly 'settings.state': SettingsState;
}
