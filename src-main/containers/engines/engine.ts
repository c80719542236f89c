import {
  agreedVersion,
  parseContainerList,
  parseInspect,
  type EngineFacts,
} from '#shared/containers/engine-answers.ts';
import { EVENT_FILTER, type EngineEvent } from '#shared/containers/engine-event.ts';
import { type EngineAccess } from '#shared/model/owners/container.ts';
import { fail, type Result } from '#shared/result.ts';
import { askOver, type Answer, type Ask, type NoAnswer } from './ask.ts';
import { followEvents, sinceText } from './event-stream.ts';
import { Inspections } from './inspections.ts';
import { Retry } from './retry.ts';
import { updateLimit, type WantedLimit } from './update-limit.ts';

/** What is heard from an engine. */
export interface EngineListener {
  /** Something that was known of a container has changed; it is new or gone where `of` says so. */
  readonly onChange: (id: string) => void;
  /** Right after a container was asked about since it has started. */
  readonly onStarted?: (id: string, facts: EngineFacts) => void;
  readonly onEvent?: (event: EngineEvent) => void;
}

export interface EngineOptions extends EngineListener {
  readonly socketPath: string;
  readonly engine: 'docker' | 'podman';
  readonly nowMs?: () => number;
}

/** Containers that have ended and are remembered: a machine that builds leaves thousands behind. */
const MOST_ENDED = 1_000;
/** Questions in a row without an answer, after which the engine counts as silent. */
const MOST_UNANSWERED = 3;
/** Events remembered, so that one that comes again after a reconnect counts once: engines keep 256 themselves. */
const MOST_HEARD = 512;

