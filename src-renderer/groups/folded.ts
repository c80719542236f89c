/** Where the folded sections are kept. */
const STORED = 'lifeboat.groups.folded';
/** As many as a request may carry: names of projects never end. */
const MOST = 200;
const LONGEST = 300;

/** Keys of the sections that are folded in this browser. */
export function storedKeys(storage: Pick<Storage, 'getItem'> = localStorage): readonly string[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(STORED) ?? '[]');
    return Array.isArray(stored) ? usable(stored.filter((each) => typeof each === 'string')) : [];
  } catch {
    return [];
  }
}

/** Keeps them, the newest where there are too many; returns what is kept. */
export function storeKeys(
  keys: readonly string[],
  storage: Pick<Storage, 'setItem'> = localStorage,
): readonly string[] {
  const kept = usable(keys);
  storage.setItem(STORED, JSON.stringify(kept));
  return kept;
}

function usable(keys: readonly string[]): readonly string[] {
  return keys.filter(({ length }) => length > 0 && length <= LONGEST).slice(-MOST);
}
