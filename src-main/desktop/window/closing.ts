import { type Settings } from '#shared/model/settings.ts';

/** What becomes of Lifeboat when its window is closed: it stays only where it can be reached again, and where the user said so. */
export function whenClosed(
  { closeToTray }: Pick<Settings, 'closeToTray'>,
  hasTray: boolean,
): 'hide' | 'quit' {
  return closeToTray && hasTray ? 'hide' : 'quit';
}
