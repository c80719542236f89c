import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { type ControlAnswer, type ControlRequest } from '../../electron-double/control.ts';
import { type Desktop, type DesktopOptions, type Launcher } from './desktop.ts';
import { record } from './recorder.ts';
import { type Stage } from './stage.ts';

const START_MS = 60_000;

/** The default: the double, over the system's Chromium. */
export function doubleLauncher(stage: Stage): Launcher {
  return { name: 'the double', start: (options) => DoubleDesktop.start(stage, options) };
}

class DoubleDesktop implements Desktop {
  readonly home: string;
  readonly startedMs = performance.now();
  readonly ended: Promise<number | null>;
  readonly #stage: Stage;
  readonly #options: DesktopOptions;
  readonly #process: ChildProcess;
  readonly #calls = new Map<number, (answer: ControlAnswer) => void>();
  #control: Socket | undefined;
  #port = 0;
  #browser: Browser | undefined;
  #log = '';
  #lastId = 0;

  private constructor(stage: Stage, options: DesktopOptions) {
    this.#stage = stage;
    this.#options = options;
    this.home = options.home ?? stage.makeHome();
    this.#process = this.#spawn(options.args ?? []);
    const hear = (chunk: Buffer): void => {
      this.#log += chunk.toString('utf8');
    };
    this.#process.stdout?.on('data', hear);
    this.#process.stderr?.on('data', hear);
    this.ended = once(this.#process, 'close').then(([code]) => code as number | null);
  }

  static async start(stage: Stage, options: DesktopOptions = {}): Promise<Desktop> {
    const desktop = new DoubleDesktop(stage, options);
    await desktop.#connect();
    return desktop;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  log(): string {
    return this.#log;
  }

  async evaluate<Answer, Argument>(
    run: (electron: typeof Electron.CrossProcessExports, argument: Argument) => Answer | Promise<Answer>,
    argument: Argument,
  ): Promise<Answer> {
    this.#lastId += 1;
    const request: ControlRequest = { id: this.#lastId, source: run.toString(), argument };
    const answered = new Promise<ControlAnswer>((resolve) => this.#calls.set(request.id, resolve));
    this.#control?.write(`${JSON.stringify(request)}\n`);
    const gone = this.ended.then((): ControlAnswer => ({
      id: request.id,
      ok: false,
      message: `it has ended: ${this.#log}`,
    }));
    const answer = await Promise.race([answered, gone]);
    if (!answer.ok) throw new Error(answer.message);
    return answer.value as Answer;
  }

  async page(): Promise<Page> {
    // Without this a hidden page would hear that it is visible.
    this.#browser ??= await chromium.connectOverCDP(`http://127.0.0.1:${this.#port}`, { noDefaults: true });
    const context = this.#browser.contexts()[0];
    for (const endMs = performance.now() + START_MS; performance.now() < endMs;) {
      const page = context?.pages().findLast((each) => each.url().includes('electron-double.test'));
      if (page !== undefined) return page;
      await sleep(20);
    }
    throw new Error(`no window with a page:\n${this.#log}`);
  }

  async startAgain(args: readonly string[] = []): Promise<number | null> {
    const second = this.#spawn(args);
    second.stderr?.pipe(process.stderr);
    const [code] = (await once(second, 'exit')) as [number | null];
    return code;
  }

  async quit(): Promise<void> {
    await this.#browser?.close();
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill('SIGTERM');
    await this.ended;
  }

  #spawn(args: readonly string[]): ChildProcess {
    const { asUser, node, double } = this.#stage;
    const program = this.#options.program ?? this.#stage.program;
    const recorder = join(this.home, 'recorder.cjs');
    if (!existsSync(recorder))
      writeFileSync(recorder, `(${record.toString()})(require('electron'));\n`, { mode: 0o644 });
    const prefix = this.#options.asRoot === true ? [] : asUser;
    const [file = '', ...rest] = [...prefix, node, double, '-r', recorder, program, ...args];
    return spawn(file, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment(this.home), ...this.#options.env, ELECTRON_DOUBLE_CONTROL: this.#socket },
    });
  }

  get #socket(): string {
    return join(this.home, 'control');
  }

  async #connect(): Promise<void> {
    for (const endMs = performance.now() + START_MS; performance.now() < endMs;) {
      if (this.#process.exitCode !== null) throw new Error(`it has ended:\n${this.#log}`);
      // There is a moment between making it and listening to it.
      if (existsSync(this.#socket) && (await this.#listen(connect(this.#socket)))) return;
      await sleep(5);
    }
    throw new Error(`it does not start:\n${this.#log}`);
  }

  /** False when no server listens. */
  #listen(socket: Socket): Promise<boolean> {
    this.#control = socket;
    return new Promise((resolve) => {
      let text = '';
      socket.on('error', () => {
        resolve(false);
      });
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        const lines = text.split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) {
          const message = JSON.parse(line) as ControlAnswer | { readonly port: number };
          if ('port' in message) {
            this.#port = message.port;
            resolve(true);
          } else this.#calls.get(message.id)?.(message);
        }
      });
    });
  }
}

/** What a user's session has, and nothing of the tests' own. */
export function environment(home: string): NodeJS.ProcessEnv {
  const { PATH, DISPLAY, XAUTHORITY, ELECTRON_DOUBLE_DEBUG, ELECTRON_DOUBLE_HEADED } = process.env;
  return {
    PATH,
    DISPLAY,
    XAUTHORITY,
    ELECTRON_DOUBLE_DEBUG,
    ELECTRON_DOUBLE_HEADED,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    LANG: 'C.UTF-8',
  };
}
