import { tick } from 'svelte';

/** What had the focus last: the list of an opener may be taken away before its panel comes, and the focus is nowhere then. */
let last: Element | undefined;
document.addEventListener('focusin', ({ target }) => {
  if (target instanceof Element) last = target;
});

/**
 * An attachment: the keyboard goes where the question is, and back to where it was when that is gone. What opened it may have been taken away
 * meanwhile, and come back as another element: then it is known by its id. `otherwise` is the id of what gets the keyboard where that
 * does not come back either.
 */
export function borrowFocus(element: HTMLElement, otherwise?: string): () => void {
  const now = document.activeElement;
  const before = now === null || now === document.body ? last : now;
  element.focus();
  return () => {
    // Moved on by hand meanwhile: it stays there.
    const now = document.activeElement ?? document.body;
    if (now !== document.body && !element.contains(now)) return;
    if (giveBack(before)) return;
    void tick().then(() => {
      if (document.activeElement !== null && document.activeElement !== document.body) return;
      for (const id of [before?.id, otherwise])
        if (id !== undefined && id !== '' && giveBack(document.getElementById(id))) return;
    });
  };
}

/** False where it is gone, or cannot have the focus. */
function giveBack(to: Element | null | undefined): boolean {
  if (!(to instanceof HTMLElement) || !to.isConnected || to === document.body) return false;
  to.focus();
  return document.activeElement === to;
}
