import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasProgram } from '../../kernel/machines/programs.ts';

/** An engine of one's own needs root, and an image from which nothing has to be fetched. */
const isPossible = process.getuid?.() === 0 && existsSync('/bin/busybox') && hasProgram('runc');
export const canRunDocker = isPossible && hasProgram('dockerd') && hasProgram('docker');
/** With runc: crun refuses a machine where both versions of cgroups are mounted. */
export const canRunPodman = isPossible && hasProgram('podman');

/** The limits that podman would raise stay as they are where CAP_SYS_RESOURCE is missing. */
export const PODMAN_LIMITS = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];

/** Starting takes some seconds, on a busy machine some ten. */
const START_MS = 60_000;

/** An engine that nothing else uses, with an image `lb` that has a shell. */
export interface RealEngine {
  readonly socketPath: string;
  /** Runs its command; throws with what it says. */
  readonly run: (...args: readonly string[]) => string;
  /** Ends the program behind the socket, and with Docker what it runs. */
  readonly end: () => Promise<void>;
  /** Starts it, and returns when it answers. */
  readonly start: () => Promise<void>;
  /** Ends it and removes all that it has left. */
  readonly remove: () => Promise<void>;
}

/** Docker as it starts without systemd and without a network. */
export function dockerEngine(): Promise<RealEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-dockerd-'));
  const socketPath = `${folder}/sock`;
  const places = [`--data-root=${folder}/data`, `--exec-root=${folder}/exec`, `--pidfile=${folder}/pid`];
  const options = ['--iptables=false', '--bridge=none', '--storage-driver=vfs', '-H', `unix://${socketPath}`];
  return engine({
    folder,
    socketPath,
    service: ['dockerd', ...options, ...places],
    command: ['docker', '-H', `unix://${socketPath}`],
    image: 'lb',
  });
}

/** Podman, with its socket. */
export function podmanEngine(): Promise<RealEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-podman-'));
  const socketPath = `${folder}/sock`;
  const command = [
    ...['podman', '--root', `${folder}/root`, '--runroot', `${folder}/run`, '--tmpdir', `${folder}/tmp`],
    ...['--storage-driver=vfs', '--cgroup-manager=cgroupfs', '--events-backend=file', '--runtime=runc'],
  ];
  const service = [...command, 'system', 'service', '--time=0', `unix://${socketPath}`];
  return engine({ folder, socketPath, service, command, image: 'localhost/lb' });
}

interface EngineSetup {
  readonly folder: string;
  readonly socketPath: string;
  readonly service: readonly string[];
  readonly command: readonly string[];
  readonly image: string;
}

async function engine({ folder, socketPath, service, command, image }: EngineSetup): Promise<RealEngine> {
  let daemon: ChildProcess | undefined;
  const [program = '', ...first] = command;
  const run = (...args: readonly string[]) =>
    execFileSync(program, [...first, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const tries = (work: () => unknown) => {
    try {
      work();
      return true;
    } catch {
      return false;
    }
  };
  const start = async () => {
    const [name = '', ...args] = service;
    daemon = spawn(name, args, { stdio: 'ignore' });
    const patientUntil = performance.now() + START_MS;
    while (!existsSync(socketPath) || !tries(() => run('ps'))) {
      if (performance.now() > patientUntil) throw new Error(`${name} does not answer`);
      await sleep(50);
    }
  };
  const end = async () => {
    const ending = daemon;
    daemon = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill();
    await ended;
  };
  const remove = async () => {
    tries(() => {
      const all = run('ps', '-aq')
        .split('\n')
        .filter((id) => id !== '');
      if (all.length > 0) run('rm', '-f', ...all);
    });
    await end();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  mkdirSync(`${folder}/image/bin`, { recursive: true });
  execFileSync('cp', ['/bin/busybox', `${folder}/image/bin/busybox`]);
  for (const name of ['sh', 'sleep', 'tail']) symlinkSync('busybox', `${folder}/image/bin/${name}`);
  execFileSync('tar', ['-C', `${folder}/image`, '-cf', `${folder}/image.tar`, '.']);
  run('import', `${folder}/image.tar`, image);
  return { socketPath, run, start, end, remove };
}
