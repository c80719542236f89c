import { type IncomingMessage, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { type Log } from '#shared/contract/server.ts';
import { SIGN_IN_PATH, signInRequest } from '#shared/contract/web-sign-in.ts';
import { SECURITY_HEADERS, foreignRequest, isByName } from './web-security.ts';
import { type WebFile } from './web-files.ts';
import { type WebKeys } from './web-keys.ts';
import { httpAnswers, logLines } from '#shared/words/en/log.ts';

/** A key and its proof have 154 characters. */
const MAX_BODY_BYTES = 256;

/** What the HTTP side of the web transport needs to know. */
export interface WebHttpOptions {
  /** The port that the server listens on. */
  readonly port: () => number;
  readonly files: ReadonlyMap<string, WebFile>;
  /** Icons of applications, by the path of a request. */
  readonly icon?: (path: string) => WebFile | undefined;
  readonly keys: WebKeys;
  /** A browser has used this token up. */
  readonly onSignIn: (token: string) => void;
  readonly log: Log;
}

/**
 * A program that had this port before may have left a service worker in the browser, which would stand between the page and us for ever.
 * Lifeboat has none; the browser asks for a newer script of it here now and then, and gets one that takes itself away.
 */
const NO_SERVICE_WORKER = `self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.registration.unregister()));
`;

/** Answers requests for the page's files, and `/session`, where a one-time token registers a key. Everything else is refused. */
export function createWebHttp(options: WebHttpOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-store');
    const { method, url = '' } = request;
    const path = url.split('?', 1)[0] ?? '';
    if (method === 'GET' && url === '/' && isByName(request, options.port())) {
      // A browser may look for `localhost` on ::1 first, where any program may listen; and it keeps keys by the name of the host.
      response.writeHead(307, { Location: `http://127.0.0.1:${options.port()}/` }).end();
      return;
    }
    const refusal = foreignRequest(request, options.port(), path === SIGN_IN_PATH && method === 'POST');
    if (refusal !== undefined) {
      answer(request, response, 403, refusal);
      return;
    }
    const file = options.files.get(path) ?? options.icon?.(path);
    if (request.headers['service-worker'] === 'script') answerServiceWorker(response, options.log);
    else if (path === SIGN_IN_PATH) answerSignIn(request, response, options);
    else if (file === undefined) answer(request, response, 404, httpAnswers.noSuchPage);
    else answerFile(request, response, file);
  };
}

function answerFile(request: IncomingMessage, response: ServerResponse, file: WebFile): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuseMethod(request, response, 'GET, HEAD');
    return;
  }
  response.setHeader('Cache-Control', file.cacheControl);
  response.setHeader('ETag', file.etag);
  if (file.policy !== undefined) response.setHeader('Content-Security-Policy', file.policy);
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': file.contentType, 'Content-Length': file.body.length });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function answerServiceWorker(response: ServerResponse, log: Log): void {
  log(logLines.foreignWorker);
  response.writeHead(200, {
    'Content-Type': 'text/javascript; charset=utf-8',
    'Content-Length': Buffer.byteLength(NO_SERVICE_WORKER),
  });
  response.end(NO_SERVICE_WORKER);
}

function answerSignIn(request: IncomingMessage, response: ServerResponse, options: WebHttpOptions): void {
  if (request.method !== 'POST') {
    refuseMethod(request, response, 'POST');
    return;
  }
  if (request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    answer(request, response, 415, httpAnswers.keyType);
    return;
  }
  receiveBody(request, (body) => {
    if (body === undefined) {
      answer(request, response, 413, httpAnswers.keyTooLong);
      return;
    }
    const parsed = v.safeParse(signInRequest, parseJson(body));
    const signedIn = parsed.success ? options.keys.signIn(parsed.output) : undefined;
    if (signedIn === undefined) {
      answer(request, response, 401, httpAnswers.usedAddress);
      return;
    }
    const text = JSON.stringify(signedIn.answer);
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
    options.onSignIn(signedIn.token);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Calls back once with the whole body, or with undefined when it is too long; never when the client goes away before. */
function receiveBody(request: IncomingMessage, done: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) {
      chunks.push(chunk);
      return;
    }
    request.removeAllListeners('data').removeAllListeners('end');
    done(undefined);
  });
  request.on('end', () => {
    done(Buffer.concat(chunks).toString('latin1'));
  });
}

function refuseMethod(request: IncomingMessage, response: ServerResponse, allowed: string): void {
  response.setHeader('Allow', allowed);
  answer(request, response, 405, `Only ${allowed} here.`);
}

/** A refusal in one sentence. It ends the connection, so that nothing of what the request still sends is read. */
function answer(request: IncomingMessage, response: ServerResponse, status: number, sentence: string): void {
  const body = `${sentence}\n`;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
