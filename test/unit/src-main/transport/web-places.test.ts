import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Places } from '../../../../src-main/transport/web-places.ts';

/** Two places and three that may wait. */
function few(): Places<string> {
  return new Places({
    places: 2,
    waiting: 3,
    longest: { asking: 2000, answering: 15_000, proving: 10_000 },
    whileOthersWait: { asking: 100, answering: 1000, proving: 500 },
  });
}

describe('Places', () => {
  it('are given in the order of coming, and further ones that wait are sent away', () => {
    const places = few();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) places.enter(name);
    expect(places.settle(0)).toEqual({ admitted: ['a', 'b'], ended: ['f'] });
    places.leave('b');
    places.leave('c');
    expect(places.settle(1)).toEqual({ admitted: ['d'], ended: [] });
  });

  it('are taken, while others wait, from those that have gone longest without getting on', () => {
    const places = few();
    for (const name of ['slow', 'quick']) places.enter(name);
    places.settle(0);
    places.progress('quick', 'answering', 50);
    places.progress('quick', 'asking', 60);
    places.enter('new');
    expect(places.settle(99)).toEqual({ admitted: [], ended: [] });
    expect(places.nextMs()).toBe(100);
    expect(places.settle(100)).toEqual({ admitted: ['new'], ended: ['slow'] });
    places.enter('newer');
    expect(places.settle(160)).toEqual({ admitted: ['newer'], ended: ['quick'] });
  });

  it('stay while an answer is being taken, for a longer time', () => {
    const places = few();
    for (const name of ['a', 'b']) places.enter(name);
    places.settle(0);
    for (const name of ['a', 'b']) places.progress(name, 'answering', 0);
    places.enter('c');
    expect(places.settle(999)).toEqual({ admitted: [], ended: [] });
    expect(places.settle(1000)).toEqual({ admitted: ['c'], ended: ['a'] });
  });

  it('end after their time also where no connection waits', () => {
    const places = few();
    expect(places.nextMs()).toBeUndefined();
    for (const name of ['a', 'b']) places.enter(name);
    places.settle(0);
    expect(places.nextMs()).toBe(2000);
    places.progress('a', 'answering', 1000);
    expect(places.settle(1999)).toEqual({ admitted: [], ended: [] });
    expect(places.settle(2000)).toEqual({ admitted: [], ended: ['b'] });
    expect(places.nextMs()).toBe(16_000);
    expect(places.settle(16_000)).toEqual({ admitted: [], ended: ['a'] });
    expect(places.nextMs()).toBeUndefined();
  });

  it('are gone for good with closed connections: no later event brings them back', () => {
    const places = few();
    places.enter('a');
    places.settle(0);
    places.leave('a');
    places.progress('a', 'asking', 1);
    expect(places.nextMs()).toBeUndefined();
  });

  it('are never more than allowed, whatever happens, and no connection gets two', () => {
    const step = fc.record({
      name: fc.nat(12),
      what: fc.constantFrom('enter', 'leave', 'asking', 'answering', 'settle'),
      passesMs: fc.nat(300),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: 'max' }), (steps) => {
        const places = new Places<string>({
          places: 2,
          waiting: 3,
          longest: { asking: 2000, answering: 15_000, proving: 10_000 },
          whileOthersWait: { asking: 100, answering: 1000, proving: 500 },
        });
        const inside = new Set<string>();
        let nowMs = 0;
        for (const [index, { name, what, passesMs }] of steps.entries()) {
          nowMs += passesMs;
          if (what === 'enter') places.enter(`${name}-${index}`);
          else if (what === 'settle') {
            const { admitted, ended } = places.settle(nowMs);
            for (const each of ended) inside.delete(each);
            for (const each of admitted) {
              expect(inside.has(each)).toBe(false);
              inside.add(each);
            }
          } else {
            const known = [...inside][name % Math.max(1, inside.size)] ?? 'no connection';
            if (what === 'leave') {
              places.leave(known);
              inside.delete(known);
            } else places.progress(known, what, nowMs);
          }
          expect(inside.size).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});
