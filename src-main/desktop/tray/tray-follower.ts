/** A panel comes up some seconds after what is started at login; later one comes or goes rarely. */
const FIRST_WAITS_MS = [2_000, 5_000, 15_000, 30_000];
const LATER_WAIT_MS = 60_000;

export interface TrayFollowerOptions {
  /** Asks the session bus. */
  readonly hasTrayHost: () => Promise<boolean>;
  /** Hears the first answer, and every other one after it. */
  readonly onChange: (isPresent: boolean) => void;
}

/** Knows whether the desktop shows tray icons, and when that changes. */
export class TrayFollower {
  readonly #options: TrayFollowerOptions;
  #isPresent: boolean | undefined;
  #asked = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: TrayFollowerOptions) {
    this.#options = options;
  }

  /** Undefined before the first answer. */
  get isPresent(): boolean | undefined {
    return this.#isPresent;
  }

  /** Asks now, and again from time to time. */
  async ask(): Promise<void> {
    clearTimeout(this.#timer);
    const isPresent = await this.#options.hasTrayHost();
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), FIRST_WAITS_MS[this.#asked] ?? LATER_WAIT_MS);
    this.#timer.unref();
    this.#asked += 1;
    if (isPresent === this.#isPresent) return;
    this.#isPresent = isPresent;
    this.#options.onChange(isPresent);
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
