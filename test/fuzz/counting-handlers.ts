import { fail } from '#shared/result.ts';
import { type Handlers } from '#shared/contract/server.ts';
import { REQUESTS } from '#shared/contract/table.ts';

/** Handlers that count how often any of them is called, and do nothing. */
export function countingHandlers(): { readonly handlers: Handlers; readonly count: () => number } {
  let count = 0;
  const handlers = Object.keys(REQUESTS).map((name) => [
    name,
    () => {
      count += 1;
      return fail('not-found', { what: 'change' });
    },
  ]);
  return { handlers: Object.fromEntries(handlers) as Handlers, count: () => count };
}
