import { type Role, type RoleQuestion } from './role.ts';

/** Programs without which the session ends. */
const DESKTOP =
  /^(?:gnome-shell|mutter|sway|Hyprland|niri|labwc|cosmic-comp|weston|river|wayfire|hikari|cage|gamescope|Xorg|X|dbus-daemon|dbus-broker|gnome-session-binary|gnome-session-service|gnome-session-ctor|startplasma-(?:wayland|x11)|plasma_session|xfce4-session|mate-session|cinnamon-session|lxqt-session|lightdm|sddm|sddm-helper|gdm-session-worker|gdm-wayland-session|gdm-x-session)$/;
/** Those that their session starts again. */
const RESTARTED =
  /^(?:kwin_wayland|kwin_x11|plasmashell|xfce4-panel|mate-panel|gnome-panel|lxqt-panel|waybar|cosmic-panel|xfwm4|marco|muffin)$/;

const PARTS: readonly (readonly [RegExp, text: string])[] = [
  [
    /^(?:tracker-(?:miner|extract)[\w-]*|localsearch[\w-]*|baloo_file[\w-]*|tinysparql[\w-]*)$/,
    'file search',
  ],
  [/^(?:pipewire|pipewire-pulse|wireplumber|pulseaudio)$/, 'sound'],
  [/^gvfsd?(?:-[\w-]+)?$/, 'files'],
  [/^(?:dconf-service)$/, 'settings'],
  [/^(?:at-spi[\w-]*)$/, 'accessibility'],
  [/^(?:ibus-[\w-]+|fcitx5?)$/, 'input methods'],
  [/^(?:xdg-desktop-portal[\w-]*|xdg-document-portal|xdg-permission-store)$/, 'desktop portal'],
  [/^(?:gnome-keyring-daemon|kwalletd[56]?)$/, 'passwords'],
  [/^(?:packagekitd|gnome-software|DiscoverNotifier|update-notifier)$/, 'updates'],
  [
    /^evolution-(?:source-registry|calendar-factory|addressbook-factory|alarm-notify)$/,
    'calendar and contacts',
  ],
];

/** Parts of a session: compositors, buses, and the helpers of a desktop. */
export function sessionRole({ program, isSure, isInstalled, task, words }: RoleQuestion): Role | undefined {
  if (!isSure || !isInstalled) return undefined;
  if (program === 'Xwayland')
    return {
      kind: 'session',
      text: 'X11 programs',
      name: program,
      inApp: 'X11 programs',
      loss: 'x11-programs',
    };
  // The system's own bus is no part of a session.
  if (
    /^dbus-/.test(program) &&
    !words.some((word) => /^--(?:session|scope=user|scope$)/.test(word)) &&
    !/user@\d+\.service/.test(task.cgroup)
  )
    return undefined;
  // On X11 it is a window manager, which its session starts again.
  if (program === 'gnome-shell' && /@x11\.service/.test(task.cgroup))
    return { kind: 'session', name: program, text: 'desktop', inApp: 'desktop', loss: 'desktop-frame' };
  if (DESKTOP.test(program))
    return {
      kind: 'session',
      name: program,
      text: 'desktop session',
      inApp: 'desktop session',
      loss: 'desktop',
    };
  if (RESTARTED.test(program))
    return { kind: 'session', name: program, text: 'desktop', inApp: 'desktop', loss: 'desktop-frame' };
  const text = PARTS.find(([shape]) => shape.test(program))?.[1];
  return text === undefined ? undefined : { kind: 'service', name: program, text };
}
