/** The tokens that a canvas needs as plain colours. */
const NAMES = ['rss', 'swap', 'soon', 'next', 'line', 'ink-2'] as const;
export type Colours = Readonly<Record<(typeof NAMES)[number], string>>;

/** Resolves tokens to colours: a canvas knows neither custom properties nor light-dark(). */
export function readColours(beside: HTMLElement): Colours {
  const probe = document.createElement('i');
  // Its own colour also where the reader's are forced on the page.
  probe.className = 'drawn';
  beside.after(probe);
  const entries = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as Colours;
}

/** Calls back when the preference for light or dark changes, or another theme is chosen for the page. Returns a function that ends it. */
export function watchScheme(listener: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const forced = matchMedia('(forced-colors: active)');
  dark.addEventListener('change', listener);
  forced.addEventListener('change', listener);
  const chosen = new MutationObserver(listener);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    chosen.disconnect();
    dark.removeEventListener('change', listener);
    forced.removeEventListener('change', listener);
  };
}
