/** The icon in the panel, and what Lifeboat says beside its window. */
export const tray = {
  state: (level: string, available: string) => `${level}: ${available} available`,
  next: (name: string) => `Next victim: ${name}`,
  mayBeNext: (name: string) => `Next victim: ${name}, or one with equal badness`,
  nobody: 'Nothing can be killed',
  otherwise: 'The kernel does not follow the kill order here: open Lifeboat',
  protect: (name: string) => `Protect ${name}`,
  open: 'Open Lifeboat',
  settings: 'Settings',
  quit: 'Quit',
  protectedTitle: (name: string) => `${name} is protected`,
  protectedHint: 'You can undo this under Events.',
  alreadySafe: 'Another process already comes first.',
  notProtectedTitle: 'Nothing was changed',
} as const;
