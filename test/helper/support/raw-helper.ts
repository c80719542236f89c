import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  HELPER_HEARTBEAT_MS,
  type HelperAnswer,
  type HelperEvent,
  type HelperHello,
  type HelperRequest,
} from '#shared/contract/helper.ts';
import { type HelperPlaces, NODE_FLAGS } from '../../../src-main/helper/client/program.ts';
import { until } from '../../helpers/until.ts';

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
  readonly #asked = new Map<number, PromiseWithResolvers<HelperAnswer>>();
  readonly #hello = Promise.withResolvers<HelperHello>();
  /** The guards that were seen, as /proc/PID/stat has them: pid and start. */
  readonly #guards = new Map<number, string>();
  #lastId = 0;
  #hasEnded = false;

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
    this.child.once('close', () => {
      this.#hasEnded = true;
      for (const question of [this.#hello, ...this.#asked.values()]) question.reject(this.#ended());
    });
    // Whether its end is a failure is for the one that waits for an answer.
    this.#hello.promise.catch(() => undefined);
    createInterface(this.child.stdout).on('line', (line) => {
      const message = JSON.parse(line) as HelperHello | HelperAnswer | HelperEvent;
      if ('hello' in message) this.#hello.resolve(message);
      else if ('event' in message) this.events.push(message);
      else this.#asked.get(message.id)?.resolve(message);
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Rejects when it ends before. */
  hello(): Promise<HelperHello> {
    return this.#hello.promise;
  }

  /** Rejects when the helper ends before it answers. */
  request(request: HelperRequest): Promise<HelperAnswer> {
    const id = ++this.#lastId;
    const question = Promise.withResolvers<HelperAnswer>();
    question.promise.catch(() => undefined);
    if (this.#hasEnded) question.reject(this.#ended());
    else this.#asked.set(id, question);
    this.child.stdin.write(`${JSON.stringify({ id, request })}\n`);
    return question.promise;
  }

  /** Lets it hear something for as long as it lives, as a Lifeboat does: one that hears nothing for 30 s ends. */
  keepAwake(): this {
    const timer = setInterval(() => void this.request({ verb: 'ping' }), HELPER_HEARTBEAT_MS / 3).unref();
    this.child.once('close', () => {
      clearInterval(timer);
    });
    return this;
  }

  /** The guard that it has now; undefined where there is none. Guards are the only children of a helper. */
  guardPid(): number | undefined {
    // Its pid may be another's by now.
    if (this.#isOver) return undefined;
    const pids = textOf(`/proc/${this.pid}/task/${this.pid}/children`).split(' ').map(Number);
    for (const pid of pids) if (pid > 0) this.#guards.set(pid, startOf(pid));
    return pids.find((pid) => pid > 0 && textOf(`/proc/${pid}/cmdline`).includes('lifeboat-guard'));
  }

  /** Sends a signal to it and to the guards that were seen, those that outlive it included. */
  signalAll(signal: NodeJS.Signals): void {
    this.guardPid();
    this.child.kill(signal);
    for (const [pid, start] of this.#guards) if (startOf(pid) === start && start !== '') send(pid, signal);
  }

  /** Ends it and its guards at once, also those that are stopped; resolves when they are gone. Nothing is put back. */
  async destroy(): Promise<void> {
    // A helper that is stopped starts no further guard.
    this.child.kill('SIGSTOP');
    await until(
      () => this.#isOver || /\) [TtZX] /.test(textOf(`/proc/${this.pid}/stat`)),
      10_000,
      () => `the helper ${this.pid} does not stop`,
    );
    this.signalAll('SIGKILL');
    await this.exited;
    await until(
      () => [...this.#guards].every(([pid, start]) => startOf(pid) !== start || start === ''),
      10_000,
      () => `a guard of the helper ${this.pid} is still there`,
    );
  }

  get #isOver(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  #ended(): Error {
    return new Error(
      `the helper ${this.pid} has ended (${this.child.signalCode ?? this.child.exitCode}): ${this.stderr}`,
    );
  }

  /** The end of its input; resolves when it has ended. */
  async end(): Promise<void> {
    this.child.stdin.end();
    await this.exited;
  }
}

/** Start in clock ticks, as /proc/PID/stat has it; empty where there is no such process, or it is dead and not waited for. */
function startOf(pid: number): string {
  const fields = textOf(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Empty where the process has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return '';
    throw error;
  }
}
