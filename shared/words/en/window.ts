/** What the desktop says where the page cannot. */
export const desktopWindow = {
  cannotStart: 'Lifeboat cannot start',
  pageEnds: 'The page of Lifeboat has ended again and again.',
  pageEndsDetail: (reason: string) =>
    `The last time: ${reason}. Memory may be short. Watching goes on meanwhile.`,
  tryAgain: 'Try again',
  quit: 'Quit Lifeboat',
} as const;
