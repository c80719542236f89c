import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContainerRegistry } from '../../src-main/containers/registry.ts';
import { engineFolders } from '../../src-main/containers/without-engine/names-in-files.ts';
import { kernelFiles, openSampler } from '../../src-main/this-machine.ts';
import { canRunDocker, dockerEngine, type RealEngine } from '../helpers/containers/real-engine.ts';
import { type Attack, Tally } from './attack.ts';
import { randomFrom } from './random.ts';

const STARTS = 200;
/** Started beside each other. */
const AT_ONCE = 4;
const KILLS = 10;
/** What the registry says is never older than this. */
const STALE_MS = 2_000;
const WAIT_MS = 30_000;
const LIMITS = ['--network', 'none', '-m', '8m', '--memory-swap', '8m'];

interface Stage {
  readonly tally: Tally;
  readonly docker: RealEngine;
  readonly registry: ContainerRegistry;
}

/**
 * A real Docker Engine before the registry of containers: up to 200 starts and ends, some of them names that come again; a container that is killed
 * ten times; the engine restarted with its socket. Nothing may be missed, and nothing known may be older than two seconds. Needs root.
 */
export const fuzzContainers: Attack = async ({ count, seed }) => {
  const tally = new Tally();
  const sampler = openSampler();
  if (!canRunDocker || !sampler.ok) return tally.report();
  const docker = await dockerEngine();
  const registry = new ContainerRegistry({
    files: kernelFiles(),
    host: sampler.value.host,
    places: () => [{ engine: 'docker', host: { kind: 'socket', path: docker.socketPath } }],
    folders: engineFolders('/nowhere', '/nowhere'),
  });
  try {
    docker.run('run', '-d', '--name', 'first', ...LIMITS, 'lb', '/bin/sleep', '3600');
    const interest = { orderCount: 1, watched: [], scopes: [], everything: true, glance: false };
    const snapshot = sampler.value.sample(interest);
    if (snapshot.ok) registry.observe(snapshot.value);
    await waitFor(() => named(registry, 'first')?.limitsAsked !== undefined);
    await starts({ tally, docker, registry }, Math.min(count, STARTS), seed);
    await kills({ tally, docker, registry });
    await restart({ tally, docker, registry });
  } finally {
    registry.close();
    sampler.value.close();
    await docker.remove();
  }
  return tally.report();
};

async function starts({ tally, docker, registry }: Stage, wanted: number, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const beganMs = performance.now();
  let number = 0;
  const worker = async () => {
    while (number < wanted) {
      number += 1;
      const name = `c${number}`;
      const label = `com.docker.compose.project=${random.pick(['shop', 'blog', 'mail'])}`;
      const options = ['-d', '--name', name, '--label', label, ...LIMITS];
      const isRun = await command(docker, 'run', ...options, 'lb', '/bin/sleep', '3600');
      if (!isRun) {
        tally.add('not started by the engine');
        continue;
      }
      const seen = await within(() => named(registry, name)?.state === 'running');
      tally.add(seen ? 'started in time' : 'started late');
      if (!seen) tally.lose(`${name} runs and was not known after ${STALE_MS} ms`);
      await command(docker, 'rm', '-f', name);
      const gone = await within(() => named(registry, name)?.state !== 'running');
      tally.add(gone ? 'ended in time' : 'ended late');
      if (!gone) tally.lose(`${name} has ended and was said to run after ${STALE_MS} ms`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  tally.add('seconds for them', Math.round((performance.now() - beganMs) / 1000));
}

async function kills({ tally, docker, registry }: Stage): Promise<void> {
  await command(docker, 'create', '--name', 'eater', ...LIMITS, 'lb', '/bin/tail', '/dev/zero');
  for (let life = 1; life <= KILLS; life += 1) {
    await command(docker, 'start', 'eater');
    await command(docker, 'wait', 'eater');
    const isCounted = await within(() => named(registry, 'eater')?.killsBefore === life);
    tally.add(isCounted ? 'kills counted' : 'kills missed');
    if (!isCounted)
      tally.lose(`after kill ${life} the registry counts ${named(registry, 'eater')?.killsBefore ?? 'none'}`);
  }
}

async function restart({ tally, docker, registry }: Stage): Promise<void> {
  const name = 'again';
  await command(
    docker,
    'run',
    '-d',
    '--name',
    name,
    '--restart',
    'always',
    ...LIMITS,
    'lb',
    '/bin/sleep',
    '3600',
  );
  if (!(await within(() => named(registry, name)?.state === 'running'))) tally.lose(`${name} was not known`);
  await docker.end();
  if (!(await within(() => registry.access()[0]?.state === 'silent')))
    tally.lose('the engine has ended unnoticed');
  await docker.start();
  await waitFor(() => docker.run('inspect', '-f', '{{.State.Running}}', name) === 'true');
  const isBack = await within(() => named(registry, name)?.state === 'running');
  tally.add(isBack ? 'restarts of the engine' : 'restarts missed');
  if (!isBack) tally.lose(`the engine was back, and ${name} was not known after ${STALE_MS} ms`);
}

function named(registry: ContainerRegistry, name: string) {
  return registry.all().find((each) => each.name === name);
}

/** Runs a command of docker without holding up the registry in this process. */
function command({ socketPath }: RealEngine, ...args: readonly string[]): Promise<boolean> {
  const child = spawn('docker', ['-H', `unix://${socketPath}`, ...args], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      resolve(code === 0);
    });
  });
}

async function within(condition: () => boolean): Promise<boolean> {
  const untilMs = performance.now() + STALE_MS;
  while (!condition()) {
    if (performance.now() > untilMs) return false;
    await sleep(5);
  }
  return true;
}

async function waitFor(condition: () => boolean): Promise<void> {
  const untilMs = performance.now() + WAIT_MS;
  while (!condition() && performance.now() < untilMs) await sleep(50);
}
