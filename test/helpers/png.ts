import { inflateSync } from 'node:zlib';

/** The RGBA bytes of a PNG with 8 bits a channel, not interlaced, row by row (RFC 2083, filters of section 6). */
export function decodePng(png: Buffer): { readonly size: number; readonly rgba: Uint8Array } {
  const size = png.readUInt32BE(16);
  const channels = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') {
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
    }
  }
  const data = inflateSync(Buffer.concat(parts));
  const width = size * channels;
  const rows = new Uint8Array(size * width);
  for (let row = 0; row < size; row += 1) {
    const filter = data[row * (width + 1)] ?? 0;
    for (let at = 0; at < width; at += 1) {
      const index = row * width + at;
      const left = at < channels ? 0 : (rows[index - channels] ?? 0);
      const up = row === 0 ? 0 : (rows[index - width] ?? 0);
      const corner = at < channels || row === 0 ? 0 : (rows[index - width - channels] ?? 0);
      rows[index] = (data[row * (width + 1) + 1 + at] ?? 0) + predicted(filter, left, up, corner);
    }
  }
  const rgba = new Uint8Array(size * size * 4).fill(255);
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    rgba.set(rows.subarray(pixel * channels, (pixel + 1) * channels), pixel * 4);
  }
  return { size, rgba };
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return Math.floor((left + up) / 2);
    case 4: {
      const estimate = left + up - corner;
      const byLeft = Math.abs(estimate - left);
      const byUp = Math.abs(estimate - up);
      const byCorner = Math.abs(estimate - corner);
      if (byLeft <= byUp && byLeft <= byCorner) return left;
      return byUp <= byCorner ? up : corner;
    }
    default:
      return 0;
  }
}