/**
 * One engine: lists its containers once, then hears of what happens to them, and asks about one only when it has started or was updated. It
 * asks nothing while nothing happens.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #ask: Ask;
  readonly #nowMs: () => number;
  readonly #retry: Retry;
  readonly #inspections: Inspections;
  readonly #facts = new Map<string, EngineFacts>();
  readonly #heard = new Set<string>();
  #access: EngineAccess | undefined;
  #prefix = '';
  #unanswered = 0;
  #lastEventNs: number | undefined;
  #closeStream: (() => void) | undefined;
  #state: 'idle' | 'running' | 'stopped' = 'idle';

  constructor(options: EngineOptions) {
    const { socketPath, nowMs = Date.now } = options;
    this.#options = options;
    this.#ask = askOver(socketPath);
    this.#nowMs = nowMs;
    this.#retry = new Retry(
      socketPath,
      () => {
        void this.#connect();
      },
      nowMs,
    );
    this.#inspections = new Inspections((id) => this.#inspect(id));
  }

  /** Absent where there is no socket. */
  get access(): EngineAccess | undefined {
    return this.#access;
  }

  /** What the engine says of a container; undefined where it knows none of that id, or has not been asked. */
  of(id: string): EngineFacts | undefined {
    return this.#facts.get(id);
  }

  all(): readonly EngineFacts[] {
    return [...this.#facts.values()];
  }

  /** Connects, and stays connected until `stop`. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    void this.#connect();
  }

  /** Lists the containers once, and with `details` asks about each, for a command that ends right after. */
  async learn(timeoutMs: number, details: boolean): Promise<void> {
    const list = (await this.#greet(timeoutMs)) ? await this.#list(timeoutMs) : undefined;
    for (const facts of list ?? []) {
      this.#facts.set(facts.id, facts);
      if (details) this.#inspections.add(facts.id);
    }
    await this.#inspections.idle();
  }

  /** Asks about a container that was seen and that no event has told of. */
  inspectSoon(id: string): void {
    if (this.#access?.state === 'connected' && this.#state === 'running') this.#inspections.add(id);
  }

  /** Changes the limits of a container; fails where the engine has not answered yet, or refuses. */
  update(id: string, wanted: WantedLimit): Promise<Result<null>> {
    const engine = this.#access?.engine ?? this.#options.engine;
    if (this.#prefix === '')
      return Promise.resolve(fail('engine-refused', { engine, why: 'unreachable', message: undefined }));
    return updateLimit({ ask: this.#ask, prefix: this.#prefix, engine }, id, wanted);
  }

  stop(): void {
    this.#state = 'stopped';
    this.#retry.stop();
    this.#inspections.clear();
    this.#closeStream?.();
  }

  async #connect(): Promise<void> {
    const sinceNs = this.#lastEventNs ?? this.#nowMs() * 1e6;
    this.#unanswered = 0;
    if (!(await this.#greet())) {
      this.#fail();
      return;
    }
    // Followed before the list is asked for: what happens in between is heard.
    this.#follow(sinceNs);
    const list = await this.#list();
    if (this.#isStopped()) return;
    const hasStream = this.#closeStream !== undefined;
    if (list === undefined || !hasStream) {
      this.#closeStream?.();
      if (!hasStream) this.#refused('silent');
      this.#fail();
      return;
    }
    this.#retry.connected();
    this.#take(list);
  }

  /** Learns which engine answers, and agrees on a version. */
  async #greet(timeoutMs?: number): Promise<boolean> {
    const { engine, socketPath } = this.#options;
    const answer = await this.#ask({ path: '/_ping', ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    if (typeof answer === 'string') return this.#refused(answer);
    const { headers, status } = answer;
    const apiVersion = agreedVersion(headers['api-version']);
    if (status !== 200 || apiVersion === undefined) return this.#refused('malformed');
    this.#prefix = `/v${apiVersion}`;
    const isPodman = headers['libpod-api-version'] !== undefined;
    const isDocker = !isPodman && String(headers['server']).startsWith('Docker/');
    this.#access = {
      engine: isPodman ? 'podman' : isDocker ? 'docker' : engine,
      address: socketPath,
      state: 'asking',
      apiVersion,
    };
    return true;
  }

  async #list(timeoutMs?: number): Promise<readonly EngineFacts[] | undefined> {
    const path = `${this.#prefix}/containers/json`;
    const answer = await this.#ask({ path, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    const list = typeof answer === 'string' ? undefined : parseContainerList(answer.body);
    if (list === undefined || (answer as Answer).status !== 200) {
      this.#refused(typeof answer === 'string' ? answer : 'malformed');
      return undefined;
    }
    if (this.#access !== undefined) this.#access = { ...this.#access, state: 'connected' };
    return list;
  }

  /** Always false. */
  #refused(why: NoAnswer): false {
    const { engine, socketPath: address } = this.#options;
    const state = why === 'denied' || why === 'malformed' ? why : 'silent';
    const isKnown = this.#access !== undefined;
    const before = this.#access ?? { engine, address, apiVersion: undefined };
    this.#access = why === 'absent' && !isKnown ? undefined : { ...before, state };
    return false;
  }

  #fail(): void {
    if (this.#isStopped()) return;
    this.#inspections.clear();
    // Where no socket has ever been, the next container that is seen is the time to look again.
    if (this.#access === undefined) this.#state = 'idle';
    else this.#retry.failed();
  }

  #follow(sinceNs: number): void {
    const { socketPath } = this.#options;
    const filter = this.#access?.engine === 'podman' ? '' : `&filters=${encodeURIComponent(EVENT_FILTER)}`;
    this.#closeStream = followEvents(
      socketPath,
      `${this.#prefix}/events?since=${sinceText(sinceNs)}${filter}`,
      {
        onEvent: (event) => {
          this.#hear(event);
        },
        onEnd: (why) => {
          this.#closeStream = undefined;
          if (this.#isStopped() || this.#access?.state !== 'connected') return;
          this.#refused(why);
          this.#fail();
        },
      },
    );
  }

  /** What runs now. What ran before and is not there has ended unheard. */
  #take(list: readonly EngineFacts[]): void {
    const listed = new Set(list.map(({ id }) => id));
    for (const [id, facts] of this.#facts) {
      if (!listed.has(id) && facts.state !== 'exited') this.#set(id, { ...facts, state: 'exited' });
    }
    for (const facts of list) {
      if (!this.#facts.has(facts.id)) this.#set(facts.id, facts);
      this.#inspections.add(facts.id);
    }
  }

  #hear(event: EngineEvent): void {
    const { id, kind, name, health, timeNs } = event;
    this.#lastEventNs = Math.max(this.#lastEventNs ?? 0, timeNs);
    const key = `${timeNs} ${kind} ${id}`;
    if (this.#heard.has(key)) return;
    if (this.#heard.size === MOST_HEARD) {
      const [oldest = ''] = this.#heard;
      this.#heard.delete(oldest);
    }
    this.#heard.add(key);
    const facts = this.#facts.get(id);
    this.#options.onEvent?.(event);
    // The answer that is on its way may be older than this.
    if (this.#inspections.isAsking(id)) this.#inspections.add(id);
    if (kind === 'removed') {
      if (this.#facts.delete(id)) this.#options.onChange(id);
    } else if (kind === 'started' || kind === 'updated' || facts === undefined) {
      if (kind !== 'died') this.#inspections.add(id);
    } else if (kind === 'renamed') this.#set(id, { ...facts, name: name ?? facts.name });
    else if (kind === 'died') this.#set(id, { ...facts, state: 'exited', mainPid: undefined });
    else if (kind === 'paused') this.#set(id, { ...facts, state: 'paused' });
    else if (kind === 'resumed') this.#set(id, { ...facts, state: 'running' });
    else if (kind === 'health') this.#set(id, { ...facts, health });
  }

  async #inspect(id: string): Promise<void> {
    const answer = await this.#ask({ path: `${this.#prefix}/containers/${id}/json` });
    if (this.#isStopped()) return;
    if (typeof answer === 'string') {
      this.#unanswered += 1;
      // The stream of an engine that hangs stays open.
      if (this.#unanswered >= MOST_UNANSWERED && this.#access?.state === 'connected') {
        this.#closeStream?.();
        this.#refused(answer);
        this.#fail();
      }
      return;
    }
    this.#unanswered = 0;
    const facts = answer.status === 200 ? parseInspect(answer.body) : undefined;
    if (facts?.id !== id) {
      if (answer.status === 404 && this.#facts.delete(id)) this.#options.onChange(id);
      return;
    }
    this.#set(id, facts);
    if (facts.state === 'running') this.#options.onStarted?.(id, facts);
  }

  #set(id: string, facts: EngineFacts): void {
    this.#facts.delete(id);
    this.#facts.set(id, facts);
    if (facts.state === 'exited') this.#forgetEnded();
    this.#options.onChange(id);
  }

  /** Those that were heard of last are the last ones. */
  #forgetEnded(): void {
    if (this.#facts.size <= MOST_ENDED) return;
    const ended = [...this.#facts].filter(([, { state }]) => state === 'exited');
    for (const [id] of ended.slice(0, ended.length - MOST_ENDED)) {
      this.#facts.delete(id);
      this.#options.onChange(id);
    }
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }
}
