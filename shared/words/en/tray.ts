/** The icon in the panel, and what Lifeboat says beside its window. */
export const tray = {
  state: (level: string, available: string) => `${level}: ${available} available`,
  next: (name: string) => `Next victim: ${name}`,
  mayBeNext: (name: string) => `Next victim: ${name}, or one as heavy`,
  nobody: 'Nobody can be killed',
  otherwise: 'The kernel does not go by the order here: open Lifeboat',
  protect: (name: string) => `Protect ${name}`,
  open: 'Open Lifeboat',
  settings: 'Settings',
  quit: 'Quit',
  protectedTitle: (name: string) => `${name} is protected`,
  protectedHint: 'Under Events it can be taken back.',
  alreadySafe: 'It stands behind another one already.',
  notProtectedTitle: 'Nothing was changed',
} as const;
