import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  type HelperAnswer,
  type HelperEvent,
  type HelperHello,
  type HelperRequest,
} from '#shared/contract/helper.ts';
import { type HelperPlaces, NODE_FLAGS } from '../../../src-main/helper/client/program.ts';

/** The built helper: what is packaged and started for real. */
export const HELPER_FILE = fileURLToPath(new URL('../../../out/helper/helper.cjs', import.meta.url));

/** For a client that is to find it: the sources are elsewhere than the built program. */
export const PLACES: HelperPlaces = {
  wrapper: '/no/such/lifeboat-helper',
  copy: '/no/such',
  node: process.execPath,
  helper: HELPER_FILE,
};

/** The helper as a bare process, to be spoken to line by line and ended in every way. */
export class RawHelper {
  readonly child: ChildProcessWithoutNullStreams;
  readonly events: HelperEvent[] = [];
  /** All that it has complained about. */
  stderr = '';
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly #answers = new Map<number, (answer: HelperAnswer) => void>();
  readonly #hello: Promise<HelperHello>;
  #lastId = 0;

  /** `prefix` is a program that becomes the helper, such as setpriv. */
  constructor(prefix: readonly string[] = [], helper: readonly string[] = [HELPER_FILE]) {
    const [file = '', ...args] = [...prefix, process.execPath, ...NODE_FLAGS, ...helper];
    this.child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString('utf8');
    });
    this.exited = once(this.child, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }));
    let greet: (hello: HelperHello) => void = () => undefined;
    this.#hello = new Promise((resolve) => {
      greet = resolve;
    });
    createInterface(this.child.stdout).on('line', (line) => {
      const message = JSON.parse(line) as HelperHello | HelperAnswer | HelperEvent;
      if ('hello' in message) greet(message);
      else if ('event' in message) this.events.push(message);
      else this.#answers.get(message.id)?.(message);
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  hello(): Promise<HelperHello> {
    return this.#hello;
  }

  request(request: HelperRequest): Promise<HelperAnswer> {
    const id = ++this.#lastId;
    const answer = new Promise<HelperAnswer>((resolve) => this.#answers.set(id, resolve));
    this.child.stdin.write(`${JSON.stringify({ id, request })}\n`);
    return answer;
  }

  /** The end of its input; resolves when it has ended. */
  async end(): Promise<void> {
    this.child.stdin.end();
    await this.exited;
  }
}
