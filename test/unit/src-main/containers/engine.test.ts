import { describe, expect, it, onTestFinished } from 'vitest';
import { Engine } from '../../../../src-main/containers/engines/engine.ts';
import { FakeEngine, until, idOf, type FakeEngineOptions } from '../../../helpers/containers/fake-engine.ts';

/** A fake engine that listens, and a client of it that was started. */
async function connected(options: FakeEngineOptions = {}, containers = 2) {
  const fake = new FakeEngine(options);
  for (let number = 1; number <= containers; number += 1) {
    fake.containers.set(idOf(number), { id: idOf(number), name: `shop-db-${number}`, memory: 64 << 20 });
  }
  await fake.listen();
  const engine = open(fake);
  engine.start();
  return { fake, engine };
}

function open({ socketPath }: Pick<FakeEngine, 'socketPath'>) {
  const engine = new Engine({ socketPath, engine: 'docker', onChange: () => undefined });
  onTestFinished(() => {
    engine.stop();
  });
  return engine;
}

const memoryOf = (engine: Engine, number: number) => engine.of(idOf(number))?.limitsAsked?.memoryBytes;

describe('an engine', () => {
  it('is asked once for its list and once for each container, in the version that both know', async () => {
    const { fake, engine } = await connected();
    await until(() => memoryOf(engine, 1) !== undefined && memoryOf(engine, 2) !== undefined);
    expect(engine.of(idOf(1))).toMatchObject({ name: 'shop-db-1', state: 'running' });
    expect(engine.access).toMatchObject({ engine: 'docker', state: 'connected', apiVersion: '1.41' });
    const paths = fake.requests.map((request) => request.replace(/\?.*/, '')).sort();
    expect(paths).toEqual([
      'GET /_ping',
      `GET /v1.41/containers/${idOf(1)}/json`,
      `GET /v1.41/containers/${idOf(2)}/json`,
      'GET /v1.41/containers/json',
      'GET /v1.41/events',
    ]);
  });

  it('is asked nothing while nothing happens, and once about a container that starts or is updated', async () => {
    const { fake, engine } = await connected();
    await until(() => memoryOf(engine, 2) !== undefined && fake.followers === 1);
    const before = fake.requests.length;
    // Long enough for any loop: a turn of the event loop is enough for a client that asks again at once.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(fake.requests.length).toBe(before);
    const id = idOf(3);
    fake.containers.set(id, { id, name: 'new', restart: 'always' });
    fake.event('start', id);
    await until(() => engine.of(id)?.restartPolicy === 'always');
    fake.containers.set(id, { id, name: 'new', memory: 32 << 20 });
    fake.event('update', id);
    await until(() => memoryOf(engine, 3) === 32 << 20);
    fake.event('rename', id, { name: 'renamed' });
    fake.event('health_status: unhealthy', id);
    fake.event('die', id, { exitCode: '137' });
    await until(() => engine.of(id)?.state === 'exited');
    expect(engine.of(id)).toMatchObject({ name: 'renamed', health: 'unhealthy' });
    fake.event('destroy', id);
    await until(() => engine.of(id) === undefined);
    expect(fake.requests.slice(before)).toEqual(Array<string>(2).fill(`GET /v1.41/containers/${id}/json`));
  });

  it('is known as Podman by its own answer, whatever the socket is called', async () => {
    const { engine } = await connected({ headers: { 'Libpod-Api-Version': '4.3.1' } });
    await until(() => engine.access?.state === 'connected');
    expect(engine.access?.engine).toBe('podman');
  });

  it('is heard again after a restart, from the last event on, and what ended meanwhile has ended', async () => {
    const { fake, engine } = await connected();
    await until(() => memoryOf(engine, 2) !== undefined && fake.followers === 1);
    fake.event('update', idOf(1), {}, 1_796_068_173_179_573_048);
    await until(() => fake.requests.length === 6);
    await fake.close();
    await until(() => engine.access?.state === 'silent');
    fake.containers.delete(idOf(1));
    const before = fake.requests.length;
    await fake.listen();
    await until(() => engine.access?.state === 'connected');
    expect(engine.of(idOf(1))?.state).toBe('exited');
    expect(engine.of(idOf(2))?.state).toBe('running');
    const events = fake.requests.slice(before).find((request) => request.includes('/events'));
    expect(events).toContain('since=1796068173.17957');
  });

  it('counts an event that comes again after a reconnect once', async () => {
    const fake = new FakeEngine();
    await fake.listen();
    const kinds: string[] = [];
    const { socketPath } = fake;
    const onEvent = ({ kind }: { readonly kind: string }) => kinds.push(kind);
    const engine = new Engine({ socketPath, engine: 'docker', onChange: () => undefined, onEvent });
    onTestFinished(() => {
      engine.stop();
    });
    engine.start();
    await until(() => fake.followers === 1);
    const at = 1_796_068_173_179_573_000;
    fake.event('oom', idOf(1), {}, at);
    fake.event('oom', idOf(1), {}, at);
    fake.event('oom', idOf(1), {}, at + 1e6);
    await until(() => kinds.length === 2);
    expect(kinds).toEqual(['oom', 'oom']);
  });

  it('loses none of 200 containers that start at once and end at once', async () => {
    const { fake, engine } = await connected({}, 0);
    await until(() => engine.access?.state === 'connected' && fake.followers === 1);
    const ids = Array.from({ length: 200 }, (_, number) => idOf(number + 1));
    for (const id of ids) {
      fake.containers.set(id, { id, name: `c${id.slice(0, 4)}` });
      fake.event('start', id);
    }
    await until(() => ids.every((id) => engine.of(id)?.state === 'running'));
    for (const id of ids) {
      fake.event('die', id, { exitCode: '0' });
      fake.containers.delete(id);
      fake.event('destroy', id);
    }
    await until(() => engine.all().length === 0);
    expect(
      fake.requests.filter((request) => request.endsWith('/json') && !request.includes('containers/json')),
    ).toHaveLength(200);
  });

  it('is absent where there is no socket', async () => {
    const engine = open(new FakeEngine());
    engine.start();
    await engine.learn(1_000, false);
    expect(engine.access).toBeUndefined();
  });

  it('answers a command that only wants names with a list', async () => {
    const { fake } = await connected();
    const command = open(fake);
    await command.learn(1_000, false);
    expect(command.of(idOf(2))?.name).toBe('shop-db-2');
  });
});

