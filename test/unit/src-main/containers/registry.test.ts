import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cgroupName } from '#shared/words/en/cgroup-name.ts';
import { forgetContainerNames } from '#shared/containers/known-names.ts';
import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EnginePlace } from '../../../../src-main/containers/engines/places.ts';
import { ContainerRegistry, type Reading } from '../../../../src-main/containers/registry.ts';
import { engineFolders } from '../../../../src-main/containers/without-engine/names-in-files.ts';
import { FakeEngine, until, idOf } from '../../../helpers/containers/fake-engine.ts';

const ID = idOf(1);
const PATH = `/docker/${ID}`;

/** A tree of cgroups in a folder, and a registry that reads it. */
function stage(places: readonly EnginePlace[]) {
  const mountPoint = mkdtempSync(join(tmpdir(), 'lifeboat-cgroups-'));
  const files = { proc: `${mountPoint}/proc`, sys: `${mountPoint}/sys`, etc: `${mountPoint}/etc` };
  const host = {
    cgroups: { version: 2, memoryRoot: '/' },
    memoryMount: { version: 2, mountPoint },
  } as const;
  const registry = new ContainerRegistry({
    files,
    host,
    places: () => places,
    folders: engineFolders(mountPoint, `${mountPoint}/home`),
  });
  onTestFinished(() => {
    registry.close();
    forgetContainerNames();
    rmSync(mountPoint, { recursive: true, force: true });
  });
  return {
    registry,
    make: (path: string, kills: number) => {
      mkdirSync(`${mountPoint}${path}`, { recursive: true });
      writeFileSync(`${mountPoint}${path}/memory.events`, `oom ${kills}\noom_kill ${kills}\n`);
    },
    write: (path: string, text: string) => {
      mkdirSync(dirname(`${mountPoint}${path}`), { recursive: true });
      writeFileSync(`${mountPoint}${path}`, text);
    },
    remove: (path: string) => {
      rmSync(`${mountPoint}${path}`, { recursive: true });
    },
  };
}

function reading(path = PATH, oomKills = 0): Reading {
  const cgroup = { path, oomGroup: false, oomKillDisable: false, usageBytes: 1, oomKills };
  return { cgroups: new Map([[path, cgroup]]), processes: [] };
}

async function dockerWith(name: string) {
  const fake = new FakeEngine();
  fake.containers.set(ID, { id: ID, name, labels: { 'com.docker.compose.project': 'shop' } });
  await fake.listen();
  return fake;
}

const placeOf = ({ socketPath }: FakeEngine): EnginePlace => ({
  engine: 'docker',
  host: { kind: 'socket', path: socketPath },
});

describe('the registry of containers', () => {
  it('knows a container by its cgroup before any engine has answered', () => {
    const { registry } = stage([]);
    const found = registry.of(PATH);
    expect(found).toMatchObject({ engine: 'docker', id: ID, name: undefined });
    expect(registry.of(PATH)).toBe(found);
    expect(registry.of('/user.slice')).toBeUndefined();
    expect(registry.all()).toEqual([found]);
    expect(registry.access()).toEqual([]);
  });

  it('asks no engine before a container of it is seen, then learns its name', async () => {
    const fake = await dockerWith('shop-db-1');
    const { registry } = stage([placeOf(fake)]);
    registry.observe(reading('/system.slice/cron.service'));
    expect(fake.requests).toEqual([]);
    const named: string[] = [];
    registry.onName((id, name) => named.push(`${id} ${name}`));
    registry.observe(reading());
    await until(() => registry.of(PATH)?.restartPolicy === 'no');
    const found = registry.of(PATH);
    expect(found).toMatchObject({ name: 'shop-db-1', compose: { project: 'shop' }, engine: 'docker' });
    expect(registry.of(PATH)).toBe(found);
    expect(registry.of(`${PATH}/init.scope`)?.name).toBe('shop-db-1');
    expect(registry.all().map(({ name }) => name)).toEqual(['shop-db-1']);
    expect(named).toEqual([`${ID} shop-db-1`]);
    expect(labelOf(PATH)).toBe('shop-db-1');
    expect(cgroupName(`${PATH}/worker`)).toBe('shop-db-1/worker');
  });

  it('asks once about a container that no event has told of', async () => {
    const fake = await dockerWith('shop-db-1');
    const { registry } = stage([placeOf(fake)]);
    registry.observe(reading());
    await until(() => registry.of(PATH)?.restartPolicy === 'no');
    const strange = `/docker/${idOf(9)}`;
    for (let tick = 0; tick < 5; tick += 1) registry.observe(reading(strange));
    const asked = () => fake.requests.filter((request) => request.includes(idOf(9)));
    await until(() => asked().length === 1);
    for (let tick = 0; tick < 5; tick += 1) registry.observe(reading(strange));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked()).toHaveLength(1);
  });

  it('lets the engine of another user name what runs below that user’s slice alone', async () => {
    const fake = await dockerWith('evil');
    const { registry } = stage([{ ...placeOf(fake), uid: 1000 }]);
    const own = `/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`;
    registry.observe(reading(own));
    await until(() => registry.of(own)?.name === 'evil');
    expect(registry.of(PATH)?.name).toBeUndefined();
  });

  it('counts ten kills of a container that is killed and restarted ten times', async () => {
    const fake = await dockerWith('eater');
    const { registry, make, remove } = stage([placeOf(fake)]);
    make(PATH, 0);
    registry.observe(reading());
    await until(() => fake.followers === 1 && registry.of(PATH)?.restartPolicy === 'no');
    for (let life = 1; life <= 10; life += 1) {
      remove(PATH);
      fake.event('oom', ID);
      fake.event('die', ID, { exitCode: '137' });
      await until(() => registry.of(PATH)?.killsBefore === life);
      make(PATH, 0);
      fake.event('start', ID);
      await until(() => registry.of(PATH)?.state === 'running');
      registry.observe(reading());
    }
    expect(registry.of(PATH)?.killsBefore).toBe(10);
  });

  it('finds the name in the files of an engine that does not answer', async () => {
    const { registry, write } = stage([]);
    const config = { ID, Name: '/shop-db-1', Config: { Image: 'postgres:16', Labels: {} }, RestartCount: 2 };
    write(`/var/lib/docker/containers/${ID}/config.v2.json`, JSON.stringify(config));
    registry.observe(reading());
    await until(() => registry.of(PATH)?.name === 'shop-db-1');
    expect(registry.of(PATH)).toMatchObject({ image: 'postgres:16', restartCount: 2, engine: 'docker' });
  });

  it('names a remote engine and does not ask it', () => {
    const address = 'tcp://10.0.0.1:2375';
    const { registry } = stage([{ engine: 'docker', host: { kind: 'remote', address } }]);
    registry.observe(reading());
    expect(registry.access()).toEqual([
      { engine: 'docker', address, state: 'remote', apiVersion: undefined },
    ]);
  });

  it('learns names once for a command, and details where they are wanted', async () => {
    const fake = await dockerWith('shop-db-1');
    const { registry } = stage([placeOf(fake)]);
    await registry.learn(reading(), { timeoutMs: 1_000, details: false });
    expect(registry.of(PATH)).toMatchObject({ name: 'shop-db-1', restartPolicy: undefined });
    expect(fake.requests).toEqual(['GET /_ping', 'GET /v1.41/containers/json']);
    await registry.learn(reading(), { timeoutMs: 1_000, details: true });
    expect(registry.of(PATH)).toMatchObject({ name: 'shop-db-1', restartPolicy: 'no' });
  });
});
