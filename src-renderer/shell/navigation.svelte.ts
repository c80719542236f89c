/** The views that exist, in the order of the navigation. */
export const VIEWS = ['next', 'tuning', 'events', 'doctor', 'settings'] as const;
export type ViewName = (typeof VIEWS)[number];

/** Which view is shown; kept in the address, so that going back and loading again work. */
export class Navigation {
  view = $state<ViewName>('next');
  readonly #page: Window;

  constructor(page: Window = window) {
    this.#page = page;
    this.read();
  }

  /** Takes the view from the address. */
  read(): void {
    const name = this.#page.location.hash.slice(2);
    this.view = VIEWS.find((view) => view === name) ?? 'next';
  }

  go(view: ViewName): void {
    if (view !== this.view) this.#page.location.hash = address(view);
  }
}

/** Where a view is found. */
export function address(view: ViewName): string {
  return `#/${view}`;
}
