import { connect } from 'node:net';
import { Tally, type Attack } from './attack.ts';
import { randomFrom, type Random } from './random.ts';
import { withTarget, type Target } from './web-target.ts';

/** Connections at the same time. */
const WORKERS = 8;
/** What is asked for longer is given up. */
const ANSWER_MS = 5000;

/**
 * Hostile HTTP requests at a web transport that runs on its own. Most are whole and have one hostile part, so that they get past the parser: a
 * method, path, host, origin, type, length, body or header; some have more, come twice, or are bytes at random. Nothing but
 * files of the page may be answered with 200, no request may be signed in, and at the end a signed-in browser still gets its page.
 */
export const fuzzHttp: Attack = ({ count, seed }) =>
  withTarget(async (target) => {
    const random = randomFrom(seed);
    const tally = new Tally();
    let left = count;
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const request = hostileRequest(random, target);
        judge(request, await exchange(target.port, request), target, tally);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    if (target.signIns() > 0) tally.lose(`${target.signIns()} sign-ins without a token`);
    if (!(await target.isWell())) tally.lose('a signed-in browser is no longer served');
    return tally.report();
  });

const METHODS = ['PUT', 'OPTIONS', 'CONNECT', 'TRACE', 'get', 'G\0T', ''];
const PATHS = ['/rpc', '/../../etc/passwd', '/%2e%2e/', '//', '*', '/__proto__', '/assets', '/session?', ''];
const TYPES = ['text/plain', 'multipart/form-data', 'application/json;x', ''];
/** One request in this many has a second hostile part, is sent twice, or is bytes at random. */
const RARE = 12;

/** A request before it is written as text. */
interface Parts {
  line: { method: string; path: string; version: string };
  headers: Map<string, string | number>;
  further: string[];
  body: string;
  end: string;
}

function hostileRequest(random: Random, { port }: Target): Buffer {
  if (random.below(RARE) === 0) return random.bytes(1 + random.below(400));
  const parts = wellFormed(random, port);
  for (let changes = random.below(RARE) === 0 ? 2 : 1; changes > 0; changes -= 1)
    random.pick(CHANGES)(parts, random, port);
  const { line, headers, further, body, end } = parts;
  const lines = [
    `${line.method} ${line.path} HTTP/${line.version}`,
    ...Array.from(headers, ([name, value]) => `${name}: ${value}`),
    ...further,
  ];
  const text = `${lines.join(end)}${end}${end}${body}`;
  return Buffer.from(random.below(RARE) === 0 ? text + text : text, 'latin1');
}

/** What a browser would send: for a file of the page, or a key that no token belongs to. */
function wellFormed(random: Random, port: number): Parts {
  const own = `127.0.0.1:${port}`;
  const isSignIn = random.below(2) === 0;
  const body = isSignIn ? JSON.stringify({ key: 'A'.repeat(87), proof: 'A'.repeat(43) }) : '';
  const headers = new Map<string, string | number>([['Host', own]]);
  if (isSignIn)
    headers
      .set('Origin', `http://${own}`)
      .set('Content-Type', 'application/json')
      .set('Content-Length', body.length);
  headers.set('Connection', 'close');
  const line = isSignIn
    ? { method: 'POST', path: '/session', version: '1.1' }
    : { method: random.pick(['GET', 'HEAD']), path: random.pick(['/', '/index.html']), version: '1.1' };
  return { line, headers, further: [], body, end: '\r\n' };
}

/** Each makes one part hostile. */
const CHANGES: readonly ((parts: Parts, random: Random, port: number) => void)[] = [
  ({ line }, random) => (line.method = random.pick(METHODS)),
  ({ line }, random) => (line.path = random.pick(PATHS)),
  ({ line }, random) => (line.path += random.bytes(random.below(60)).toString('base64')),
  ({ line }, random) => (line.version = random.pick(['1.0', '2', '9.9'])),
  ({ headers }, random, port) =>
    headers.set(
      'Host',
      random.pick(['evil.example', `localhost:${port}`, `127.0.0.1:${port}, evil.example`, '']),
    ),
  ({ further }) => further.push('Host: evil.example'),
  ({ headers }, random, port) =>
    headers.set(
      'Origin',
      random.pick(['http://evil.example', 'null', `http://127.0.0.1:${port}.evil`, 'http://127.0.0.1:1']),
    ),
  ({ headers }) => headers.delete('Origin'),
  ({ headers }, random) => headers.set('Content-Type', random.pick(TYPES)),
  ({ headers, body }, random) =>
    headers.set('Content-Length', random.pick([0, -1, 1e20, 'x', body.length + 1])),
  ({ headers }) => headers.set('Transfer-Encoding', 'chunked'),
  (parts, random) => {
    setBody(parts, random.bytes(random.below(240)).toString('latin1'));
  },
  (parts, random) => {
    setBody(parts, 'x'.repeat(random.below(6000)));
  },
  (parts, random) => {
    setBody(parts, random.pick(['{}', '{"key":null}', '[]', '"', '{"__proto__":{"key":1}}']));
  },
  (parts, random) => {
    setBody(parts, JSON.stringify({ key: `B${'A'.repeat(random.below(99))}`, proof: 'A'.repeat(43) }));
  },
  ({ headers }, random, port) => headers.set('Cookie', `lifeboat-${port}=${'A'.repeat(random.below(99))}`),
  ({ headers }) => headers.set('Service-Worker', 'script'),
  ({ headers }, random) => headers.set('If-None-Match', random.pick(['*', '""', `"${'A'.repeat(44)}"`])),
  ({ headers }, random) => headers.set('Range', random.pick(['bytes=0-0', 'bytes=-1', 'bytes=9-1'])),
  ({ headers }, random) => headers.set('X'.repeat(1 + random.below(9000)), 'y'),
  ({ headers }) => headers.set('Upgrade', 'websocket').set('Connection', 'Upgrade'),
  ({ further }) => further.push(' folded'),
  (parts) => (parts.end = '\n'),
];

function setBody(parts: Parts, body: string): void {
  parts.body = body;
  parts.headers.set('Content-Length', body.length);
}

/** Sends bytes and the end of them; returns all that comes back, or undefined when nothing closed the connection in time. */
function exchange(port: number, bytes: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => {
      socket.destroy();
      resolve(undefined);
    }, ANSWER_MS);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {
      // A reset is an answer as well.
    });
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.end(bytes);
  });
}

function judge(
  request: Buffer,
  answer: string | undefined,
  { isPage }: Pick<Target, 'isPage'>,
  tally: Tally,
): void {
  if (answer === undefined) {
    tally.add('no end');
    tally.lose(`a connection was not closed in time: ${quote(request)}`);
    return;
  }
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
  tally.add(answer === '' ? 'closed' : (status ?? 'no HTTP'));
  if (status === undefined && answer !== '') tally.lose(`an answer that is no HTTP to ${quote(request)}`);
  if (/^(5|101)/.test(status ?? '')) tally.lose(`${status ?? ''} for ${quote(request)}`);
  if (status === '200' && !isPage(answer)) tally.lose(`200 for ${quote(request)}`);
  if (/set-cookie/i.test(answer)) tally.lose(`a cookie for ${quote(request)}`);
}

function quote(request: Buffer): string {
  return JSON.stringify(request.toString('latin1').slice(0, 200));
}
