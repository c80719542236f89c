import { formatBytes } from '#shared/format/bytes.ts';
import { type AlertKind, type Theme } from '#shared/model/settings.ts';

/** The view of what people choose for Lifeboat itself. */
export const settingsView = {
  title: 'Settings',
  lead: 'How Lifeboat looks at this machine, and when it speaks up.',
  loading: 'Reading the settings',
  failed: 'The settings cannot be read',
  notChanged: 'That was not changed.',
  file: (path: string) => `Kept in ${path}. What is written there by hand counts as well.`,
  readOnly: 'These cannot be changed from here.',
  appearance: 'Appearance',
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' } satisfies Record<Theme, string>,
  themeOfBrowser: 'Kept in this browser.',
  watching: 'Watching',
  interval: 'A new reading every',
  intervalHint:
    'While somebody looks. Half as often when nobody does, and at once faster when memory is short. Faster costs more.',
  intervalValue: (intervalMs: number) =>
    intervalMs < 1000
      ? `${intervalMs / 1000} s`
      : `${intervalMs / 1000} ${intervalMs === 1000 ? 'second' : 'seconds'}`,
  available: 'Tight when less is available than',
  availableHint: (bytes: number | undefined) =>
    bytes === undefined
      ? 'Of all memory. Critical at half of it.'
      : `Here that is ${formatBytes(bytes)}. Critical at half of it.`,
  pressure: 'Tight when tasks wait for memory more than',
  pressureHint: 'Of the last 10 seconds (memory pressure, some avg10). Critical at twice that.',
  pressureMissing: 'This kernel does not measure it, so this changes nothing here.',
  percent: 'per cent',
  outOfRange: (least: number, most: number) => `A whole number from ${least} to ${most}.`,
  notifications: 'Notifications',
  notificationsHint:
    'The same is never said twice within ten minutes. Switched off or not, everything is kept under Events.',
  kinds: {
    pressure: 'Memory gets tight',
    kill: 'The kernel killed a process',
    'protected-next': 'A process that I protected is next again',
  } satisfies Record<AlertKind, string>,
  program: 'Window',
  startAtLogin: 'Start when I log in, in the background',
  closeToTray: 'Keep running in the tray when the window is closed',
  noTray:
    'This desktop shows no tray, so closing the window ends Lifeboat. On GNOME the extension AppIndicator brings one.',
  desktopOnly: 'Only in the desktop program',
  desktopOnlyHint:
    'Notifications, the tray and starting at login. Here the record under Events holds all that they would say.',
} as const;
