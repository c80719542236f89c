import { formatCount } from '#shared/format/count.ts';

/** The icon in the panel, and what Lifeboat says beside its window. */
export const tray = {
  state: (level: string, available: string) => `${level}: ${available} available`,
  next: (name: string) => `Next victim: ${name}`,
  mayBeNext: (name: string) => `Next victim: ${name}, or one with equal badness`,
  noVictim: 'Nothing can be killed',
  otherwise: 'The kernel does not follow the kill order here: open Lifeboat',
  protect: (name: string) => `Protect ${name}`,
  protectStrong: (name: string) => `Protect ${name} strongly`,
  protectNever: (name: string) => `Never kill ${name}`,
  open: 'Open Lifeboat',
  settings: 'Settings',
  quit: 'Quit',
  protectedTitle: (name: string) => `${name} is protected`,
  protectedHint: 'You can undo this under Events.',
  place: (rank: number | undefined, of: number) =>
    rank === undefined ? 'It is exempt.' : `It has place ${formatCount(rank)} of ${formatCount(of)}.`,
  alreadySafe: 'It is protected at least as strongly already.',
  askFirst: 'Protect it in the window if that is what you want.',
  notProtectedTitle: 'Nothing was changed',
} as const;
