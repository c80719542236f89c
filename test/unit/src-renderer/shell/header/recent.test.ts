import { describe, expect, it } from 'vitest';
import { Recent } from '../../../../../src-renderer/shell/header/recent.svelte.ts';
import { emptyFrame } from '../../../../helpers/fake-handlers.ts';

describe('Recent', () => {
  it('keeps a minute of readings, and says which are missing', () => {
    const recent = new Recent();
    for (let second = 0; second < 100; second += 1) {
      const frame = emptyFrame(second);
      const rate = second === 99 ? {} : { majorFaultsPerSecond: second };
      recent.add({ ...frame, timeMs: second + 1, memory: { ...frame.memory, ...rate } });
    }
    expect(recent.majorFaults.length).toBe(60);
    expect(recent.majorFaults.slice(-2)).toEqual([98, undefined]);
  });

  it('does not count the same moment twice', () => {
    const recent = new Recent();
    recent.add(emptyFrame(1));
    recent.add(emptyFrame(1));
    expect(recent.majorFaults.length).toBe(1);
  });
});
