import type { App } from 'electron';

/** Time for the helper to end, in milliseconds: asked to, it reverts pending changes and is gone within a second. */
const PATIENCE_MS = 5_000;

/**
 * Lets the program end only after everything that it started has ended: `close` is called once, whichever way it comes to quit, and the
 * program is gone when it is done, or has taken too long.
 */
export function quitAfter(app: Pick<App, 'on' | 'exit'>, close: () => Promise<void>): void {
  let closing: Promise<void> | undefined;
  app.on('will-quit', (event) => {
    event.preventDefault();
    closing ??= Promise.race([close(), patience()]).finally(() => {
      app.exit(0);
    });
  });
}

function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref());
}
