/** The name under which the preload gives the bridge to the page. */
export const BRIDGE = 'lifeboat';

/** One line from the page to the main process. */
export interface BridgeLine {
  /** Sends one message of the contract, as JSON. */
  readonly send: (text: string) => void;
  /** Ends the line; its `onClose` is called as for any other end. */
  readonly close: () => void;
}

/**
 * All that a page in the desktop window has of the outside: it can open a line to the main process, which then carries the requests
 * and events of the table as the web socket does. Only text crosses, so nothing of either side is ever within reach of the other. A page has
 * one line: opening another ends it.
 */
export interface Bridge {
  readonly open: (onText: (text: string) => void, onClose: () => void) => BridgeLine;
}

/** The one IPC channel, in both directions; arguments are a word of these, the name of the line, and the text of `say`. */
export const BRIDGE_CHANNEL = 'lifeboat';
/** What the page's side says. `taken`: the page has dealt with what it was sent, and keeps up. */
export const PAGE_WORDS = ['open', 'say', 'taken', 'close'] as const;
export type PageWord = (typeof PAGE_WORDS)[number];
/** What the main process says. */
export type MainWord = 'say' | 'close';
