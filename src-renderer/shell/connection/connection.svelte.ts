import { createClient, type Client } from '#shared/contract/client.ts';
import { type Connect } from './connect.ts';

/**
 * `opening`: never connected yet. `lost`: was connected, is tried again. `refused`: this browser is not signed in; the user has to act.
 * `paused`: disconnected on purpose while the page is hidden.
 */
export type Line = 'opening' | 'open' | 'lost' | 'refused' | 'paused';

/** Waits between attempts: 0.25 s, doubled up to 4 s. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

/** Keeps the line to the rest of Lifeboat: opens it, and opens it again whenever it breaks. */
export class Connection {
  line = $state<Line>('opening');
  /** Counts failed attempts since the line was last open. */
  failures = $state(0);

  readonly #connect: Connect;
  readonly #onOpen: (client: Client) => void;
  #client: Client | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempting = false;
  /** Asked to try while an attempt was on its way, which may not know of a fresh key in the address. */
  #again = false;
  #wasOpen = false;
  #paused = false;

  constructor(connect: Connect, onOpen: (client: Client) => void) {
    this.#connect = connect;
    this.#onOpen = onOpen;
  }

  /** Tries at once instead of waiting for the next attempt; does nothing while the line is open. */
  retry(): void {
    clearTimeout(this.#timer);
    if (this.#client === undefined && !this.#paused) void this.#attempt();
  }

  /** Lets the line go until `resume`. What is shown stays. */
  pause(): void {
    this.#paused = true;
    clearTimeout(this.#timer);
    if (this.line === 'open' || this.line === 'lost') this.line = 'paused';
    this.#client?.close();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.retry();
  }

  async #attempt(): Promise<void> {
    if (this.#attempting) {
      this.#again = true;
      return;
    }
    this.#attempting = true;
    const attempt = await this.#connect();
    this.#attempting = false;
    const again = this.#again && attempt.kind !== 'open' && !this.#paused;
    this.#again = false;
    if (again) {
      await this.#attempt();
      return;
    }
    if (attempt.kind !== 'open') {
      this.#failed(attempt.kind === 'refused');
      return;
    }
    if (this.#paused) {
      attempt.channel.close();
      return;
    }
    const client = createClient(attempt.channel);
    client.onClose(() => {
      if (this.#client === client) this.#client = undefined;
      if (this.#paused) return;
      this.line = 'lost';
      this.#wait();
    });
    this.#client = client;
    this.#wasOpen = true;
    this.failures = 0;
    this.line = 'open';
    this.#onOpen(client);
  }

  #failed(refused: boolean): void {
    if (this.#paused) return;
    this.failures += 1;
    if (refused) {
      this.line = 'refused';
      return;
    }
    this.line = this.#wasOpen ? 'lost' : 'opening';
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.failures, 8));
    this.#timer = setTimeout(() => void this.#attempt(), waitMs);
  }
}
