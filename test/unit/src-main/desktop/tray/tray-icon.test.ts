import { describe, expect, it } from 'vitest';
import { type MemoryLevel } from '#shared/model/alert.ts';
import { TRAY_ICONS } from '../../../../../src-main/desktop/tray/tray-icon.ts';
import { decodePng } from '../../../../helpers/png.ts';

const LEVELS: readonly MemoryLevel[] = ['calm', 'tight', 'critical'];

type Pixel = readonly [red: number, green: number, blue: number, alpha: number];

/** The pixels of an icon, row by row. */
function pixelsOf(level: MemoryLevel, size: number): readonly Pixel[] {
  const address = size === 24 ? TRAY_ICONS[level].at1x : TRAY_ICONS[level].at2x;
  const decoded = decodePng(Buffer.from(address.slice(address.indexOf(',') + 1), 'base64'));
  expect(decoded.size).toBe(size);
  const at = (index: number) => decoded.rgba[index] ?? 0;
  return Array.from({ length: size * size }, (_, index) => [
    at(index * 4),
    at(index * 4 + 1),
    at(index * 4 + 2),
    at(index * 4 + 3),
  ]);
}

/** Relative luminance (WCAG 2.2). */
function luminance([red, green, blue]: Pixel): number {
  const linear = (value: number) => (value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

describe.each([24, 48])('the tray icon at %i pixels', (size) => {
  it('differs between the levels in its shape alone, not only in colour', () => {
    const shapes = LEVELS.map((level) => pixelsOf(level, size).map(([, , , alpha]) => alpha > 127));
    for (const [a, b] of [
      [0, 1],
      [1, 2],
      [0, 2],
    ] as const) {
      const different = shapes[a]?.filter((pixel, index) => pixel !== shapes[b]?.[index]).length ?? 0;
      // Disc and ring differ by the hole, everything else by more.
      expect(different / (size * size)).toBeGreaterThan(0.06);
    }
  });

  it.for(LEVELS)('stands out from light and from dark panels: %s', (level) => {
    const opaque = pixelsOf(level, size).filter(([, , , alpha]) => alpha === 255);
    const parts = opaque.map((pixel) => luminance(pixel));
    const against = (ground: number) =>
      parts.filter((part) => (Math.max(part, ground) + 0.05) / (Math.min(part, ground) + 0.05) >= 3).length;
    // 3:1 is what WCAG asks of a picture that means something; a third of the pixels carries the shape.
    expect(against(1) / opaque.length).toBeGreaterThan(1 / 3);
    expect(against(0.02) / opaque.length).toBeGreaterThan(1 / 3);
  });
});
