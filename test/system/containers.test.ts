import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Container } from '#shared/model/owners/container.ts';
import { ContainerRegistry } from '../../src-main/containers/registry.ts';
import { engineFolders } from '../../src-main/containers/without-engine/names-in-files.ts';
import { type EnginePlace } from '../../src-main/containers/engines/places.ts';
import { kernelFiles, openSampler } from '../../src-main/this-machine.ts';
import { interestIn } from '../../src-main/cli/commands/watch/look.ts';
import { readMemoryCgroup } from '../../src-main/proc/cgroup/memory-cgroup.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { until } from '../helpers/until.ts';
import {
  canRunDocker,
  canRunPodman,
  dockerEngine,
  podmanEngine,
  PODMAN_LIMITS,
  type RealEngine,
} from '../helpers/containers/real-engine.ts';

const MIB = 2 ** 20;
const WAIT_MS = 30_000;
const LABELS = ['com.docker.compose.project=shop', 'com.docker.compose.service=db'];
const LIMITS = ['-m', '64m', '--memory-swap', '64m', '--network', 'none'];

/** A registry on this machine that asks these places, and nothing else. */
function watching(places: readonly EnginePlace[]) {
  const sampler = openSampler();
  if (!sampler.ok) throw new Error(sampler.error.code);
  const { host } = sampler.value;
  const folders = engineFolders('/nowhere', '/nowhere');
  const registry = new ContainerRegistry({ files: kernelFiles(), host, places: () => places, folders });
  onTestFinished(() => {
    registry.close();
    sampler.value.close();
  });
  const look = () => {
    const taken = sampler.value.sample(interestIn(GLOBAL_SCOPE));
    if (!taken.ok) throw new Error(taken.error.code);
    registry.observe(taken.value);
    return taken.value;
  };
  look();
  return {
    registry,
    host,
    look,
    pathOf: (id: string) => [...look().cgroups.keys()].find((path) => path.includes(id)) ?? '',
    named: (name: string): Container | undefined => registry.all().find((each) => each.name === name),
  };
}

const placeOf = ({ socketPath }: RealEngine, engine: 'docker' | 'podman'): EnginePlace => ({
  engine,
  host: { kind: 'socket', path: socketPath },
});

describe.runIf(canRunDocker)('containers of Docker (needs root, dockerd, docker, runc and busybox)', () => {
  let docker: RealEngine;
  beforeAll(async () => {
    docker = await dockerEngine();
  }, 90_000);
  afterAll(() => docker.remove(), 60_000);

  it(
    'are known by name, project, limits and restart policy as docker inspect has them',
    { timeout: 60_000 },
    async () => {
      const labels = LABELS.flatMap((label) => ['--label', label]);
      const id = docker.run(
        'run',
        '-d',
        '--name',
        'shop-db-1',
        ...LIMITS,
        ...labels,
        '--restart',
        'always',
        'lb',
        '/bin/sleep',
        '300',
      );
      const { registry, host, pathOf, named } = watching([placeOf(docker, 'docker')]);
      await until(
        () => named('shop-db-1')?.limitsAsked !== undefined,
        WAIT_MS,
        () => 'the inspection',
      );
      const path = pathOf(id);
      expect(registry.of(path)).toMatchObject({
        id,
        engine: 'docker',
        name: 'shop-db-1',
        image: 'lb',
        compose: { project: 'shop', service: 'db' },
        restartPolicy: 'always',
        restartCount: 0,
        state: 'running',
        mainPid: Number(docker.run('inspect', '-f', '{{.State.Pid}}', id)),
        limitsAsked: { memoryBytes: 64 * MIB, memorySwapBytes: 64 * MIB },
      });
      // The update goes the way that lasts, and the cgroup has it.
      const wanted = { memoryBytes: 96 * MIB, memorySwapBytes: 96 * MIB };
      expect(await registry.update(path, wanted)).toEqual({ ok: true, value: null });
      await until(
        () => registry.of(path)?.limitsAsked?.memoryBytes === 96 * MIB,
        WAIT_MS,
        () => 'the event of the update',
      );
      expect(docker.run('inspect', '-f', '{{.HostConfig.Memory}}', id)).toBe(String(96 * MIB));
      const mount = host.memoryMount;
      const read =
        mount === undefined ? undefined : readMemoryCgroup(mount, path, host.pageSizeBytes, 'limited');
      expect(read?.ok === true && read.value.limitBytes).toBe(96 * MIB);
      // A limit below the least is refused in the engine's own words.
      const refused = await registry.update(path, { memoryBytes: MIB, memorySwapBytes: MIB });
      expect(refused).toMatchObject({ error: { code: 'engine-refused', facts: { why: 'too-small' } } });
      docker.run('rm', '-f', id);
      await until(
        () => registry.of(path)?.state !== 'running',
        WAIT_MS,
        () => 'its end',
      );
    },
  );

  it('count the kills of one that is killed in each of its lives', { timeout: 60_000 }, async () => {
    const quiet = docker.run('run', '-d', '--name', 'quiet', ...LIMITS, 'lb', '/bin/sleep', '300');
    const { named } = watching([placeOf(docker, 'docker')]);
    await until(
      () => named('quiet')?.limitsAsked !== undefined,
      WAIT_MS,
      () => 'the connection',
    );
    const small = ['-m', '8m', '--memory-swap', '8m', '--network', 'none'];
    docker.run('create', '--name', 'eater', ...small, 'lb', '/bin/tail', '/dev/zero');
    for (const life of [1, 2]) {
      docker.run('start', 'eater');
      await until(
        () => named('eater')?.killsBefore === life && named('eater')?.state === 'exited',
        WAIT_MS,
        () => `kill ${life}; counted: ${named('eater')?.killsBefore ?? 'none'}`,
      );
    }
    docker.run('rm', '-f', quiet, 'eater');
  });
});

describe.runIf(canRunPodman)('containers of Podman (needs root, podman, runc and busybox)', () => {
  it('are known by their engine, and without it by their monitor', { timeout: 120_000 }, async () => {
    const podman = await podmanEngine();
    onTestFinished(() => podman.remove(), 60_000);
    const labels = LABELS.flatMap((label) => ['--label', label]);
    const id = podman.run(
      'run',
      '-d',
      '--name',
      'shop-web-1',
      ...LIMITS,
      ...PODMAN_LIMITS,
      ...labels,
      'localhost/lb',
      '/bin/sleep',
      '300',
    );
    const { named, registry, pathOf } = watching([placeOf(podman, 'podman')]);
    await until(
      () => named('shop-web-1')?.limitsAsked !== undefined,
      WAIT_MS,
      () => 'the inspection',
    );
    expect(registry.of(pathOf(id))).toMatchObject({
      engine: 'podman',
      compose: { project: 'shop', service: 'db' },
      restartPolicy: 'no',
      limitsAsked: { memoryBytes: 64 * MIB },
    });
    expect(registry.access()).toMatchObject([{ engine: 'podman', state: 'connected' }]);
    podman.run('rename', 'shop-web-1', 'shop-web-2');
    await until(
      () => named('shop-web-2') !== undefined,
      WAIT_MS,
      () => 'the new name',
    );
    // The name in the command line of conmon is the one that it was started with.
    const without = watching([]);
    await until(
      () => without.named('shop-web-1') !== undefined,
      WAIT_MS,
      () => 'the name in conmon’s command line',
    );
  });
});
