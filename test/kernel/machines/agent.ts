import { type Readable, type Writable } from 'node:stream';

/** What the agent said no to. */
export class Refused extends Error {
  readonly errno: number;

  constructor(verb: string, errno: number, message: string) {
    super(`${verb}: ${message}`);
    this.errno = errno;
  }
}

/** The machine under test does not answer any more, or went down. */
export class Gone extends Error {}

export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Waiting {
  readonly verb: string;
  readonly resolve: (words: string[]) => void;
  readonly reject: (reason: Error) => void;
}

/** An answer to one request, and nothing is judged by how long it takes: this only ends the wait for what never comes. */
const longestWaitMs = 120_000;

/** A deadline that passes while this process does not get to run is no reason to give up: what has come meanwhile is read first. */
function deadline(ms: number, passed: () => void): NodeJS.Timeout {
  return setTimeout(() => setImmediate(passed), ms);
}

/** Our end of the line to agent.c, which describes the protocol. */
export class Agent {
  /** The kernel's messages since the start, as /dev/kmsg gives them. */
  readonly kmsg: string[] = [];
  /** When a report of the OOM killer began, ours or not, by performance.now(). */
  readonly oomReportsAt: number[] = [];
  readonly #said = new Map<number, string[]>();
  readonly #exited = new Set<number>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #watchers = new Set<() => void>();
  readonly #input: Writable;
  #sequence = 0;
  #rest = '';
  #gone: Error | undefined;
  #greeted = false;
  #heardAt = performance.now();

  constructor(input: Writable, output: Readable) {
    this.#input = input;
    output.setEncoding('latin1');
    output.on('data', (chunk: string) => {
      this.#receive(chunk);
    });
    output.on('close', () => {
      this.fail(new Gone('the machine went down'));
    });
    input.on('error', () => {
      this.fail(new Gone('the line to the machine broke'));
    });
  }

  /** How long nothing has come from the machine. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /** Ends all that waits: the machine is gone. */
  fail(reason: Error): void {
    this.#gone ??= reason;
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
    this.#waiting.clear();
    this.#wake();
  }

  async request(verb: string, ...words: readonly (string | number)[]): Promise<string[]> {
    return this.#request(longestWaitMs, verb, words);
  }

  async hello(timeoutMs: number): Promise<void> {
    await this.until(() => this.#greeted, timeoutMs, 'the agent to say hello');
  }

  async read(path: string): Promise<string> {
    return (await this.request('read', path))[0] ?? '';
  }

  async write(path: string, text: string | number): Promise<void> {
    await this.request('write', path, text);
  }

  async run(timeoutMs: number, ...command: readonly string[]): Promise<ProgramResult> {
    const [code, stdout, stderr] = await this.#request(timeoutMs, 'run', command);
    return { code: Number(code), stdout: utf8(stdout ?? ''), stderr: utf8(stderr ?? '') };
  }

  async start(cgroup: string | undefined, cpu: number, ...command: readonly string[]): Promise<number> {
    return Number((await this.request('start', cgroup ?? '-', cpu, ...command))[0]);
  }

  /** The lines that a started program has printed. */
  saidBy(pid: number): readonly string[] {
    return this.#said.get(pid) ?? [];
  }

  hasExited(pid: number): boolean {
    return this.#exited.has(pid);
  }

  /** Waits until a condition holds that what the agent tells can change. */
  async until(condition: () => boolean, timeoutMs: number, what: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const timer = deadline(timeoutMs, () => {
      reject(new Gone(`waited ${timeoutMs / 1000} s for ${what}`));
    });
    const look = () => {
      if (condition()) resolve(undefined);
      else if (this.#gone) reject(this.#gone);
    };
    this.#watchers.add(look);
    look();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#watchers.delete(look);
    }
  }

  async #request(timeoutMs: number, verb: string, words: readonly (string | number)[]): Promise<string[]> {
    if (this.#gone) throw this.#gone;
    const sequence = ++this.#sequence;
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    this.#waiting.set(sequence, { verb, resolve, reject });
    const timer = deadline(timeoutMs, () => {
      this.#waiting.delete(sequence);
      reject(new Gone(`no answer to ${verb} ${words.join(' ').slice(0, 80)} within ${timeoutMs / 1000} s`));
    });
    this.#input.write(`${[sequence, verb, ...words.map((word) => encoded(String(word)))].join(' ')}\n`);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #receive(chunk: string): void {
    this.#heardAt = performance.now();
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#hear(line.split(' '));
    this.#wake();
  }

  #hear([first = '', second = '', ...rest]: readonly string[]): void {
    if (first === 'kmsg') this.#hearKernel(decoded(second));
    else if (first === 'hello') this.#greeted = true;
    else if (first === 'exit') this.#exited.add(Number(second));
    else if (first === 'out') {
      const pid = Number(second);
      const said = this.#said.get(pid) ?? [];
      said.push(decoded(rest[0] ?? ''));
      this.#said.set(pid, said);
    } else this.#answer(Number(first), second, rest);
  }

  #hearKernel(record: string): void {
    this.kmsg.push(record);
    if (record.includes(' invoked oom-killer: ')) this.oomReportsAt.push(performance.now());
  }

  #answer(sequence: number, verdict: string, words: readonly string[]): void {
    const waiting = this.#waiting.get(sequence);
    if (!waiting) return;
    this.#waiting.delete(sequence);
    const values = words.map(decoded);
    if (verdict === 'ok' && waiting.verb === 'start') this.#forget(Number(values[0]));
    if (verdict === 'ok') waiting.resolve(values);
    else waiting.reject(new Refused(waiting.verb, Number(values[0]), values[1] ?? ''));
  }

  /** Messages about a pid from here on are about another process. */
  #forget(pid: number): void {
    this.#said.delete(pid);
    this.#exited.delete(pid);
  }

  #wake(): void {
    for (const look of [...this.#watchers]) look();
  }
}

function encoded(word: string): string {
  if (word === '') return '%';
  return Array.from(Buffer.from(word, 'utf8'), (byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

/** Bytes as characters: what the kernel prints need not be UTF-8. */
function decoded(word: string): string {
  return word === '%'
    ? ''
    : word.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
