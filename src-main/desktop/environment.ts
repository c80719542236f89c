/** What the start of an AppImage puts its own folders into. Programs of the host would take its libraries for theirs. */
const PATH_LISTS = ['PATH', 'LD_LIBRARY_PATH', 'XDG_DATA_DIRS', 'GSETTINGS_SCHEMA_DIR'] as const;

/**
 * Takes out of an environment what an AppImage has put in, so that no program that is started from here gets it. Libraries of our own are
 * found all the same: the loader has read the list when this process began.
 */
export function leaveAppImage(env: NodeJS.ProcessEnv): void {
  const mount = env['APPDIR'];
  if (mount?.startsWith('/') !== true) return;
  for (const name of PATH_LISTS) {
    const value = env[name];
    if (value === undefined) continue;
    const kept = value
      .split(':')
      .filter((folder) => folder !== '' && folder !== mount && !folder.startsWith(`${mount}/`));
    if (kept.length > 0) env[name] = kept.join(':');
    else Reflect.deleteProperty(env, name);
  }
}
