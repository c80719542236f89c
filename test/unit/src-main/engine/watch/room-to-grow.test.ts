import { describe, expect, it } from 'vitest';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { orderOfScope } from '../../../../../src-main/engine/watch/order-view.ts';
import { grown, roomToGrow } from '../../../../../src-main/engine/watch/room-to-grow.ts';
import { EVERYTHING, processIn, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';

const MIB = 2 ** 20;
const SPEC = {
  meminfo: { memTotalBytes: 8000 * MIB },
  cgroups: { '/box': { limitBytes: 400 * MIB, usageBytes: 100 * MIB } },
  processes: [{ pid: 10, rssAnonPages: (100 * MIB) / 4096, cgroup: '/box' }],
} as const;

function roomIn(scope: Scope, growthBytesPerMinute?: number) {
  const snapshot = snapshotOf(SPEC, { ...EVERYTHING, scopes: ['/box'] });
  const order = orderOfScope(snapshot, scope);
  if (!order.ok) throw new Error(order.error.code);
  return roomToGrow(snapshot, order.value, processIn(snapshot, 10), growthBytesPerMinute);
}

describe('roomToGrow', () => {
  it('is 5% of memory where an hour of growth is less, or is not known', () => {
    for (const growth of [undefined, 0, -50 * MIB, MIB])
      expect(roomIn(GLOBAL_SCOPE, growth)).toEqual({ bytes: 400 * MIB });
  });

  it('is an hour of its growth where that is more', () => {
    expect(roomIn(GLOBAL_SCOPE, 20 * MIB)).toEqual({
      bytes: 1200 * MIB,
      growthBytesPerMinute: 20 * MIB,
    });
  });

  it('is never more than there is', () => {
    const { bytes } = roomIn(GLOBAL_SCOPE, 8000 * MIB);
    expect(bytes).toBeGreaterThan(7000 * MIB);
    expect(bytes).toBeLessThan(9000 * MIB);
  });

  it('is a share of the limit in a cgroup, not of the machine', () => {
    expect(roomIn({ kind: 'cgroup', path: '/box' })).toEqual({ bytes: 20 * MIB });
  });
});

describe('grown', () => {
  it('is the same process with so much more resident memory', () => {
    const snapshot = snapshotOf(SPEC, EVERYTHING);
    const process = processIn(snapshot, 10);
    const later = grown(process, { bytes: 8192 }, snapshot);
    expect((later.memory?.rssPages ?? 0) - (process.memory?.rssPages ?? 0)).toBe(2);
    expect(later).toMatchObject({ pid: 10, startTicks: process.startTicks });
  });
});
