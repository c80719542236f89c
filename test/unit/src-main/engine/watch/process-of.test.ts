import { describe, expect, it } from 'vitest';
import { processOf } from '../../../../../src-main/engine/watch/snapshot-frames.ts';
import { snapshotOf } from '../../../../helpers/processes/process-sampler.ts';

describe('processOf', () => {
  it('finds the very process, not its successor', () => {
    const snapshot = snapshotOf({ processes: [{ pid: 9, startTicks: 5 }] });
    expect(processOf(snapshot, { pid: 9, startTicks: 5 })?.pid).toBe(9);
    expect(processOf(snapshot, { pid: 9, startTicks: 4 })).toBeUndefined();
  });
});
