import { describe, expect, it } from 'vitest';
import { assertNever, fail, ok } from '#shared/result.ts';

describe('results', () => {
  it('are a value or a failure with what is known of it', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(fail('not-found', { what: 'change', group: 3 })).toStrictEqual({
      ok: false,
      error: { code: 'not-found', facts: { what: 'change', group: 3 } },
    });
    expect(fail('not-found', { what: 'change', group: undefined })).toStrictEqual({
      ok: false,
      error: { code: 'not-found', facts: { what: 'change' } },
    });
  });
});

describe('assertNever', () => {
  it('throws with the value that no case knew', () => {
    expect(() => assertNever({ kind: 'new' } as never)).toThrow('unexpected value {"kind":"new"}');
  });
});
