/** Plain Chromium has no scheme of ours: a page `lifeboat://app/` is `https://app.lifeboat.electron-double.test/` to it. */
const SUFFIX = 'electron-double.test';
/** Which requests are for a scheme of the program under test. */
export const SCHEME_REQUESTS = `https://*.${SUFFIX}/*`;

const schemes = new Set<string>();

/** From now on addresses of this scheme are translated. */
export function translateScheme(scheme: string): void {
  schemes.add(scheme);
}

/** An address of the program in the form that Chromium gets. */
export function toChromium(address: string): string {
  const [, scheme = '', host = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(address) ?? [];
  if (!schemes.has(scheme)) return address;
  return `https://${host.toLowerCase()}.${scheme}.${SUFFIX}${rest === '' ? '/' : rest}`;
}

/** An address of Chromium, as the program knows it. */
export function fromChromium(address: string): string {
  const [, host, scheme, rest = ''] =
    /^https:\/\/([^/]*)\.([a-z0-9+-]+)\.electron-double\.test(.*)$/i.exec(address) ?? [];
  return host === undefined ? address : `${scheme}://${host}${rest}`;
}

/** The origin as Electron says it: that of a scheme which is registered as standard is the scheme and the host. */
export function originOf(address: string): string {
  const url = URL.parse(address);
  if (url === null) return 'null';
  return schemes.has(url.protocol.slice(0, -1)) ? `${url.protocol}//${url.host}` : url.origin;
}
