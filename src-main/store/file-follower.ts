import { fileSignature } from './whole-file.ts';

/** How often it is looked whether a file was changed. */
const LOOK_MS = 2_000;

/**
 * Notices when a file is not the one that was read last, and has it read again. Looks every two seconds: editors replace files, folders
 * come later, and not every file system tells of changes.
 */
export class FileFollower {
  readonly #path: string;
  readonly #read: () => void;
  /** `never` before the first look. */
  #seen: string | undefined = 'never';
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, read: () => void) {
    this.#path = path;
    this.#read = read;
  }

  /** Whether it was there when it was looked for last. */
  get isThere(): boolean {
    return this.#seen !== undefined;
  }

  /** Has it read if it was changed since. */
  look(): void {
    const seen = fileSignature(this.#path);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#read();
  }

  /** The file as it is now is known: it was read, or written, without having been looked for. */
  markRead(): void {
    this.#seen = fileSignature(this.#path);
  }

  /** Looks from now on. Keeps no program alive. */
  watch(): void {
    this.#timer = setInterval(() => {
      this.look();
    }, LOOK_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
