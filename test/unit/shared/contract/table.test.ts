import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { requestMessage } from '#shared/contract/messages.ts';
import { MAX_ROWS } from '#shared/contract/fields.ts';
import { REQUESTS } from '#shared/contract/table.ts';

const TABLE = { query: '', sort: 'rank', descending: false, from: 0, count: 50 };
const VIEW = { scope: { kind: 'global' }, orderCount: 10 };

function accepts(input: unknown): boolean {
  return v.safeParse(REQUESTS['watch.subscribe'].input, input).success;
}

describe('the table of requests', () => {
  it.for(Object.entries(REQUESTS))(
    'has in %s a name that fits a message and an input that is an object',
    ([name, { input }]) => {
      expect(v.safeParse(requestMessage, { id: 0, request: name, input: {} }).success).toBe(true);
      expect(v.safeParse(input, 'no object').success).toBe(false);
    },
  );

  it.for<{ input: object }>([
    { input: VIEW },
    { input: { ...VIEW, scope: { kind: 'cgroup', path: '/' } } },
    { input: { ...VIEW, orderCount: MAX_ROWS, table: { ...TABLE, count: MAX_ROWS } } },
    { input: { ...VIEW, chosen: { pid: 4_194_304, startTicks: 0 } } },
  ])('takes the view $input', ({ input }) => {
    expect(accepts(input)).toBe(true);
  });

  it.for<{ input: object }>([
    { input: { ...VIEW, orderCount: MAX_ROWS + 1 } },
    { input: { ...VIEW, orderCount: -1 } },
    { input: { ...VIEW, orderCount: 1.5 } },
    { input: { ...VIEW, orderCount: NaN } },
    { input: { ...VIEW, orderCount: '10' } },
    { input: { ...VIEW, scope: { kind: 'cgroup' } } },
    { input: { ...VIEW, scope: { kind: 'cgroup', path: 'relative' } } },
    { input: { ...VIEW, scope: { kind: 'cgroup', path: `/${'x'.repeat(4096)}` } } },
    { input: { ...VIEW, scope: { kind: 'global', path: '/' } } },
    { input: { ...VIEW, scope: { kind: 'numa' } } },
    { input: { ...VIEW, table: { ...TABLE, sort: 'constructor' } } },
    { input: { ...VIEW, table: { ...TABLE, query: 'x'.repeat(201) } } },
    { input: { ...VIEW, table: { ...TABLE, count: MAX_ROWS + 1 } } },
    { input: { ...VIEW, chosen: { pid: 0, startTicks: 0 } } },
    { input: { ...VIEW, chosen: { pid: 4_194_305, startTicks: 0 } } },
    { input: { ...VIEW, chosen: { pid: 1 } } },
  ])('refuses the view $input', ({ input }) => {
    expect(accepts(input)).toBe(false);
  });
});
