import { type RowAction } from '../change/changes.svelte.ts';

/** Where a key moves the cursor of a list; undefined when it is no such key. `first` and `last` bound it, `page` is a screenful. */
export function moveCursor(
  key: string,
  at: number,
  bounds: { readonly first: number; readonly last: number; readonly page: number },
): number | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    PageDown: at + bounds.page,
    PageUp: at - bounds.page,
    Home: bounds.first,
    End: bounds.last,
  };
  const to = Object.hasOwn(moves, key) ? moves[key] : undefined;
  return to === undefined ? undefined : Math.max(bounds.first, Math.min(bounds.last, to));
}

/** The change that a key asks for in the row of the cursor; undefined for any other key. */
export function rowActionOf(key: string): RowAction | undefined {
  if (key === 'P') return 'protect';
  return key === 'G' ? 'give-up' : undefined;
}
