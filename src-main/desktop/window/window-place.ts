import type { Display, Rectangle } from 'electron';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Log } from '#shared/contract/server.ts';
import { failureLine } from '#shared/words/index.ts';
import { readText } from '../../proc/kernel-files.ts';
import { writeWhole } from '../../store/whole-file.ts';
import { logLines } from '#shared/words/en/log.ts';

/** Where the window was, and how large, in the display's own pixels. */
export interface WindowPlace extends Rectangle {
  readonly maximized: boolean;
}

/** What a new window is made with; without a position the desktop chooses one. */
export interface FittingPlace {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
}

/** The page is made for this and more. */
export const LEAST_SIZE = { width: 420, height: 480 } as const;
const USUAL_SIZE = { width: 1280, height: 800 } as const;
/** As much of the upper edge has to be on a display that a hand can take the window there. */
const HANDLE = { width: 120, height: 32 } as const;

const pixels = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const size = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000));
const place = v.object({ x: pixels, y: pixels, width: size, height: size, maximized: v.boolean() });

/** A place on the displays that there are now: those of last time may be gone, or smaller. */
export function fitPlace(
  saved: WindowPlace | undefined,
  displays: readonly Pick<Display, 'workArea'>[],
): FittingPlace {
  const areas = displays.map(({ workArea }) => workArea);
  const wanted = saved ?? USUAL_SIZE;
  const area = (saved === undefined ? undefined : areaWithHandle(areas, saved)) ?? areas[0];
  const width = clamp(wanted.width, LEAST_SIZE.width, area?.width);
  const height = clamp(wanted.height, LEAST_SIZE.height, area?.height);
  if (saved === undefined || areaWithHandle(areas, { ...saved, width }) === undefined)
    return { width, height };
  return { width, height, x: saved.x, y: saved.y };
}

/** The display on which the upper edge of the window can be reached. */
function areaWithHandle(areas: readonly Rectangle[], { x, y, width }: Rectangle): Rectangle | undefined {
  return areas.find((area) => {
    const visible = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
    return visible >= HANDLE.width && y >= area.y && y + HANDLE.height <= area.y + area.height;
  });
}

function clamp(value: number, least: number, most = Infinity): number {
  return Math.max(least, Math.min(value, most));
}

/** The place of last time, in a file of the state folder. */
export interface PlaceFile {
  read(): WindowPlace | undefined;
  write(place: WindowPlace): void;
}

/** A file that is broken or cannot be written costs the place of the window and nothing else; the log says so. */
export function placeFile(stateFolder: string, log: Log): PlaceFile {
  const path = join(stateFolder, 'window.json');
  let known = '';
  return {
    read() {
      const text = readText(path);
      if (!text.ok) return undefined;
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), place), text.value);
      if (parsed.success) return parsed.output;
      log(logLines.placeBroken(path));
      return undefined;
    },
    write({ x, y, width, height, maximized }) {
      const text = `${JSON.stringify({ x, y, width, height, maximized })}\n`;
      if (text === known) return;
      const written = writeWhole(path, text, 0o600, false);
      if (written.ok) known = text;
      else log(failureLine(written.error));
    },
  };
}
