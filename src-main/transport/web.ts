import { type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { MAX_REQUEST_LENGTH } from '#shared/contract/changes.ts';
import { ok, type Result } from '#shared/result.ts';
import { serve, type Handlers, type Log } from '#shared/contract/server.ts';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { limitLog } from './log-limit.ts';
import { webSocketChannel } from './web-channel.ts';
import { readWebFiles } from './web-files.ts';
import { createWebHttp, hasSession } from './web-http.ts';
import { portFailure } from './web-port.ts';
import { foreignRequest } from './web-security.ts';
import { createSessions } from './web-session.ts';

/**
 * Not by an import: that reads every export of the module, `WebSocket` among them, and so loads all of undici, 12 MiB that nobody here uses
 * (Node 24, lib/http.js).
 */
const { createServer } = process.getBuiltinModule('node:http');

/** The one address that it listens on: nobody outside this machine reaches it. */
const HOST = '127.0.0.1';
/** The path of the WebSocket that carries the RPC. */
const RPC_PATH = '/rpc';
const MAX_HEADER_BYTES = 8 * 1024;
/** Screens at the same time, and TCP connections: a browser opens six for a page. */
const MAX_SCREENS = 16;
const MAX_CONNECTIONS = 128;
/** Lines a minute that one connection, and all that are refused together, may write into the log. */
const MAX_LOG_LINES = 20;

/** How long a client may take. A test makes them short. */
export interface WebTimeouts {
  /** From the connection to the end of the header. */
  readonly headersMs: number;
  /** From there to the end of the request. */
  readonly requestMs: number;
  /** How often the two are looked at. */
  readonly checkMs: number;
}
const TIMEOUTS: WebTimeouts = { headersMs: 10_000, requestMs: 15_000, checkMs: 5_000 };

export interface WebOptions {
  readonly handlers: Handlers;
  /** 0 takes any that is free. */
  readonly port: number;
  /** The built page. */
  readonly filesDir: string;
  /** Where sign-ins outlive the server. */
  readonly stateDir: string;
  readonly log: Log;
  /** Where to look for whoever has the port. */
  readonly files: KernelFiles;
  readonly nowMs: () => number;
  readonly randomBytes: (count: number) => Buffer;
  /** A browser has used its address up; the next one needs a new address. */
  readonly onSignIn?: () => void;
  readonly timeouts?: WebTimeouts;
}

/** A running web transport. */
export interface Web {
  readonly port: number;
  /** The address for a browser, with a token that signs in one browser once. */
  readonly address: string;
  /** A further address with a token of its own. */
  mintAddress(): string;
  /** Ends all connections, then the server. */
  close(): Promise<void>;
}

/**
 * Serves the page and the RPC to browsers on this machine. Whoever connects needs the cookie that the token of an address gives. Fails
 * with `not-found` when there is no built page, and with `port-unavailable` (and the system's errno) when the port cannot be had.
 */
export async function startWeb(options: WebOptions): Promise<Result<Web>> {
  const { handlers, log, nowMs, randomBytes } = options;
  const files = readWebFiles(options.filesDir);
  if (!files.ok) return files;
  const sessions = createSessions({
    file: join(options.stateDir, 'web-sessions.json'),
    nowMs,
    randomBytes,
    log,
  });
  const timeouts = options.timeouts ?? TIMEOUTS;
  const refusalLog = limitLog(log, MAX_LOG_LINES, nowMs);
  const screens = new Set<WebSocket>();
  let port = options.port;

  const http = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: timeouts.headersMs,
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: timeouts.checkMs,
    },
    createWebHttp({
      port: () => port,
      files: files.value,
      sessions,
      onSignIn: () => options.onSignIn?.(),
    }),
  );
  http.maxConnections = MAX_CONNECTIONS;
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_REQUEST_LENGTH,
    perMessageDeflate: false,
  });

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refuseUpgrade(request);
    if (refusal !== undefined) {
      refusalLog(`refused a connection: ${refusal}`);
      socket.on('error', () => socket.destroy());
      socket.once('finish', () => socket.destroy());
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      screens.add(webSocket);
      webSocket.on('close', () => screens.delete(webSocket));
      const ownLog = limitLog(log, MAX_LOG_LINES, nowMs);
      serve(webSocketChannel(webSocket, ownLog), handlers, ownLog);
    });
  });

  /** The status line of the refusal; undefined when the connection is welcome. */
  function refuseUpgrade(request: IncomingMessage): string | undefined {
    if (foreignRequest(request, port, true) !== undefined) return '403 Forbidden';
    if (request.url !== RPC_PATH) return '404 Not Found';
    if (!hasSession(request, port, sessions)) return '401 Unauthorized';
    if (screens.size >= MAX_SCREENS) return '503 Service Unavailable';
    return undefined;
  }

  const listening = await listen();
  if (!listening.ok) return listening;
  port = listening.value;
  const mintAddress = () => `http://${HOST}:${port}/#token=${sessions.mintToken()}`;
  return ok({
    port,
    address: mintAddress(),
    mintAddress,
    close() {
      for (const screen of screens) screen.close(1001);
      return new Promise<void>((resolve) => {
        // A browser answers the closing handshake at once; who does not is cut off.
        const cutOff = setTimeout(() => {
          for (const screen of screens) screen.terminate();
          http.closeAllConnections();
        }, 200);
        http.close(() => {
          clearTimeout(cutOff);
          resolve();
        });
      });
    },
  });

  function listen(): Promise<Result<number>> {
    return new Promise((resolve) => {
      http.once('error', (error: NodeJS.ErrnoException) => {
        resolve(portFailure(options.port, error.code ?? error.message, options.files));
      });
      http.listen({ host: HOST, port: options.port, exclusive: true }, () => {
        resolve(ok((http.address() as AddressInfo).port));
      });
    });
  }
}
