import { EventEmitter } from 'node:events';
import type { Protocol } from '../../../node_modules/playwright-core/types/protocol.d.ts';

export type Commands = Protocol.CommandParameters;
export type Answers = Protocol.CommandReturnValues;
type Events = Protocol.Events;

interface Waiting {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What comes over the line: an answer has an id, an event has a method. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

/** One target of the browser (or the browser itself) on a line of the Chrome DevTools Protocol. */
export class Session {
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #call: (method: string, params: unknown) => Promise<unknown>;

  constructor(call: (method: string, params: unknown) => Promise<unknown>) {
    this.#call = call;
  }

  /** Rejects when the browser refuses, or is gone. */
  async send<M extends keyof Commands & keyof Answers>(method: M, params?: Commands[M]): Promise<Answers[M]> {
    return (await this.#call(method, params)) as Answers[M];
  }

  on<M extends keyof Events>(method: M, listener: (params: Events[M]) => void): void {
    this.#events.on(method, listener);
  }

  /** For the line: what the browser tells this target's clients. */
  receive(method: string, params: unknown): void {
    this.#events.emit(method, params);
  }
}

/** The line to a browser: Node's own WebSocket, and one session for each target. */
export class Connection {
  readonly root: Session;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sessions = new Map<string, Session>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.root = this.#session(undefined);
    socket.addEventListener('message', ({ data }) => {
      this.#receive(JSON.parse(String(data)) as Message);
    });
    socket.addEventListener('close', () => {
      for (const { method, reject } of this.#waiting.values())
        reject(new Error(`${method}: the browser is gone`));
      this.#waiting.clear();
    });
  }

  static open(url: string): Promise<Connection> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => {
        resolve(new Connection(socket));
      });
      socket.addEventListener('error', () => {
        reject(new Error(`no browser answers at ${url}`));
      });
    });
  }

  /** A session on a target, for as long as the target lives. */
  async attach(targetId: string): Promise<Session> {
    const { sessionId } = await this.root.send('Target.attachToTarget', { targetId, flatten: true });
    const session = this.#session(sessionId);
    this.#sessions.set(sessionId, session);
    return session;
  }

  #session(sessionId: string | undefined): Session {
    return new Session(
      (method, params) =>
        new Promise((resolve, reject) => {
          if (this.#socket.readyState !== WebSocket.OPEN) {
            reject(new Error(`${method}: the browser is gone`));
            return;
          }
          this.#lastId += 1;
          this.#waiting.set(this.#lastId, { method, resolve, reject });
          this.#socket.send(JSON.stringify({ id: this.#lastId, method, params, sessionId }));
        }),
    );
  }

  #receive({ id, method, params, result, error, sessionId }: Message): void {
    if (id === undefined) {
      const session = sessionId === undefined ? this.root : this.#sessions.get(sessionId);
      if (method !== undefined) session?.receive(method, params);
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`${waiting.method}: ${error.message}`));
  }
}
