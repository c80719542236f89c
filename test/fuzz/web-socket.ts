import { WebSocket } from 'ws';
import { Tally, type Attack } from './attack.ts';
import { randomFrom, type Random } from './random.ts';
import { withTarget, type Target } from './web-target.ts';

const WORKERS = 4;
/** In steps: where this program stands still for longer, it has still several turns to hear an answer. */
const ANSWER_STEPS = 5;
const ANSWER_STEP_MS = 1000;

/**
 * Hostile messages on WebSockets before sign-in and after it. Before it no handler is called and no connection is accepted; after it only
 * requests of the table are answered with a value, and the server stays.
 */
export const fuzzWebSocket: Attack = ({ count, seed }) =>
  withTarget(async (target) => {
    const random = randomFrom(seed);
    const tally = new Tally();
    let left = count;
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const outcome = await (random.below(2) === 0 ? unproved(target, random) : proved(target, random));
        tally.add(outcome);
        if (outcome.startsWith('lost:')) tally.lose(outcome);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    if (target.requests() > 0) tally.lose(`${target.requests()} requests reached a handler`);
    if (!(await target.isWell())) tally.lose('a signed-in browser is no longer served');
    return tally.report();
  });

/** Something that begins like a message of the protocol and goes wrong. */
function hostileMessage(random: Random, key: string): string | Buffer {
  const nonce = random.bytes(32).toString('base64url');
  return random.pick<string | Buffer>([
    random.bytes(random.below(200)),
    '',
    '{',
    'null',
    '[]',
    '{"__proto__":{"id":1}}',
    JSON.stringify({ keys: [key], nonce }),
    JSON.stringify({ keys: [key, key, key], nonce }),
    JSON.stringify({ keys: key, nonce }),
    JSON.stringify({ keys: [key], nonce: nonce.slice(1) }),
    JSON.stringify({ signature: random.bytes(64).toString('base64url') }),
    JSON.stringify({ welcome: true }),
    JSON.stringify({
      id: 1,
      request: random.pick(['constructor', '__proto__', '', 'x'.repeat(99)]),
      input: {},
    }),
    JSON.stringify({ id: random.pick([-1, 1.5, 2 ** 60]), request: 'watch.machine', input: {} }),
    'x'.repeat(2000),
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
  ]);
}

function patience(isOver: () => void): NodeJS.Timeout {
  let steps = 0;
  return setInterval(() => {
    steps += 1;
    if (steps === ANSWER_STEPS) isOver();
  }, ANSWER_STEP_MS);
}

/** Sends three messages; what counts is that the connection is closed and was never welcome. */
async function unproved(target: Target, random: Random): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${target.port}/rpc`, {
    headers: { origin: `http://127.0.0.1:${target.port}` },
  });
  const heard: string[] = [];
  const messages = [1, 2, 3].map(() => hostileMessage(random, target.browser.publicKey));
  return new Promise((resolve) => {
    const timer = patience(() => {
      socket.terminate();
      resolve('lost: a connection that proves nothing stays');
    });
    socket.on('message', (data: Buffer) => heard.push(data.toString('utf8')));
    socket.on('error', () => {
      // Followed by `close`.
    });
    socket.once('open', () => {
      for (const message of messages) socket.send(message);
      // Where all three were ignored the server waits for more; that is for its clock.
      socket.close();
    });
    socket.once('close', () => {
      clearInterval(timer);
      if (heard.some((text) => text.includes('"welcome"') || text.includes('"result"')))
        resolve(`lost: ${heard.join(' ')}`);
      else resolve(heard.length === 0 ? 'unproved: no answer' : 'unproved: refused');
    });
  });
}

/** Sends messages over a signed-in connection; each is refused or passed over, and the connection answers to the end. */
async function proved(target: Target, random: Random): Promise<string> {
  const socket = await target.open();
  const messages = Array.from({ length: 5 }, () => hostileMessage(random, target.browser.publicKey));
  return new Promise((resolve) => {
    const timer = patience(() => {
      socket.terminate();
      resolve('lost: a signed-in connection hangs');
    });
    const end = (outcome: string) => {
      clearInterval(timer);
      socket.terminate();
      resolve(outcome);
    };
    socket.on('error', () => {
      // Followed by `close`.
    });
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString('utf8')) as { id?: number; result?: { ok?: boolean } };
      if (answer.result?.ok === true) end(`lost: an answer to a hostile message: ${data.toString('utf8')}`);
      else if (answer.id === 77) end('signed in: refused');
    });
    socket.once('close', () => {
      end('lost: a signed-in connection was closed');
    });
    for (const message of messages) socket.send(message);
    socket.send(JSON.stringify({ id: 77, request: 'no such request', input: {} }));
  });
}
