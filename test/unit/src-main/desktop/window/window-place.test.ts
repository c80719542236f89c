import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitPlace,
  LEAST_SIZE,
  placeFile,
  type WindowPlace,
} from '../../../../../src-main/desktop/window/window-place.ts';
import { temporaryDir } from '../../../../helpers/web-client.ts';

const LAPTOP = { workArea: { x: 0, y: 32, width: 1366, height: 736 } };
const SCREEN = { workArea: { x: 1366, y: 0, width: 2560, height: 1440 } };
const PLACE: WindowPlace = { x: 100, y: 100, width: 900, height: 600, maximized: false };

describe('fitPlace', () => {
  it('leaves the position to the desktop the first time', () => {
    expect(fitPlace(undefined, [SCREEN])).toEqual({ width: 1280, height: 800 });
  });

  it('makes the first window no larger than the display', () => {
    expect(fitPlace(undefined, [LAPTOP])).toEqual({ width: 1280, height: 736 });
  });

  it('puts it where it was, on whichever display that is', () => {
    const onScreen = { ...PLACE, x: 2000, width: 1600, height: 1200 };
    expect(fitPlace(PLACE, [LAPTOP, SCREEN])).toEqual({ x: 100, y: 100, width: 900, height: 600 });
    expect(fitPlace(onScreen, [LAPTOP, SCREEN])).toEqual({ x: 2000, y: 100, width: 1600, height: 1200 });
  });

  it('takes the size and not the position of a display that is gone', () => {
    expect(fitPlace({ ...PLACE, x: 2000, width: 1600, height: 1200 }, [LAPTOP])).toEqual({
      width: 1366,
      height: 736,
    });
  });

  it.for([
    { what: 'above the display', place: { ...PLACE, y: 0 } },
    { what: 'below it', place: { ...PLACE, y: 740 } },
    { what: 'left of it but for a sliver', place: { ...PLACE, x: -800 } },
    { what: 'right of it but for a sliver', place: { ...PLACE, x: 1300 } },
  ])('forgets a position whose upper edge is $what', ({ place }) => {
    expect(fitPlace(place, [LAPTOP])).toEqual({ width: 900, height: 600 });
  });

  it('makes do without any display', () => {
    expect(fitPlace(PLACE, [])).toEqual({ width: 900, height: 600 });
  });

  it('always gives a window that can be taken hold of, whatever was saved', () => {
    // Of all positions that a file may hold hardly any is on a display: half of these are drawn near them.
    const any = fc.oneof(
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.integer({ min: -1_000, max: 4_500 }),
    );
    const size = fc.integer({ min: 1, max: 100_000 });
    const saved = fc.record({ x: any, y: any, width: size, height: size, maximized: fc.boolean() });
    fc.assert(
      fc.property(saved, (place) => {
        const { x, y, width, height } = fitPlace(place, [LAPTOP, SCREEN]);
        expect(width).toBeGreaterThanOrEqual(LEAST_SIZE.width);
        expect(height).toBeGreaterThanOrEqual(LEAST_SIZE.height);
        expect(width).toBeLessThanOrEqual(2560);
        expect(height).toBeLessThanOrEqual(1440);
        if (x === undefined || y === undefined) return;
        const reachable = [LAPTOP, SCREEN].some(
          ({ workArea }) =>
            x < workArea.x + workArea.width - 100 &&
            x + width > workArea.x + 100 &&
            y >= workArea.y &&
            y < workArea.y + workArea.height,
        );
        expect(reachable).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('placeFile', () => {
  it('reads what it has written, in a file for the owner alone, and leaves nothing else behind', () => {
    const folder = join(temporaryDir(), 'lifeboat');
    const log: string[] = [];
    const file = placeFile(folder, (line) => log.push(line));
    expect(file.read()).toBeUndefined();
    file.write(PLACE);
    file.write({ ...PLACE, maximized: true });
    expect(file.read()).toEqual({ ...PLACE, maximized: true });
    expect(readdirSync(folder)).toEqual(['window.json']);
    expect(statSync(join(folder, 'window.json')).mode & 0o777).toBe(0o600);
    expect(log).toEqual([]);
  });

  it('does not write the same place twice', () => {
    const folder = temporaryDir();
    const file = placeFile(folder, () => undefined);
    file.write(PLACE);
    writeFileSync(join(folder, 'window.json'), 'of another program');
    file.write(PLACE);
    expect(readFileSync(join(folder, 'window.json'), 'utf8')).toBe('of another program');
  });

  it.for([
    '',
    '{',
    'null',
    '[]',
    '{}',
    JSON.stringify({ ...PLACE, width: 0 }),
    JSON.stringify({ ...PLACE, x: 1e9 }),
    JSON.stringify({ ...PLACE, y: '0' }),
    JSON.stringify({ ...PLACE, height: 1.5 }),
  ])('passes over a broken file and says so: %s', (text) => {
    const folder = temporaryDir();
    const log: string[] = [];
    writeFileSync(join(folder, 'window.json'), text);
    expect(placeFile(folder, (line) => log.push(line)).read()).toBeUndefined();
    expect(log).toEqual([`${folder}/window.json is broken; the window opens where the desktop puts it.`]);
  });

  it('says when it cannot be written, and goes on', () => {
    const folder = temporaryDir();
    const log: string[] = [];
    mkdirSync(join(folder, 'window.json'));
    placeFile(folder, (line) => log.push(line)).write(PLACE);
    expect(log).toEqual([`${folder}/window.json cannot be written (EISDIR).`]);
  });
});
