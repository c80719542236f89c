import { type ChildProcess, spawn } from 'node:child_process';
import { fail, ok, type Result } from '#shared/result.ts';
import { identityOf, type ProcessIdentity } from '../register/process-identity.ts';
import { type Armed } from '../revert/dead-man-switch.ts';
import { type Reverted } from '../revert/undo.ts';
import { type FromGuard, type ToGuard } from './messages.ts';

/** How a guard is started: the arguments to this very Node, and what it reads from its standard input. */
export interface GuardProgram {
  readonly args: readonly string[];
  readonly source?: string;
}

/** A Node is there in a tenth of a second; on a machine without memory it takes longer. Nothing was changed until then. */
export const START_MS = 20_000;
/** What a guard is asked takes milliseconds. One that is silent for longer is stopped, or gone. */
const ANSWER_MS = 2000;

type Answer = Extract<FromGuard, { readonly id: number }>;
type Event = Extract<FromGuard, { readonly event: string }>;
type Question = ToGuard extends infer M ? (M extends unknown ? Omit<M, 'id'> : never) : never;

/** The helper's end of its guard. They speak over the channel that Node makes between a process and its child. */
export class Guard {
  readonly identity: ProcessIdentity;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, (answer: Answer | undefined) => void>();
  #lastId = 0;
  #isGone = false;

  private constructor(
    child: ChildProcess,
    identity: ProcessIdentity,
    onEvent: (event: Event) => void,
    onGone: () => void,
  ) {
    this.#child = child;
    this.identity = identity;
    child.on('message', (message: unknown) => {
      // Written by our own guard.
      const heard = message as FromGuard;
      if ('event' in heard) onEvent(heard);
      else this.#settle(heard.id, heard);
    });
    child.once('close', () => {
      this.#isGone = true;
      for (const id of [...this.#asked.keys()]) this.#settle(id, undefined);
      onGone();
    });
  }

  /** Starts a guard and waits until it answers. It runs what this process runs, whatever has become of those files since. */
  static async start(
    { args, source }: GuardProgram,
    onEvent: (event: Event) => void,
    onGone: () => void,
  ): Promise<Result<Guard>> {
    const child = spawn('/proc/self/exe', [...process.execArgv, ...args], {
      argv0: 'node',
      cwd: '/',
      env: environment(),
      stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
      // In a session of its own, so that what ends the helper does not end it.
      detached: true,
    });
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(source);
    const identity = child.pid === undefined ? undefined : identityOf(child.pid);
    if (identity === undefined) return fail('io-failed', { what: 'guard' });
    const guard = new Guard(child, identity, onEvent, onGone);
    // A change that it does not know is a question like any other.
    const answer = await guard.#ask({ verb: 'keep', change: 0 }, START_MS);
    if (answer !== undefined) return ok(guard);
    guard.kill();
    return fail('io-failed', { what: 'guard' });
  }

  /** False when it is gone. */
  get isThere(): boolean {
    return !this.#isGone;
  }

  /** Starts the clock of a change, or starts it again. False when the guard does not answer. */
  async arm(change: number, armed: Armed, delayMs: number, patienceMs?: number): Promise<boolean> {
    return (await this.#ask({ verb: 'arm', change, armed, delayMs }, patienceMs)) !== undefined;
  }

  /** Starts the clock of a change that waits again. False when its time was up; undefined when the guard does not answer. */
  async extend(change: number, delayMs: number): Promise<boolean | undefined> {
    return (await this.#ask({ verb: 'extend', change, delayMs }))?.known;
  }

  /** The change stands. False when it was taken back before; undefined when the guard does not answer. */
  async keep(change: number): Promise<boolean | undefined> {
    return (await this.#ask({ verb: 'keep', change }))?.known;
  }

  /** Takes it back. `gone`: it was before; undefined when the guard does not answer. */
  async revert(change: number): Promise<Reverted | 'gone' | undefined> {
    const answer = await this.#ask({ verb: 'revert', change });
    return answer === undefined ? undefined : (answer.reverted ?? 'gone');
  }

  /** Takes everything back; what came of it comes as events, which are there when this resolves. False when the guard does not answer. */
  async revertAll(): Promise<boolean> {
    return (await this.#ask({ verb: 'revert-all' })) !== undefined;
  }

  /** No more words with it: it takes back what is left and ends. */
  close(): void {
    if (this.#child.connected) this.#child.disconnect();
    this.#child.unref();
  }

  /** Ends it, also when it stands still. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #ask(question: Question, patienceMs = ANSWER_MS): Promise<Answer | undefined> {
    if (this.#isGone) return Promise.resolve(undefined);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#settle(id, undefined);
      }, patienceMs);
      this.#asked.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      // One that cannot be reached does not answer.
      this.#child.send({ id, ...question }, () => undefined);
    });
  }

  #settle(id: number, answer: Answer | undefined): void {
    this.#asked.get(id)?.(answer);
    this.#asked.delete(id);
  }
}

/** Of our own environment it gets what its log needs, and what makes a Node of an Electron. */
function environment(): NodeJS.ProcessEnv {
  const { PKEXEC_UID, SUDO_UID, ELECTRON_RUN_AS_NODE } = process.env;
  // What is undefined is left out.
  return { LC_ALL: 'C', PKEXEC_UID, SUDO_UID, ELECTRON_RUN_AS_NODE };
}
