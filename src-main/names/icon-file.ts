/** Bytes of an icon at most. */
export const MOST_ICON_BYTES = 256 * 1024;
const MOST_PIXELS = 1024;
const MOST_USES = 200;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The type of an icon that may be shown; undefined for everything else. A PNG of at most 1024 pixels each way, or an SVG without entities, which
 * a page draws in an <img> only: there it runs no script and loads nothing (SVG Integration, "secure static mode").
 */
export function iconType(bytes: Buffer): 'image/png' | 'image/svg+xml' | undefined {
  if (bytes.length > MOST_ICON_BYTES) return undefined;
  if (bytes.subarray(0, PNG.length).equals(PNG)) return isSmallPng(bytes) ? 'image/png' : undefined;
  if (!bytes.subarray(0, 1024).includes('<svg') || bytes.includes(0)) return undefined;
  const text = bytes.toString('latin1');
  // Entities that hold each other, and elements that are used thousands of times, take a page minutes to draw.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text) || text.split('<use').length - 1 > MOST_USES) return undefined;
  return 'image/svg+xml';
}

/** The first chunk of a PNG is IHDR: width and height, four bytes each (PNG specification 11.2.2). */
function isSmallPng(bytes: Buffer): boolean {
  if (bytes.length < 24 || bytes.toString('latin1', 12, 16) !== 'IHDR') return false;
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  return width > 0 && height > 0 && width <= MOST_PIXELS && height <= MOST_PIXELS;
}
