/** The scheme under which the window gets its page. It is no file:// page, since those can read every file. */
export const SCHEME = 'lifeboat';
/** The page. */
export const PAGE_ADDRESS = `${SCHEME}://app/`;

/** The views of the page that something outside of it leads to. */
export type PageView = 'next' | 'events' | 'settings';

/** Where the page shows a view. */
export function viewAddress(view: PageView): string {
  return `${PAGE_ADDRESS}#/${view}`;
}

/** Hosts that a link may open in the user's browser: the kernel's documentation, and where Lifeboat's own lives. */
const EXTERNAL_HOSTS: readonly string[] = ['docs.kernel.org', 'www.kernel.org', 'github.com'];

/** Whether an address is of Lifeboat's own page. */
export function isOwnAddress(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === `${SCHEME}:` && url.host === 'app' && url.username === '' && url.password === '';
}

/** Whether an address may be handed to the user's browser. */
export function mayOpenOutside(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  return EXTERNAL_HOSTS.includes(url.host);
}
