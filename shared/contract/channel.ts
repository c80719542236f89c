/**
 * One end of a two-way line that carries structured-cloneable messages in order. A transport is nothing more than this: Electron's
 * IPC, a WebSocket and an in-memory pair all fit.
 */
export interface Channel {
  /**
   * Sends a message; silently drops it when the line is closed. What is `droppable` (events: the next one says all that is missing) may
   * also be dropped while the other side does not keep up. Throws when the message holds what cannot cross a line: that is a bug.
   */
  send(message: unknown, urgency?: 'droppable'): void;
  /** Calls back for each message of the other side. One listener; set it before the first message can come. */
  onMessage(listener: (message: unknown) => void): void;
  /** Calls back once when the line is closed, by whichever side. */
  onClose(listener: () => void): void;
  close(): void;
}
