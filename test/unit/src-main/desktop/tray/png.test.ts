import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../../../src-main/desktop/tray/png.ts';

describe('encodePng', () => {
  it('writes the pixels that it was given, each row without a filter', () => {
    const rgba = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    const png = encodePng(rgba, 2);
    expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    // IHDR: 2 by 2, 8 bits, RGBA; its CRC is that of every such picture.
    expect(png.subarray(8, 33).toString('hex')).toBe(
      '0000000d49484452000000020000000208060000' + '0072b60d24',
    );
    const length = png.readUInt32BE(33);
    expect(png.toString('latin1', 37, 41)).toBe('IDAT');
    expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 10, 11, 12, 13, 14, 15, 16,
    ]);
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  });
});
