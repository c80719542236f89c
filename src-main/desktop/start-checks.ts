import { desktopWindow } from '#shared/words/en/window.ts';

/** Why the window is not opened at all; undefined when nothing is against it. */
export function whyNotStart(uid: number | undefined): string | undefined {
  return uid === 0 ? desktopWindow.notAsRoot : undefined;
}
