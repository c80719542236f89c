import { unescapeUnitText } from '../kernel/cgroup/unit-text.ts';

/**
 * What the unit of a cgroup path says of the application in it. `launcher` and `terminal` keep what they start; `browser-scope`: Chromium's own
 * name, which every Electron program uses as well.
 */
export interface UnitApplication {
  readonly id: string;
  readonly kind: 'app' | 'terminal' | 'launcher' | 'flatpak' | 'snap' | 'steam' | 'browser-scope';
}

const LAUNCHER_PREFIXES: ReadonlySet<string> = new Set(
  'gnome KDE glib flatpak niri cosmic cinnamon steam sway Hyprland river wayfire labwc uwsm dbus'.split(' '),
);

/** Programs that start others and stay their unit's name. */
const LAUNCHERS =
  /^(?:rofi|fuzzel|wofi|walker|tofi|dmenu|xdg-terminal-exec|com\.system76\.CosmicAppList|krunner|org\.kde\.krunner|plasmashell|org\.kde\.plasmashell|gnome-shell|org\.gnome\.Shell|ulauncher|albert)$/;

const TERMINALS =
  /^(?:org\.gnome\.Terminal|org\.kde\.konsole|org\.gnome\.Ptyxis|ptyxis|kitty|ghostty|com\.mitchellh\.ghostty|tmux)$/;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const SPAWNED = new RegExp(`^(ptyxis|tmux)-spawn-${UUID}\\.scope$`);
const SCOPE_TAIL = new RegExp(`^(.+?)-(?:${UUID}|\\d+|[0-9a-f]{8,})$`);

/**
 * The application that a cgroup path names, from its deepest part up; undefined where none does. `hasFile` tells whether an application with
 * that id is installed: dashes in names are not always escaped. systemd's DESKTOP_ENVIRONMENTS.md, xdg-desktop-portal's xdp-app-info-host.c,
 * snapd's tracking cgroups.
 *
 *     app-gnome-google\x2dchrome-3117.scope
 */
export function unitApplication(
  path: string,
  hasFile: (id: string) => boolean = () => false,
): UnitApplication | undefined {
  const parts = path.split('/');
  for (let at = parts.length - 1; at > 0; at--) {
    const found = fromPart(parts[at] ?? '', hasFile);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fromPart(part: string, hasFile: (id: string) => boolean): UnitApplication | undefined {
  const name = part.startsWith('_') ? part.slice(1) : part;
  if (!/\.(?:scope|service|slice)$/.test(name)) return undefined;
  if (name.startsWith('snap.')) return fromSnap(name);
  const special = fromSpecial(name);
  if (special !== undefined) return special === 'none' ? undefined : special;
  if (!name.startsWith('app-')) return undefined;
  const parts = withoutTail(name)?.slice('app-'.length).split('-');
  if (parts === undefined || parts.includes('')) return undefined;
  const [first = ''] = parts;
  const steam = first === 'steam' ? /^app(\d+)$/.exec(parts[1] ?? '')?.[1] : undefined;
  if (steam !== undefined) return { id: steam, kind: 'steam' };
  const id = idIn(parts, hasFile);
  return id === undefined ? undefined : { id, kind: kindOf(id, parts.length > 1 && first === 'flatpak') };
}

/** `snap.NAME[_INSTANCE].APP[-UUID].scope`, `snap.NAME.APP.service`. */
function fromSnap(name: string): UnitApplication | undefined {
  const [, snap, instance, app = ''] =
    /^snap\.([a-z0-9-]+)(?:_([a-z0-9]+))?\.([A-Za-z0-9-]+)/.exec(name) ?? [];
  if (snap === undefined) return undefined;
  const own = app.replace(new RegExp(`-${UUID}$`), '');
  return { id: `${snap}${instance === undefined ? '' : `_${instance}`}/${own}`, kind: 'snap' };
}

/** Units that have a form of their own. */
function fromSpecial(name: string): UnitApplication | 'none' | undefined {
  const bus = /^dbus-:[0-9.]+-(.+)@[0-9]+\.service$/.exec(name)?.[1];
  if (bus !== undefined) {
    const id = unescapeUnitText(bus);
    return id === undefined ? 'none' : { id, kind: kindOf(id, false) };
  }
  const spawned = SPAWNED.exec(name)?.[1];
  if (spawned !== undefined) return { id: spawned, kind: 'terminal' };
  if (/^kitty-\d+-\d+\.scope$/.test(name)) return { id: 'kitty', kind: 'terminal' };
  if (/^app-ghostty-surface-transient-\d+\.scope$/.test(name)) return { id: 'ghostty', kind: 'terminal' };
  if (name.includes('-transient-') || name === 'app-graphical.slice') return 'none';
  return undefined;
}

/** Without the suffix and what makes the name unique. */
function withoutTail(name: string): string | undefined {
  const stem = name.slice(0, name.lastIndexOf('.'));
  if (name.endsWith('.service')) {
    const at = stem.indexOf('@');
    if (at > 0) return stem.slice(0, at);
    return stem.replace(/(?:-autostart|-[0-9a-f]{32})$/, '');
  }
  const cut = SCOPE_TAIL.exec(stem)?.[1];
  // What is cut off is never the only part.
  return cut === undefined || cut === 'app' ? stem : cut;
}

/** The id in the parts between dashes: one, or behind the name of what started it. */
function idIn(parts: readonly string[], hasFile: (id: string) => boolean): string | undefined {
  const texts = parts.map(unescapeUnitText);
  if (texts.includes(undefined)) return undefined;
  const whole = texts.join('-');
  const rest = texts.slice(1).join('-');
  const id = whichId(parts[0] ?? '', whole, rest, texts.length, hasFile);
  // gnome-desktop's name for a program without a desktop file.
  if (id === 'org.freedesktop.Unknown') return undefined;
  return /^dbus-:[0-9.]+-(.+)$/.exec(id)?.[1] ?? id;
}

function whichId(
  first: string,
  whole: string,
  rest: string,
  count: number,
  hasFile: (id: string) => boolean,
): string {
  if (count === 1) return whole;
  if (count === 2) return !hasFile(rest) && hasFile(whole) ? whole : rest;
  if (hasFile(whole)) return whole;
  return hasFile(rest) || LAUNCHER_PREFIXES.has(first) ? rest : whole;
}

function kindOf(id: string, isFlatpak: boolean): UnitApplication['kind'] {
  if (isFlatpak) return 'flatpak';
  if (LAUNCHERS.test(id)) return 'launcher';
  if (TERMINALS.test(id)) return 'terminal';
  return /^(?:org\.chromium\.Chromium|com\.google\.Chrome)/.test(id) ? 'browser-scope' : 'app';
}
