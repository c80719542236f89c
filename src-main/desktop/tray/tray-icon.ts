import { type MemoryLevel } from '#shared/model/alert.ts';
import calm24 from '../../../packaging/icons/tray/calm-24.png?inline';
import calm48 from '../../../packaging/icons/tray/calm-48.png?inline';
import critical24 from '../../../packaging/icons/tray/critical-24.png?inline';
import critical48 from '../../../packaging/icons/tray/critical-48.png?inline';
import tight24 from '../../../packaging/icons/tray/tight-24.png?inline';
import tight48 from '../../../packaging/icons/tray/tight-48.png?inline';

/** The tray icon of a level as `data:` addresses of PNGs, 24 and 48 pixels wide. The level shows in the shape as well as in the color. */
export const TRAY_ICONS: Readonly<Record<MemoryLevel, { readonly at1x: string; readonly at2x: string }>> = {
  calm: { at1x: calm24, at2x: calm48 },
  tight: { at1x: tight24, at2x: tight48 },
  critical: { at1x: critical24, at2x: critical48 },
};
