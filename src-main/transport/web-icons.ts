import { type WebFile } from './web-files.ts';

/** An icon by its address; see src-main/names/icons.ts. */
export interface IconSource {
  at(address: string): { readonly body: Buffer; readonly contentType: string } | undefined;
}

/** An SVG that is opened by itself is a document: it may run nothing and load nothing. */
const ICON_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Answers `/icons/<16 hexadecimal digits>` from the list of icons that were given out. Its address changes with the icon. */
export function webIcons(icons: IconSource): (path: string) => WebFile | undefined {
  return (path) => {
    const address = /^\/icons\/([0-9a-f]{16})$/.exec(path)?.[1];
    const icon = address === undefined ? undefined : icons.at(address);
    if (address === undefined || icon === undefined) return undefined;
    return {
      ...icon,
      etag: `"${address}"`,
      cacheControl: 'private, max-age=86400, immutable',
      policy: ICON_POLICY,
    };
  };
}
