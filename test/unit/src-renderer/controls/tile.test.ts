import { describe, expect, it } from 'vitest';
import { letterTile } from '../../../../src-renderer/controls/tile.ts';

/** Relative luminance of hsl(hue 40% 30%), by WCAG 2.1. */
function luminance(hue: number): number {
  const chroma = 0.4 * Math.min(0.3, 0.7);
  const part = (shift: number) => {
    const k = (shift + hue / 30) % 12;
    const value = 0.3 - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(0) + 0.7152 * part(8) + 0.0722 * part(4);
}

describe('letterTile', () => {
  it.each([
    ['Google Chrome', 'G'],
    ['[kswapd0]', 'K'],
    ['éclair', 'É'],
    ['🎮 game', 'G'],
    ['…', '·'],
  ])('has for %s the letter %s', (name, letter) => {
    expect(letterTile(name, 'id').letter).toBe(letter);
  });

  it('has the same hue for the same id, from 0 to 359', () => {
    expect(letterTile('A', 'app:1000:x').hue).toBe(letterTile('B', 'app:1000:x').hue);
    for (let at = 0; at < 200; at++) {
      const { hue } = letterTile('A', `id ${at}`);
      expect(hue).toBeGreaterThanOrEqual(0);
      expect(hue).toBeLessThan(360);
    }
  });

  it('is readable at every hue: white has a contrast of 4.5 at least', () => {
    for (let hue = 0; hue < 360; hue++) expect(1.05 / (luminance(hue) + 0.05)).toBeGreaterThanOrEqual(4.5);
  });
});
