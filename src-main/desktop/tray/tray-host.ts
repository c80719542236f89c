import { nameHasOwner } from './session-bus.ts';

/** Whether the desktop shows tray icons. GNOME without an extension and WSLg do not: an icon there would be nowhere to be seen. */
export function hasTrayHost(env: NodeJS.ProcessEnv): Promise<boolean> {
  return nameHasOwner(env, 'org.kde.StatusNotifierWatcher');
}
