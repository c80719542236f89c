/** What the desktop says where the page cannot. */
export const desktopWindow = {
  cannotStart: 'Lifeboat cannot start',
  pageEnds: 'The Lifeboat page keeps crashing.',
  pageEndsDetail: (reason: string) => `Last reason: ${reason}. Memory may be short. Monitoring continues.`,
  tryAgain: 'Try again',
  quit: 'Quit Lifeboat',
} as const;
