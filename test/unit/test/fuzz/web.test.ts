import { describe, expect, it } from 'vitest';
import { fuzzHttp } from '../../../fuzz/http.ts';
import { fuzzWebSocket } from '../../../fuzz/web-socket.ts';

/** The short form of `npm run fuzz`: always the same numbers. */
describe('a short attack', () => {
  it('by HTTP loses nothing', { timeout: 60_000 }, async () => {
    const { tried, lost } = await fuzzHttp({ count: 200, seed: 1 });
    expect({ tried, lost }).toEqual({ tried: 200, lost: [] });
  });

  it('by WebSocket loses nothing', { timeout: 60_000 }, async () => {
    const { tried, lost } = await fuzzWebSocket({ count: 60, seed: 1 });
    expect({ tried, lost }).toEqual({ tried: 60, lost: [] });
  });
});
