import { describe, expect, it } from 'vitest';
import { storedKeys, storeKeys } from '../../../../src-renderer/groups/folded.ts';

const kept = (text: string | null) => storedKeys({ getItem: () => text });

describe('the sections that are folded', () => {
  it('are kept, as many as a request may carry', () => {
    let stored = '';
    const keys = Array.from({ length: 300 }, (_, index) => `compose:${index}`);
    const now = storeKeys(keys, { setItem: (_, text) => (stored = text) });
    expect(now).toHaveLength(200);
    expect(now.at(-1)).toBe('compose:299');
    expect(kept(stored)).toEqual(now);
  });

  it.each([null, '', '{', '{}', 'null', '[1,null,{}]'])('are none where %j was stored', (text) => {
    expect(kept(text)).toEqual([]);
  });

  it('are never longer than a request may say', () => {
    expect(kept(JSON.stringify(['x'.repeat(301), 'services', '']))).toEqual(['services']);
  });
});
