import { type IncomingMessage, type ServerResponse } from 'node:http';
import { SECURITY_HEADERS, foreignRequest } from './web-security.ts';
import { SESSION_MAX_AGE_MS, type Sessions } from './web-session.ts';
import { type WebFile } from './web-files.ts';

/** A token has 64 characters; a body with more than that and some white space is none. */
const MAX_BODY_BYTES = 256;

/** What the HTTP side of the web transport needs to know. */
export interface WebHttpOptions {
  /** The port that the server listens on. */
  readonly port: () => number;
  readonly files: ReadonlyMap<string, WebFile>;
  readonly sessions: Sessions;
  readonly onSignIn: () => void;
}

/** Answers requests for the page's files, and `/session`, where a one-time token becomes a cookie. Everything else is refused. */
export function createWebHttp(options: WebHttpOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    response.setHeader('Cache-Control', 'no-store');
    const refusal = foreignRequest(request, options.port(), false);
    if (refusal !== undefined) {
      answer(request, response, 403, refusal);
      return;
    }
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const file = options.files.get(path);
    if (path === '/session') answerSession(request, response, options);
    else if (file === undefined) answer(request, response, 404, 'Lifeboat has no such page.');
    else answerFile(request, response, file);
  };
}

/** Whether the request carries the cookie of a good session. */
export function hasSession(request: IncomingMessage, port: number, sessions: Sessions): boolean {
  const prefix = `${cookieName(port)}=`;
  return (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .some((part) => part.startsWith(prefix) && sessions.has(part.slice(prefix.length)));
}

/** Cookies of one host are shared by all its ports, so the port is in the name. */
function cookieName(port: number): string {
  return `lifeboat-${port}`;
}

function answerFile(request: IncomingMessage, response: ServerResponse, file: WebFile): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuseMethod(request, response, 'GET, HEAD');
    return;
  }
  response.setHeader('Cache-Control', file.cacheControl);
  response.setHeader('ETag', file.etag);
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': file.contentType, 'Content-Length': file.body.length });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function answerSession(request: IncomingMessage, response: ServerResponse, options: WebHttpOptions): void {
  const port = options.port();
  switch (request.method) {
    case 'GET':
      if (hasSession(request, port, options.sessions)) response.writeHead(204).end();
      else answer(request, response, 401, 'This browser is not signed in to Lifeboat.');
      return;
    case 'POST':
      if (request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() !== 'text/plain') {
        answer(request, response, 415, 'The token is sent as text/plain.');
        return;
      }
      receiveBody(request, (body) => {
        if (body === undefined) {
          answer(request, response, 413, 'That is too long for a token.');
          return;
        }
        const id = options.sessions.redeem(body);
        if (id === undefined) {
          answer(request, response, 401, 'This address was used before. Lifeboat prints a new one.');
          return;
        }
        const maxAgeSeconds = SESSION_MAX_AGE_MS / 1000;
        response.setHeader(
          'Set-Cookie',
          `${cookieName(port)}=${id}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${maxAgeSeconds}`,
        );
        response.writeHead(204).end();
        options.onSignIn();
      });
      return;
    default:
      refuseMethod(request, response, 'GET, POST');
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
