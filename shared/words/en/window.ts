/** What the desktop says where the page cannot. */
export const desktopWindow = {
  cannotStart: 'Lifeboat cannot start',
  pageEnds: 'The Lifeboat page keeps crashing.',
  pageEndsDetail: (reason: string) => `Last reason: ${reason}. Memory may be short. Monitoring continues.`,
  tryAgain: 'Try again',
  quit: 'Quit Lifeboat',
  notAsRoot:
    'Start the window as yourself, not as root: a page never runs as root here. It asks for a password when a change needs one. In a terminal everything else of Lifeboat works as root too.',
} as const;
