import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/** What a container is, as far as a test says. */
export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly memory?: number;
  readonly memorySwap?: number;
  readonly restart?: string;
  readonly pid?: number;
}

/** Waits for what the engine, in this process, is about to cause. */
export function until(condition: () => boolean): Promise<unknown> {
  return vi.waitUntil(condition, { interval: 2, timeout: 10_000 });
}

/** An id of 64 digits that is easy to tell from others. */
export function idOf(number: number): string {
  return number.toString(16).padStart(4, '0').repeat(16);
}

export interface FakeEngineOptions {
  readonly apiVersion?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers in the place of the engine; true when it has. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/**
 * Listens on a Unix socket and answers as Docker Engine 20.10 does, in the fields that are read; the shapes are those that the real one
 * gave (the tests of real engines hold them to it).
 */
export class FakeEngine {
  readonly socketPath = join(mkdtempSync(join(tmpdir(), 'lifeboat-engine-')), 'docker.sock');
  readonly containers = new Map<string, FakeContainer>();
  /** Every request that was made: `GET /v1.41/containers/json`. */
  readonly requests: string[] = [];
  readonly bodies: string[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #options: FakeEngineOptions;
  #server: ReturnType<typeof createServer> | undefined;
  #timeNs = Date.now() * 1e6;

  constructor(options: FakeEngineOptions = {}) {
    this.#options = options;
    onTestFinished(async () => {
      await this.close();
      rmSync(join(this.socketPath, '..'), { recursive: true, force: true });
    });
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      this.requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
      if (this.#options.instead?.(request, response) !== true) this.#answer(request, response);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.socketPath, resolve));
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    this.#streams.clear();
    await new Promise((resolve) => server.close(resolve));
  }

  /** Clients that follow the events now. */
  get followers(): number {
    return this.#streams.size;
  }

  /** Sends an event of a container; its attributes are as the engine gives them. */
  event(
    action: string,
    id: string,
    attributes: Readonly<Record<string, string>> = {},
    timeNs?: number,
  ): void {
    this.#timeNs += 1e6;
    const at = timeNs ?? this.#timeNs;
    const name = this.containers.get(id)?.name ?? 'gone';
    const line = {
      ...{ Type: 'container', Action: action, scope: 'local', time: Math.floor(at / 1e9), timeNano: at },
      Actor: { ID: id, Attributes: { image: 'lb', name, ...attributes } },
    };
    this.write(`${JSON.stringify(line)}\n`);
  }

  /** Sends any bytes to all who follow the events. */
  write(text: string): void {
    for (const stream of this.#streams) stream.write(text);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { apiVersion = '1.41', headers = { Server: 'Docker/20.10.24+dfsg1 (linux)' } } = this.#options;
    const url = request.url ?? '';
    const path = url.replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '');
    const json = (status: number, body: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Api-Version': apiVersion });
      response.end(JSON.stringify(body));
    };
    if (path === '/_ping') {
      response.writeHead(200, { 'Api-Version': apiVersion, ...headers });
      response.end('OK');
    } else if (path === '/events') {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.flushHeaders();
      this.#streams.add(response);
      response.on('close', () => this.#streams.delete(response));
    } else if (path === '/containers/json') {
      json(200, [...this.containers.values()].map(listed));
    } else {
      const id = /^\/containers\/([^/]+)\/json$/.exec(path)?.[1] ?? '';
      const found = this.containers.get(id);
      if (found === undefined) json(404, { message: `No such container: ${id}` });
      else json(200, inspected(found));
    }
  }
}

function listed({ id, name, labels = {} }: FakeContainer) {
  return { Id: id, Names: [`/${name}`], Image: 'lb', Labels: labels, State: 'running', Status: 'Up 2 hours' };
}

function inspected({
  id,
  name,
  labels = {},
  memory = 0,
  memorySwap = 0,
  restart = 'no',
  pid = 0,
}: FakeContainer) {
  return {
    Id: id,
    Name: `/${name}`,
    RestartCount: 0,
    State: { Status: 'running', Running: true, OOMKilled: false, Pid: pid },
    Config: { Image: 'lb', Labels: labels },
    HostConfig: {
      ...{ Memory: memory, MemorySwap: memorySwap, MemoryReservation: 0, OomScoreAdj: 0 },
      ...{ RestartPolicy: { Name: restart, MaximumRetryCount: 0 }, OomKillDisable: null },
    },
  };
}
