import { describe, expect, it } from 'vitest';
import { drawGroup, HEIGHT, WIDTH } from '../../../../src-renderer/groups/detail/chart.ts';

const POINTS = [
  { timeMs: 0, bytes: 100 },
  { timeMs: 60_000, bytes: 200 },
];

describe('the curve of a group', () => {
  it('ends now at the right edge, and the limit is above it', () => {
    const drawn = drawGroup(POINTS, 256, undefined);
    expect(drawn?.now.x).toBe(WIDTH);
    expect(drawn?.limitY).toBeLessThan(drawn?.now.y ?? 0);
    expect(drawn?.pastSeconds).toBe(60);
    expect(drawn?.cone).toBeUndefined();
  });

  it('leaves room for what is forecast, which ends at the limit', () => {
    const drawn = drawGroup(POINTS, 256, { lowSeconds: 60, highSeconds: 120 });
    expect(drawn?.now.x).toBeLessThan(WIDTH);
    expect(drawn?.cone).toContain(`${WIDTH.toFixed(1)} ${drawn?.limitY.toFixed(1)}`);
    expect(drawn?.aheadSeconds).toBe(120);
  });

  it('stays in the picture above the limit, and is not drawn of one point', () => {
    const drawn = drawGroup(
      [
        { timeMs: 0, bytes: 0 },
        { timeMs: 1000, bytes: 900 },
      ],
      256,
      undefined,
    );
    expect(drawn?.now.y).toBeGreaterThanOrEqual(0);
    expect(drawn?.now.y).toBeLessThan(HEIGHT);
    expect(drawGroup(POINTS.slice(1), 256, undefined)).toBeUndefined();
    expect(drawGroup([], 256, undefined)).toBeUndefined();
  });
});
