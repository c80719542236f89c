/** The views that exist, in the order of the navigation. */
export const VIEWS = ['next', 'groups', 'tuning', 'events', 'doctor', 'settings'] as const;
export type ViewName = (typeof VIEWS)[number];

/** Which view is shown; kept in the address, so that going back and loading again work. */
export class Navigation {
  view = $state<ViewName>('next');
  /** The part of a view that has several; empty for the first. */
  part = $state('');
  readonly #page: Window;

  constructor(page: Window = window) {
    this.#page = page;
    this.read();
  }

  /** Takes the view and its part from the address. */
  read(): void {
    const [name, part = ''] = this.#page.location.hash.slice(2).split('/');
    this.view = VIEWS.find((view) => view === name) ?? 'next';
    this.part = part;
  }

  go(view: ViewName, part = ''): void {
    if (view !== this.view || part !== this.part) this.#page.location.hash = address(view, part);
  }
}

/** Where a view is found. */
export function address(view: ViewName, part = ''): string {
  return `#/${view}${part === '' ? '' : `/${part}`}`;
}