const GARBAGE = '\u0000\u001b[2J not json at all\n';

describe('what is no engine', () => {
  it.each([
    ['answers a ping without a version', '/_ping', 'OK'],
    ['lists no list', '/containers/json', '{"message":"x"}'],
    ['lists garbage', '/containers/json', GARBAGE],
    ['lists nothing but brackets', '/containers/json', '['.repeat(1 << 16)],
  ])('and %s has a clear state, and is asked later and later', async (_, path, body) => {
    const { fake, engine } = await connected({
      instead: ({ url = '' }, response) => {
        if (!url.includes(path)) return false;
        response.end(body);
        return true;
      },
    });
    await until(() => engine.access?.state === 'malformed');
    const pings = () => fake.requests.filter((request) => request.includes('_ping')).length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    // At once, and after 250 ms.
    expect(pings()).toBeLessThanOrEqual(2);
  });

  it('and writes no HTTP is malformed', async () => {
    const { engine } = await connected({
      instead: (_, response) => {
        response.socket?.end('\u0001\u0002 220 hello\r\n\r\n');
        return true;
      },
    });
    await until(() => engine.access?.state === 'malformed');
  });

  it('and writes garbage into the events is left, and asked later', async () => {
    const { fake, engine } = await connected();
    await until(() => engine.access?.state === 'connected' && fake.followers === 1);
    fake.write(GARBAGE.repeat(100));
    await until(() => engine.access?.state === 'malformed');
    expect(engine.of(idOf(1))?.name).toBe('shop-db-1');
  });

  it('and writes a line without end is left before it fills the memory', async () => {
    const { fake, engine } = await connected();
    await until(() => engine.access?.state === 'connected' && fake.followers === 1);
    fake.write('x'.repeat((1 << 20) + 1));
    await until(() => engine.access?.state === 'malformed');
  });

  it('and ends the stream of events at once is silent', async () => {
    const { engine } = await connected({
      instead: ({ url = '' }, response) => {
        if (url.includes('/events')) response.end();
        return url.includes('/events');
      },
    });
    await until(() => engine.access?.state === 'silent');
  });

  it('and answers half a list, then hangs up, is silent', async () => {
    const { engine } = await connected({
      instead: ({ url = '' }, response) => {
        if (!url.includes('/containers/json')) return false;
        response.writeHead(200, { 'Content-Length': 1_000 });
        response.write('[{"Id":');
        setTimeout(() => response.destroy(), 10);
        return true;
      },
    });
    await until(() => engine.access?.state === 'silent');
  });

  it('and never ends its answer is given up in time', async () => {
    const { fake } = await connected({ instead: ({ url = '' }) => url.includes('/containers/json') });
    const command = open(fake);
    await command.learn(100, false);
    expect(command.access?.state).toBe('silent');
  });

  it('and answers an inspection with another container is not believed', async () => {
    const { engine } = await connected({
      instead: ({ url = '' }, response) => {
        if (!url.endsWith(`${idOf(1)}/json`)) return false;
        response.end(JSON.stringify({ Id: idOf(2), Name: '/evil' }));
        return true;
      },
    });
    await until(() => memoryOf(engine, 2) !== undefined);
    expect(engine.of(idOf(2))?.name).toBe('shop-db-2');
    expect(engine.of(idOf(1))?.name).toBe('shop-db-1');
  });
});
