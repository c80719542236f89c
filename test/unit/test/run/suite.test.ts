import { describe, expect, it } from 'vitest';
import { inRows, isLabSuite, SUITES } from '../../../run/suite.ts';

describe('inRows', () => {
  it('has every suite once', () => {
    const { onThisMachine, apart } = inRows(SUITES);
    expect([...onThisMachine, ...apart].sort()).toEqual([...SUITES].sort());
  });

  it('never runs two at once that see this machine', () => {
    const { apart } = inRows(SUITES);
    expect(apart).toEqual(['unit', 'scenes', 'kernel']);
  });

  it('has only those that were asked for, in their order', () => {
    expect(inRows(['helper', 'cli'])).toEqual({ onThisMachine: ['cli', 'helper'], apart: [] });
    expect(inRows(['kernel', 'unit'])).toEqual({ onThisMachine: [], apart: ['unit', 'kernel'] });
    expect(inRows([])).toEqual({ onThisMachine: [], apart: [] });
  });
});

describe('isLabSuite', () => {
  it('knows the suites that are parts of the kernel lab', () => {
    expect(SUITES.filter(isLabSuite)).toEqual(['kernel', 'kernel-here']);
  });
});
