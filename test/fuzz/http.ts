import { connect } from 'node:net';
import { Tally, type Attack } from './attack.ts';
import { randomFrom, type Random } from './random.ts';
import { withTarget, type Target } from './web-target.ts';

/** Connections at the same time. */
const WORKERS = 8;
/** What is asked for longer is given up. */
const ANSWER_MS = 5000;

/**
 * Hostile HTTP requests at a web transport that runs on its own: wrong lines, hosts, origins, lengths, bodies, several at once, and bytes at random. Nothing but
 * files of the page may be answered with 200, nobody may be signed in, and at the end a signed-in browser still gets its page.
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

const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'CONNECT', 'TRACE', 'get', 'G\0T', ''];
const PATHS = [
  '/',
  '/session',
  '/rpc',
  '/index.html',
  '/../../etc/passwd',
  '/%2e%2e/',
  '//',
  '*',
  '/__proto__',
  '/assets',
];
const TYPES = ['application/json', 'text/plain', 'multipart/form-data', 'application/json;x'];

function hostileRequest(random: Random, { port }: Target): Buffer {
  if (random.below(10) === 0) return random.bytes(1 + random.below(400));
  const own = `127.0.0.1:${port}`;
  const body = random.pick([
    '',
    '{}',
    '{"key":null}',
    JSON.stringify({ key: 'A'.repeat(87), proof: 'A'.repeat(43) }),
    JSON.stringify({ key: `B${'A'.repeat(86)}`, proof: 'A'.repeat(43), __proto__: 1 }),
    'x'.repeat(random.below(600)),
    random.bytes(random.below(200)).toString('latin1'),
  ]);
  const headers = [
    `Host: ${random.pick([own, own, own, 'evil.example', `localhost:${port}`, `${own}, evil.example`, ''])}`,
    ...maybe(
      random,
      `Origin: ${random.pick([`http://${own}`, 'http://evil.example', 'null', `http://${own}.evil`])}`,
    ),
    ...maybe(random, `Content-Type: ${random.pick(TYPES)}`),
    ...maybe(
      random,
      `Content-Length: ${random.pick([body.length, body.length, 0, -1, 1e20, 'x', body.length + 1])}`,
    ),
    ...maybe(random, 'Transfer-Encoding: chunked'),
    ...maybe(random, `Cookie: lifeboat-${port}=${'A'.repeat(43)}`),
    ...maybe(random, 'Service-Worker: script'),
    ...maybe(random, `${'X'.repeat(1 + random.below(9000))}: y`),
    ...maybe(random, ' folded'),
    'Connection: close',
  ];
  const line = `${random.pick(METHODS)} ${random.pick(PATHS)} HTTP/${random.pick(['1.1', '1.1', '1.0', '2', '9.9'])}`;
  const end = random.pick(['\r\n', '\r\n', '\r\n', '\n']);
  const text = `${[line, ...headers].join(end)}${end}${end}${body}`;
  return Buffer.from(random.below(8) === 0 ? text + text : text, 'latin1');
}

function maybe(random: Random, header: string): readonly string[] {
  return random.below(3) === 0 ? [header] : [];
}

/** Sends bytes and the end of them; answers with all that comes back, or undefined when nothing closed the connection in time. */
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

function judge(request: Buffer, answer: string | undefined, { isPage }: Target, tally: Tally): void {
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
