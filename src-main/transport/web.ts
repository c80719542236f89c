import { type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { MAX_REQUEST_LENGTH } from '#shared/contract/change.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { serve, type Handlers, type Log } from '#shared/contract/server.ts';
import { RPC_PATH, type Right } from '#shared/contract/web-sign-in.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { readSelfLimits } from '../proc/pid/self-limits.ts';
import { limitLog } from './log-limit.ts';
import { webSocketChannel } from './web-channel.ts';
import { createDoor } from './web-door.ts';
import { readWebFiles } from './web-files.ts';
import { createWebHttp } from './web-http.ts';
import { webIcons, type IconSource } from './web-icons.ts';
import { createWebKeys } from './web-keys.ts';
import { Places, type PhaseTimes } from './web-places.ts';
import { awaitProof } from './web-proof.ts';
import { foreignRequest } from './web-security.ts';
import { acceptedUsers, PeerUsers } from './web-users.ts';
import { makeRoom } from '../proc/descriptors.ts';
import { logLines } from '#shared/words/en/log.ts';

/**
 * Not by an import: that reads every export of the module, `WebSocket` among them, and so loads all of undici, 12 MiB that are not used
 * here (Node 24, lib/http.js).
 */
const { createServer } = process.getBuiltinModule('node:http');
const { createServer: createListener } = process.getBuiltinModule('node:net');

/** Descriptors that are free for connections which come at once. */
const SOCKETS = 8;

/** The only address that it listens on: it is not reachable from other machines. */
const HOST = '127.0.0.1';
const MAX_HEADER_BYTES = 8 * 1024;
/** Pages at the same time that have proved that they belong. */
const MAX_SCREENS = 16;
/** RFC 6455, registry of close codes. */
const TRY_AGAIN_LATER = 1013;
/** Connections that have not, with a place and waiting for one. A browser opens six for a page. */
const MAX_STRANGERS = { places: 64, waiting: 192 };
/** Connections of which the owner is not known yet. */
const MAX_UNKNOWN = 256;
/** Of the files that may be open, strangers get a quarter. */
const STRANGERS_SHARE = 1 / 4;
/** Time that an unused connection stays open, as announced to browsers, in milliseconds; they close it themselves before that. */
const KEEP_ALIVE_MS = 1000;
/** Lines a minute that one connection, and all that are refused together, may write into the log. */
const MAX_LOG_LINES = 20;

/**
 * A whole request is here within two seconds or never: browsers send theirs at once. A busy machine takes longer to read an answer. While
 * others wait for a place it is shorter: what they wait is the time in which a request comes, which is then there with the place.
 */
const TIMES = {
  longest: { asking: 2000, answering: 15_000, proving: 10_000 },
  whileOthersWait: { asking: 20, answering: 2000, proving: 500 },
} as const;

export interface WebOptions {
  readonly handlers: Handlers;
  /** 0 takes any that is free. */
  readonly port: number;
  /** The built page. */
  readonly filesDir: string;
  /** The icons of applications. */
  readonly icons?: IconSource;
  /** What a page may do: its key is good for that alone. */
  readonly right: Right;
  /** Where sign-ins outlive the server. */
  readonly stateDir: string;
  readonly log: Log;
  /** Where the kernel lists the owners of connections. */
  readonly files: KernelFiles;
  readonly nowMs: () => number;
  readonly randomBytes: (count: number) => Buffer;
  /** A browser has used this address up; the next one needs a new address. */
  readonly onSignIn?: (address: string) => void;
  /** The users whose programs may connect; by default the user who runs this, and root. */
  readonly users?: ReadonlySet<number>;
  /** A test makes them short. */
  readonly longest?: PhaseTimes;
}

/** A running web transport. */
export interface Web {
  readonly port: number;
  /** The address for a browser, with a token that signs in one browser once. */
  readonly address: string;
  /** A further address with a token of its own. `lifeMs`: how long it is valid. */
  mintAddress(lifeMs?: number): string;
  /** Ends all connections, then the server. */
  close(): Promise<void>;
}

/**
 * Serves the page and the RPC to browsers on this machine. A browser needs a key that was registered with the token of an address. Fails
 * with `not-found` when there is no built page, and with `port-unavailable` (and the system's errno) when the port cannot be had.
 */
export async function startWeb(options: WebOptions): Promise<Result<Web>> {
  const { handlers, log, nowMs, randomBytes } = options;
  const files = readWebFiles(options.filesDir);
  if (!files.ok) return files;
  const refusalLog = limitLog(log, MAX_LOG_LINES, nowMs);
  const screens = new Set<WebSocket>();
  let port = options.port;
  const keys = createWebKeys({
    file: join(options.stateDir, 'web-keys.json'),
    port: () => port,
    right: options.right,
    nowMs,
    randomBytes,
    log,
  });
  const addressWith = (token: string) => `http://${HOST}:${port}/#token=${token}`;

  const http = createServer(
    // Times are the door's.
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: 0,
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    createWebHttp({
      port: () => port,
      files: files.value,
      ...(options.icons === undefined ? {} : { icon: webIcons(options.icons) }),
      keys,
      onSignIn: (token) => options.onSignIn?.(addressWith(token)),
      log: refusalLog,
    }),
  );
  const { env } = process;
  const share = strangersShare(options.files);
  const clockMs = () => performance.now();
  const door = createDoor({
    http,
    places: new Places({
      places: atLeastOne(MAX_STRANGERS.places * share),
      waiting: atLeastOne(MAX_STRANGERS.waiting * share),
      ...TIMES,
      ...(options.longest !== undefined && { longest: options.longest }),
    }),
    peers: new PeerUsers({
      files: options.files,
      nowMs: clockMs,
      schedule: setTimeout,
      mostWaiting: atLeastOne(MAX_UNKNOWN * share),
    }),
    users: options.users ?? acceptedUsers(process.getuid?.() ?? NaN, env['SUDO_UID'], options.files),
    nowMs: clockMs,
    log: refusalLog,
  });
  // Nothing is read before the door knows whose it is.
  // The system closes a connection for which there is no descriptor without a word: each one makes room for the next.
  const listener = createListener({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (socket) => {
    makeRoom(SOCKETS);
    door.knock(socket);
  });
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_REQUEST_LENGTH,
    perMessageDeflate: false,
  });

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refuseUpgrade(request);
    if (refusal !== undefined) {
      refusalLog(logLines.refusedConnection(refusal));
      socket.on('error', () => socket.destroy());
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      door.prove(socket);
      awaitProof(webSocket, keys, {
        onProved: () => {
          letIn(webSocket, socket);
        },
        onRefused: (why) => {
          refusalLog(logLines.refusedConnection(why));
        },
      });
    });
  });

  function letIn(webSocket: WebSocket, socket: Duplex): void {
    if (screens.size >= MAX_SCREENS) {
      webSocket.close(TRY_AGAIN_LATER);
      return;
    }
    door.admit(socket);
    screens.add(webSocket);
    webSocket.on('close', () => screens.delete(webSocket));
    webSocket.send(JSON.stringify({ welcome: true }));
    const ownLog = limitLog(log, MAX_LOG_LINES, nowMs);
    serve(webSocketChannel(webSocket, ownLog), handlers, ownLog);
  }

  /** The status line of the refusal; undefined when the connection is welcome. */
  function refuseUpgrade(request: IncomingMessage): string | undefined {
    if (foreignRequest(request, port, true) !== undefined) return '403 Forbidden';
    if (request.url !== RPC_PATH) return '404 Not Found';
    if (screens.size >= MAX_SCREENS) return '503 Service Unavailable';
    return undefined;
  }

  const listening = await listen();
  if (!listening.ok) return listening;
  port = listening.value;
  const mintAddress = (lifeMs?: number) => addressWith(keys.mintToken(lifeMs));
  return ok({
    port,
    address: mintAddress(),
    mintAddress,
    close() {
      for (const screen of screens) screen.close(1001);
      return new Promise<void>((resolve) => {
        // A browser answers the closing handshake at once; a client that does not is cut off.
        const cutOff = setTimeout(() => {
          for (const screen of screens) screen.terminate();
          door.closeAll();
        }, 200);
        listener.close(() => {
          clearTimeout(cutOff);
          resolve();
        });
      });
    },
  });

  function listen(): Promise<Result<number>> {
    return new Promise((resolve) => {
      listener.once('error', (error: NodeJS.ErrnoException) => {
        resolve(fail('port-unavailable', { port: options.port, errno: error.code ?? error.message }));
      });
      makeRoom(SOCKETS);
      listener.listen({ host: HOST, port: options.port, exclusive: true }, () => {
        resolve(ok((listener.address() as AddressInfo).port));
      });
    });
  }
}

/** How much of their places strangers get: all of them, or less where few files may be open. */
function strangersShare(files: KernelFiles): number {
  const limits = readSelfLimits(files);
  const most = MAX_STRANGERS.places + MAX_STRANGERS.waiting;
  return limits.ok ? Math.min(1, (limits.value.openFilesSoft * STRANGERS_SHARE) / most) : 1;
}

function atLeastOne(count: number): number {
  return Math.max(1, Math.floor(count));
}
