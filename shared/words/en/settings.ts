import { formatBytes } from '#shared/format/bytes.ts';
import { type AlertKind, type Theme } from '#shared/model/settings.ts';

/** The view of what people choose for Lifeboat itself. */
export const settingsView = {
  title: 'Settings',
  lead: 'How often Lifeboat reads this machine, and when it notifies you.',
  loading: 'Reading the settings',
  failed: 'The settings cannot be read',
  notChanged: 'The setting was not changed.',
  file: (path: string) => `Stored in ${path}. You can also edit that file.`,
  readOnly: 'Settings cannot be changed here.',
  appearance: 'Appearance',
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' } satisfies Record<Theme, string>,
  themeOfBrowser: 'Stored in this browser.',
  watching: 'Monitoring',
  interval: 'Refresh every',
  intervalHint:
    'Half as often in the background, faster when memory is tight. A shorter interval uses more CPU.',
  intervalValue: (intervalMs: number) =>
    intervalMs < 1000
      ? `${intervalMs / 1000} s`
      : `${intervalMs / 1000} ${intervalMs === 1000 ? 'second' : 'seconds'}`,
  available: 'Memory is tight when less is available than',
  availableHint: (bytes: number | undefined) =>
    bytes === undefined
      ? 'Of all memory. Critical at half of it.'
      : `Here that is ${formatBytes(bytes)}. Critical at half of it.`,
  pressure: 'Memory is tight when tasks are stalled more than',
  pressureHint: 'Share of the last 10 seconds (memory pressure, some avg10). Critical at twice that.',
  pressureMissing: 'This kernel does not measure memory pressure, so this has no effect here.',
  percent: 'per cent',
  outOfRange: (least: number, most: number) => `A whole number from ${least} to ${most}.`,
  notifications: 'Notifications',
  notificationsHint:
    'The same notification is not repeated within ten minutes. Everything is listed under Events in any case.',
  kinds: {
    pressure: 'Memory gets tight',
    forecast: 'Memory is about to be used up',
    kill: 'The kernel killed a process',
    'protected-next': 'A process that I protected is next again',
    'itself-next': 'Lifeboat itself is the next victim',
  } satisfies Record<AlertKind, string>,
  program: 'Window',
  startAtLogin: 'Start in the background when I log in',
  closeToTray: 'Keep running in the tray when the window is closed',
  noTray:
    'This desktop has no tray, so closing the window quits Lifeboat. On GNOME, the AppIndicator extension adds one.',
  desktopOnly: 'Only in the desktop program',
  desktopOnlyHint:
    'Notifications, the tray and starting at login. Here, Events lists everything that they would show.',
} as const;
