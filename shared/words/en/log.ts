/** Lines for the log of the server and of the window: why something was refused, closed or given up. */
export const logLines = {
  refusedMessage: (why: string) => `refused a message: ${why}`,
  refusedBusy: (request: string, most: number) => `refused ${request}: ${most} requests are under way`,
  refusedUnknown: (request: string) => `refused the unknown request ${request}`,
  refusedPage: (why: string) => `refused a message of a page: ${why}`,
  notOfBridge: 'it does not follow the protocol of the bridge',
  notOfWindow: 'it does not come from a window of Lifeboat',
  frameGone: 'its frame is gone',
  innerFrame: 'it comes from a frame inside the page',
  from: (address: string) => `it comes from ${address}`,
  leftOut: (count: number) => `${count} lines like these were left out`,
  refusedConnection: (why: string) => `refused a connection: ${why}`,
  userUnknown: 'the kernel does not say whose it is',
  refusedUser: (uid: number) =>
    `refused a connection of user ${uid}: only programs of the user who runs Lifeboat may connect`,
  closedConnection: (why: string) => `closed a connection: ${why}`,
  answersUnread: 'it does not read its answers',
  noHello: 'it does not say who it is',
  notSignedIn: 'this browser is not signed in',
  wrongSignature: 'its signature is wrong',
  foreignWorker:
    'a browser had a service worker of another program for this address; it is being removed. Sign in again, with another --port',
  signInsLost: (why: string) => `earlier sign-ins are lost: ${why}`,
  movedAside: (path: string) => `${path} is broken; it is now ${path}.broken`,
  cannotMoveAside: (path: string, errno: string) => `${path} is broken and cannot be moved aside: ${errno}`,
  signInNotKept: (why: string) => `this sign-in will not outlive the server: ${why}`,
  profileUnwritable: (folder: string, errno: string) =>
    `${folder} cannot be written (${errno}). The window does without what it remembers.`,
  inBackground: 'Lifeboat monitors in the background; start it again to show its window.',
  placeBroken: (path: string) => `${path} is broken; the window opens where the desktop puts it.`,
  navigation: 'a redirect to',
  pageHangs: 'The page does not respond and is started again.',
  pageFailed: (why: string) => `The page cannot be loaded: ${why}`,
  pageGone: (reason: string, exitCode: number) =>
    `The process of the page is gone (${reason}, ${exitCode}). Monitoring continues.`,
} as const;

/** Answers of the HTTP server that a person may see in a browser. */
export const httpAnswers = {
  noSuchPage: 'Lifeboat has no such page.',
  onlyGet: 'Only GET and HEAD are answered here.',
  keyType: 'A key is sent as application/json.',
  keyTooLong: 'That is too long for a key.',
  usedAddress: 'This address was used before. Lifeboat prints a new one.',
  wrongHost: (port: number) => `Lifeboat answers as 127.0.0.1:${port} only.`,
  wrongOrigin: 'Lifeboat answers to its own page only.',
} as const;
