import { describe, expect, it } from 'vitest';
import { compact } from '#shared/optional.ts';

describe('compact', () => {
  it('leaves out the keys whose value is undefined, and no others', () => {
    const label: string | undefined = undefined;
    const compacted = compact({ count: 0, label, name: '', none: null, off: false });
    expect(Object.keys(compacted)).toEqual(['count', 'name', 'none', 'off']);
  });

  it('gives what may be undefined the type of what may be absent', () => {
    const compacted: { readonly pid: number; readonly unit?: string } = compact({
      pid: 1,
      unit: undefined as string | undefined,
    });
    expect(compacted).toEqual({ pid: 1 });
  });
});
