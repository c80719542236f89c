/** Why programs of Windows cannot be started from here, or are not. */
export const INTEROP = {
  disabled:
    'enabled=false under [interop] in /etc/wsl.conf keeps Windows programs from starting, wsl.exe too: root is reached by sudo.',
  unregistered:
    'The kernel has no entry for Windows programs: systemd-binfmt removes it. WSL keeps it with protectBinfmt=true under [boot] in /etc/wsl.conf.',
  'no-socket': 'The socket of WSL’s init is missing in /run/WSL, so Windows programs cannot be started.',
  'no-variable':
    'WSL_INTEROP is not set, as in services and with sudo. Lifeboat does not ask Windows from there.',
} as const;
