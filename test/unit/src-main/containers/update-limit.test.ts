import { describe, expect, it } from 'vitest';
import { parseUpdateAnswer } from '#shared/containers/engine-refusals.ts';
import { askOver } from '../../../../src-main/containers/engines/ask.ts';
import { updateLimit } from '../../../../src-main/containers/engines/update-limit.ts';
import { FakeEngine, idOf } from '../../../helpers/containers/fake-engine.ts';

const ID = idOf(1);
const WANTED = { memoryBytes: 1 << 27, memorySwapBytes: 1 << 28 };

/** An engine that keeps what it is asked to update. */
async function updating(status = 200, body: unknown = { Warnings: [] }) {
  const bodies: unknown[] = [];
  const fake = new FakeEngine({
    instead: (request, response) => {
      if (request.method !== 'POST') return false;
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString('utf8')));
      request.on('end', () => {
        bodies.push(JSON.parse(text));
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      });
      return true;
    },
  });
  fake.containers.set(ID, { id: ID, name: 'a', restart: 'always' });
  await fake.listen();
  const update = (engine: 'docker' | 'podman', id = ID) =>
    updateLimit({ ask: askOver(fake.socketPath), prefix: '/v1.41', engine }, id, WANTED);
  return { fake, bodies, update };
}

describe('a limit by an engine', () => {
  it('sends both limits to Docker, and to Podman its own restart policy with them', async () => {
    const { bodies, update } = await updating();
    expect(await update('docker')).toEqual({ ok: true, value: null });
    expect(await update('podman')).toEqual({ ok: true, value: null });
    const both = { Memory: 1 << 27, MemorySwap: 1 << 28 };
    expect(bodies).toEqual([both, { ...both, RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } }]);
  });

  it('says when the container is gone, and when nothing answers', async () => {
    const { fake, update } = await updating();
    expect(await update('docker', idOf(9))).toMatchObject({ error: { facts: { why: 'gone' } } });
    await fake.close();
    expect(await update('docker')).toMatchObject({ error: { facts: { why: 'unreachable' } } });
  });

  // The messages are Docker's, as its source and the real engine have them.
  it.each([
    [400, 'Minimum memory limit allowed is 6MB', 'too-small'],
    [400, 'Minimum memoryswap limit should be larger than memory limit, see usage', 'swap-below-memory'],
    [
      400,
      'Minimum memory limit can not be less than memory reservation limit, see usage',
      'below-reservation',
    ],
    [
      409,
      `Cannot update container ${ID}: Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time`,
      'swap-not-sent',
    ],
    [
      409,
      'Cannot update container x: Restart policy cannot be updated because AutoRemove is enabled for the container',
      'auto-remove',
    ],
    [404, `No such container: ${ID}`, 'gone'],
    [
      500,
      'Cannot update container x: runc did not terminate successfully: exit status 1: unable to set memory limit to 6291456 (current usage: 67108864, peak usage: 67108864)',
      'in-use',
    ],
    [404, 'Not Found', 'too-old'],
    [405, 'Method Not Allowed', 'too-old'],
    [500, 'something else', 'other'],
  ])('knows %i %s as %s', (status, message, why) => {
    expect(parseUpdateAnswer(status, { message })).toEqual({ why, message });
  });

  it('is refused without a message by an answer that is none', async () => {
    const { update } = await updating(500, '<html>');
    expect(await update('docker')).toEqual({
      ok: false,
      error: { code: 'engine-refused', facts: { engine: 'docker', why: 'other' } },
    });
  });
});
