import { readFileSync } from 'node:fs';
import { unsupported } from '../emitter.ts';

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Electron's `NativeImage`, of PNG alone: bytes and their size, since they are not drawn here. */
class DoubleImage implements Pick<
  Electron.NativeImage,
  'isEmpty' | 'toPNG' | 'toDataURL' | 'getSize' | 'addRepresentation' | 'getScaleFactors' | 'setTemplateImage'
> {
  readonly #representations = new Map<number, Buffer>();

  constructor(png: Buffer) {
    if (png.length > 0) this.#add(1, png);
  }

  isEmpty(): boolean {
    return this.#representations.size === 0;
  }

  toPNG(): Buffer {
    return this.#representations.get(1) ?? Buffer.alloc(0);
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.toPNG().toString('base64')}`;
  }

  getSize(): Electron.Size {
    const png = this.toPNG();
    return png.length === 0
      ? { width: 0, height: 0 }
      : { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
  }

  getScaleFactors(): number[] {
    return [...this.#representations.keys()];
  }

  addRepresentation({ scaleFactor = 1, buffer, dataURL }: Electron.AddRepresentationOptions): void {
    this.#add(scaleFactor, dataURL === undefined ? (buffer ?? Buffer.alloc(0)) : pngOf(dataURL));
  }

  setTemplateImage(): void {
    // Means something on macOS only.
  }

  #add(scaleFactor: number, png: Buffer): void {
    if (!png.subarray(0, 8).equals(PNG_SIGNATURE)) throw unsupported('an image that is no PNG');
    this.#representations.set(scaleFactor, png);
  }
}

export const nativeImage = {
  createEmpty: () => image(Buffer.alloc(0)),
  /** As in Electron, a file that is not there gives an empty image. */
  createFromPath(path: string) {
    try {
      return image(readFileSync(path));
    } catch {
      return image(Buffer.alloc(0));
    }
  },
  createFromBuffer: (buffer: Buffer) => image(buffer),
  createFromDataURL: (address: string) => image(pngOf(address)),
} satisfies Partial<typeof Electron.nativeImage>;

function image(png: Buffer): Electron.NativeImage {
  return new DoubleImage(png) as unknown as Electron.NativeImage;
}

function pngOf(dataAddress: string): Buffer {
  return Buffer.from(dataAddress.slice(dataAddress.indexOf(',') + 1), 'base64');
}
