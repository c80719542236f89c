import { existsSync, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where state is kept: `$XDG_STATE_HOME/lifeboat`, by default below ~/.local/state (XDG Base Directory Specification). */
export function stateFolder(env: Environment = process.env): string {
  return `${base(env, 'XDG_STATE_HOME', '.local/state')}/lifeboat`;
}

/** Where people configure it: `$XDG_CONFIG_HOME/lifeboat`, by default below ~/.config. */
export function configFolder(env: Environment = process.env): string {
  return `${base(env, 'XDG_CONFIG_HOME', '.config')}/lifeboat`;
}

function base(env: Environment, name: string, fallback: string): string {
  const folder = env[name];
  // The specification: relative paths are to be ignored.
  return folder?.startsWith('/') === true ? folder : `${homeFolder(env)}/${fallback}`;
}

/** HOME, else what the user database says. Not os.homedir(): it throws where HOME is longer than a path may be. */
export function homeFolder(env: Environment = process.env): string {
  const { HOME } = env;
  if (HOME?.startsWith('/') === true) return HOME;
  try {
    return userInfo().homedir;
  } catch {
    // A user without an entry, as in a container.
    return '/';
  }
}

/**
 * Makes a folder and those above it, for the owner alone; one that is there stays as it is. Not `recursive` of mkdirSync: it never returns where
 * a folder that is there refuses with ENOENT, as /proc does (Node 24).
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was quicker.
    if (!existsSync(path)) throw error;
  }
}
