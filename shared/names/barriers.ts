import { basename, clean } from './clean.ts';
import { type DesktopFile } from './desktop-entries/index.ts';
import { nameOfId } from './desktop-entries/index.ts';
import { type NamedTask, type NamesWorld } from './facts.ts';
import { exePath } from './program.ts';
import { type UnitApplication } from './unit-app.ts';

const SHELLS = /^(?:sh|bash|dash|zsh|fish|ash|ksh|mksh|tcsh|csh|nu|busybox)$/;
/** Programs that start strangers: what runs below belongs to something else. */
const STARTERS =
  /^(?:systemd|init|sshd|sshd-session|tmux|tmux: server|screen|SCREEN|cron|crond|atd|login|su|sudo|gnome-shell|mutter|kwin_wayland|kwin_x11|plasmashell|krunner|sway|Hyprland|niri|labwc|river|wayfire|weston|cosmic-comp|cosmic-panel|i3|openbox|xfwm4|xfce4-panel|marco|mate-panel|cinnamon|lxqt-panel|waybar|xdg-terminal-exec|rofi|fuzzel|wofi|walker|tofi|dmenu|ulauncher|albert)$/;

/** Whether a process is one across which nothing belongs to the same application. */
export function isBarrier(task: NamedTask, world: NamesWorld): boolean {
  const path = exePath(task);
  const name = path === undefined ? task.comm : basename(path);
  if (SHELLS.test(name)) return task.hasTty;
  if (STARTERS.test(name)) return true;
  const file =
    path === undefined
      ? undefined
      : (world.desktop.byProgram(path) ?? world.desktop.byBasename(name.replace(/-server$/, '')));
  return file?.categories.includes('TerminalEmulator') === true;
}

/** Whether a unit is that of a terminal, which keeps what runs in it. */
export function isTerminal({ kind }: UnitApplication, file: DesktopFile | undefined): boolean {
  return kind === 'terminal' || file?.categories.includes('TerminalEmulator') === true;
}

/** What a terminal is called. */
export function terminalName({ id }: UnitApplication, { desktop }: NamesWorld): string {
  return (desktop.byId(id) ?? desktop.byIdOrBasename(id))?.name ?? clean(nameOfId(id), id);
}
