import { describe, expect, it } from 'vitest';
import { serve } from '#shared/contract/server.ts';
import { strictHandlers } from '../../../helpers/fake-handlers.ts';

/** A server that is asked one thing; what it answers and logs. */
async function ask(message: unknown) {
  const sent: unknown[] = [];
  const log: string[] = [];
  let receive: (message: unknown) => void = () => undefined;
  serve(
    {
      send: (answer) => sent.push(answer),
      onMessage: (listener) => (receive = listener),
      onClose: () => undefined,
      close: () => undefined,
    },
    strictHandlers(),
    (line) => log.push(line),
  );
  receive(message);
  await new Promise(setImmediate);
  return { sent, log };
}

describe('what a hostile client puts into its messages', () => {
  it('reaches neither the log nor the answer as control characters', async () => {
    const { sent, log } = await ask({ id: 1, request: '\u001b[2J\u009b31m\n', input: {} });
    expect(log).toEqual(['refused the unknown request "\\x1b[2J\\x9b31m\\x0a"']);
    expect(sent).toMatchObject([
      { result: { error: { code: 'unknown-request', facts: { request: '\\x1b[2J\\x9b31m\\x0a' } } } },
    ]);
  });

  it('is cut when it is a long key', async () => {
    const { log } = await ask({ id: 1, request: 'watch.machine', input: { ['\u001b'.repeat(10_000)]: 1 } });
    expect(log).toHaveLength(1);
    expect(log[0]?.length).toBeLessThan(200);
    expect(log[0]).toMatch(/^refused watch\.machine: (\\x1b){19,}.*… is not known$/);
  });

  it('is not answered when it is no request at all', async () => {
    expect(await ask({ id: 1, request: 'x'.repeat(65), input: {} })).toMatchObject({ sent: [] });
  });
});
