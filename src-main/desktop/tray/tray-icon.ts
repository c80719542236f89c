import { type MemoryLevel } from '#shared/model/alert.ts';
import { encodePng } from './png.ts';

type Colour = readonly [red: number, green: number, blue: number];
/** The colour at a point of a grid of 24, undefined where nothing is. */
type Picture = (x: number, y: number) => Colour | undefined;

/** Samples a pixel in each direction: edges are smooth. */
const SAMPLES = 4;
const GRID = 24;
const MIDDLE = GRID / 2;
/** The lifebuoy of Lifeboat's icon: rim, ring and hole, and how far its stripes reach from the middle. */
const RING = { outer: 11.6, inside: 10.4, hole: 4.2, stripe: 4 };
const CREAM: Colour = [246, 241, 234];

/** Each has its colour, with a dark rim for light panels; all of them stand out from black and white alike. */
const COLOURS: Readonly<Record<MemoryLevel, { readonly fill: Colour; readonly rim: Colour }>> = {
  calm: { fill: [23, 160, 143], rim: [8, 84, 76] },
  tight: { fill: [202, 118, 4], rim: [122, 70, 0] },
  critical: { fill: [224, 58, 42], rim: [128, 18, 10] },
};

/**
 * How memory stands, by shape as well as by colour: a whole lifebuoy while it is calm, one that is half under water when it is tight, and a full
 * disc with an exclamation mark when it is nearly gone.
 */
const PICTURES: Readonly<Record<MemoryLevel, Picture>> = {
  calm: (x, y) => lifebuoy(x, y, COLOURS.calm),
  tight: (x, y) => {
    const surface = 14 + 0.9 * Math.sin((x / GRID) * 4 * Math.PI);
    if (y < surface - 1.4) return lifebuoy(x, y, COLOURS.tight);
    if (y < surface || y > 22.6) return undefined;
    const edge = y < surface + 1.2 || y > 21.4 || x < 1.6 || x > 22.4;
    if (x < 0.4 || x > 23.6) return undefined;
    return edge ? COLOURS.tight.rim : COLOURS.tight.fill;
  },
  critical: (x, y) => {
    const distance = Math.hypot(x - MIDDLE, y - MIDDLE);
    if (distance > RING.outer) return undefined;
    if (distance > RING.inside) return COLOURS.critical.rim;
    const isMark = Math.abs(x - MIDDLE) <= 1.7 && ((y >= 5 && y <= 13.8) || (y >= 16 && y <= 19.2));
    return isMark ? CREAM : COLOURS.critical.fill;
  },
};

function lifebuoy(x: number, y: number, { fill, rim }: { fill: Colour; rim: Colour }): Colour | undefined {
  const distance = Math.hypot(x - MIDDLE, y - MIDDLE);
  if (distance > RING.outer || distance < RING.hole) return undefined;
  if (distance > RING.inside || distance < RING.hole + 0.8) return rim;
  const isStripe = Math.abs(x - MIDDLE) <= RING.stripe || Math.abs(y - MIDDLE) <= RING.stripe;
  return isStripe ? fill : CREAM;
}

/** The tray's icon as PNG, `size` pixels wide and high. */
export function trayIcon(level: MemoryLevel, size: number): Buffer {
  const picture = PICTURES[level];
  const rgba = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      rgba.set(pixel(picture, column, row, GRID / size), (row * size + column) * 4);
    }
  }
  return encodePng(rgba, size);
}

/** The mean of what is seen through one pixel. */
function pixel(picture: Picture, column: number, row: number, width: number): readonly number[] {
  const sum = [0, 0, 0];
  let hits = 0;
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample += 1) {
    const x = (column + ((sample % SAMPLES) + 0.5) / SAMPLES) * width;
    const y = (row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) * width;
    const colour = picture(x, y);
    if (colour === undefined) continue;
    hits += 1;
    colour.forEach((value, index) => (sum[index] = (sum[index] ?? 0) + value));
  }
  if (hits === 0) return [0, 0, 0, 0];
  return [...sum.map((value) => Math.round(value / hits)), Math.round((255 * hits) / SAMPLES ** 2)];
}
