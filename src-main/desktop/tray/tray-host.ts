import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A session bus answers within milliseconds; a busy machine takes longer to start the program that asks. */
const TIMEOUT_MS = 3_000;
/** The name that every desktop with a tray owns (freedesktop.org StatusNotifierItem). */
const TRAY_HOST = 'org.kde.StatusNotifierWatcher';
const BUS = 'org.freedesktop.DBus';
const BUS_PATH = '/org/freedesktop/DBus';

/** Programs that can ask the session bus, first found first used: of GLib, of dbus, of systemd. `yes` is what they print for true. */
const CLIENTS = [
  {
    program: 'gdbus',
    args: (name: string) => [
      ...['call', '--session', '--dest', BUS, '--object-path', BUS_PATH],
      ...['--method', `${BUS}.NameHasOwner`, name],
    ],
    yes: '(true,)',
  },
  {
    program: 'dbus-send',
    args: (name: string) => [
      ...['--session', '--print-reply=literal', `--dest=${BUS}`, BUS_PATH],
      ...[`${BUS}.NameHasOwner`, `string:${name}`],
    ],
    yes: 'boolean true',
  },
  {
    program: 'busctl',
    args: (name: string) => ['--user', 'call', BUS, BUS_PATH, BUS, 'NameHasOwner', 's', name],
    yes: 'b true',
  },
] as const;

/**
 * Whether the desktop shows tray icons. GNOME without an extension and WSLg do not: an icon would not be visible there. False as well where there
 * is no session bus, or no program that can ask it.
 */
export function hasTrayHost(env: NodeJS.ProcessEnv): Promise<boolean> {
  return nameHasOwner(env, TRAY_HOST);
}

/** Whether a name on the session bus has an owner; false where that cannot be asked. */
export async function nameHasOwner(env: NodeJS.ProcessEnv, name: string): Promise<boolean> {
  // Without a bus some clients would start one.
  if (!hasBus(env)) return false;
  for (const { program, args, yes } of CLIENTS) {
    const answer = await run(program, args(name), env);
    if (answer !== undefined) return answer.trim() === yes;
  }
  return false;
}

/** Whether the environment names a session bus, or systemd has one in the runtime folder. */
function hasBus(env: NodeJS.ProcessEnv): boolean {
  if ((env['DBUS_SESSION_BUS_ADDRESS'] ?? '') !== '') return true;
  const folder = env['XDG_RUNTIME_DIR'] ?? '';
  return folder !== '' && existsSync(join(folder, 'bus'));
}

/** What a program printed; empty when it failed, undefined when it is not installed. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: TIMEOUT_MS, encoding: 'utf8' }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else resolve(error.code === 'ENOENT' ? undefined : '');
    });
  });
}
