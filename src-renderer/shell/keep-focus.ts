/**
 * Keeps the keyboard on the page: when the element that has the focus is taken away, the nearest part around it that is still there gets it,
 * at last the view. A control that is disabled during its work gets it back. A click outside of all controls removes the focus on purpose.
 */
export function keepFocus(page: Document): () => void {
  let own: HTMLElement | undefined;
  let around: readonly HTMLElement[] = [];
  let due = 0;

  function remember({ target }: FocusEvent): void {
    if (!(target instanceof HTMLElement)) return;
    own = target;
    around = partsAround(target);
  }

  function look(): void {
    due = 0;
    if (own === undefined || (page.activeElement ?? page.body) !== page.body) return;
    // Enabled and in its place: it was left on purpose, or has come back from its work.
    if (own.isConnected && !isOff(own)) {
      if (wasOff) own.focus();
      wasOff = false;
      own = undefined;
      return;
    }
    wasOff = own.isConnected;
    if (wasOff) return;
    const next = around.find((part) => part.isConnected && !isOff(part)) ?? page.getElementById('main');
    own = undefined;
    next?.focus({ preventScroll: true });
  }

  let wasOff = false;
  function lookSoon(): void {
    if (due === 0) due = requestAnimationFrame(look);
  }

  const observer = new MutationObserver(() => {
    if ((page.activeElement ?? page.body) === page.body) lookSoon();
  });
  observer.observe(page.body, { childList: true, subtree: true, attributeFilter: ['disabled', 'inert'] });
  page.addEventListener('focusin', remember);
  page.addEventListener('focusout', lookSoon);
  return () => {
    cancelAnimationFrame(due);
    observer.disconnect();
    page.removeEventListener('focusin', remember);
    page.removeEventListener('focusout', lookSoon);
  };
}

function isOff(element: HTMLElement): boolean {
  return element.matches(':disabled') || element.closest('[inert]') !== null;
}

/** What can have the focus around an element, from the nearest. */
function partsAround(element: HTMLElement): HTMLElement[] {
  const parts: HTMLElement[] = [];
  for (let part = element.parentElement; part !== null; part = part.parentElement)
    if (part.tabIndex >= 0 || part.hasAttribute('tabindex')) parts.push(part);
  return parts;
}
