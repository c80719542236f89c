import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canRunDocker, has, ownDocker, tries } from '../helpers/containers/own-docker.ts';
import { lastingEffects } from '../../src-main/engine/change/cgroup/owner.ts';

const MIB = 2 ** 20;
describe.runIf(canRunDocker)(
  'the command that tells an engine a new limit (needs root, dockerd, docker and busybox)',
  () => {
    it('is taken by Docker for containers with a limit and without one', { timeout: 180_000 }, async () => {
      const { socket, docker } = await ownDocker();
      for (const [given, bytes, swapBytes] of [
        [['-m', '64m'], 128 * MIB, 64 * MIB],
        [['-m', '64m'], 32 * MIB, 0],
        [['-m', '64m', '--memory-swap', '64m'], 96 * MIB, 0],
        [['-m', '64m', '--memory-swap', '-1'], 96 * MIB, Infinity],
        [[], 96 * MIB, Infinity],
      ] as const) {
        const id = docker(
          'run',
          '-d',
          '--network',
          'none',
          ...given,
          'lifeboat-test',
          '/bin/sleep',
          '300',
        ).trim();
        const [effect] = lastingEffects({ path: `/docker/${id}`, setting: 'max', value: bytes }, swapBytes);
        const fact = effect?.fact;
        const command = fact?.kind === 'container-rewrites' ? (fact.command ?? '') : '';
        expect(command).toMatch(/^docker update --memory \d+ --memory-swap -?\d+ /);
        execFileSync('sh', ['-c', command], { env: { ...process.env, DOCKER_HOST: socket }, stdio: 'pipe' });
        expect(JSON.parse(docker('inspect', '--format', '{{json .HostConfig.Memory}}', id))).toBe(bytes);
        const expectedSwap = swapBytes === Infinity ? -1 : bytes + swapBytes;
        expect(JSON.parse(docker('inspect', '--format', '{{json .HostConfig.MemorySwap}}', id))).toBe(
          expectedSwap,
        );
        const v1 = `/sys/fs/cgroup/memory/docker/${id}/memory.limit_in_bytes`;
        if (existsSync(v1)) expect(Number(readFileSync(v1, 'utf8'))).toBe(bytes);
        docker('rm', '-f', id);
      }
    });

    it('was refused without the limit of memory and swap', { timeout: 180_000 }, async () => {
      const { docker } = await ownDocker();
      const id = docker(
        'run',
        '-d',
        '--network',
        'none',
        '-m',
        '64m',
        '--memory-swap',
        '64m',
        'lifeboat-test',
        '/bin/sleep',
        '300',
      ).trim();
      expect(tries(() => docker('update', '--memory', String(128 * MIB), id))).toBe(false);
      docker('rm', '-f', id);
    });
  },
);

/** Podman needs runc where both versions of cgroups are mounted: crun refuses such a machine. */
const canRunPodman = process.getuid?.() === 0 && has('podman') && has('runc') && existsSync('/bin/busybox');

describe.runIf(canRunPodman)(
  'the command that tells Podman a new limit (needs root, podman, runc and busybox)',
  () => {
    it('is taken, and forgotten at the next start before Podman 5.1', { timeout: 180_000 }, () => {
      const folder = mkdtempSync(join(tmpdir(), 'lifeboat-podman-'));
      const options = [
        ...['--root', `${folder}/root`, '--runroot', `${folder}/run`, '--tmpdir', `${folder}/tmp`],
        ...['--storage-driver=vfs', '--cgroup-manager=cgroupfs', '--events-backend=file', '--runtime=runc'],
      ];
      const podman = (...args: readonly string[]) =>
        execFileSync('podman', [...options, ...args], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        }).trim();
      onTestFinished(() => {
        tries(() => podman('rm', '--force', '--all', '--time', '0'));
        rmSync(folder, { recursive: true, force: true });
      });
      mkdirSync(`${folder}/image/bin`, { recursive: true });
      execFileSync('cp', ['/bin/busybox', `${folder}/image/bin/sleep`]);
      execFileSync('tar', ['-C', `${folder}/image`, '-cf', `${folder}/image.tar`, '.']);
      podman('import', `${folder}/image.tar`, 'lifeboat-test');
      // The limits that podman would raise stay as they are where CAP_SYS_RESOURCE is missing.
      const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
      const command = ['lifeboat-test', '/bin/sleep', '300'];
      const id = podman('run', '-d', '--network', 'none', ...limits, '-m', '64m', ...command);
      const [effect] = lastingEffects(
        { path: `/libpod_parent/libpod-${id}`, setting: 'max', value: 128 * MIB },
        64 * MIB,
      );
      const fact = effect?.fact;
      if (fact?.kind !== 'container-rewrites' || fact.command === undefined) throw new Error('no command');
      const [program = '', ...args] = fact.command.split(' ');
      expect(program).toBe('podman');
      const limitOf = () => {
        const pid = podman('inspect', '--format', '{{.State.Pid}}', id);
        const path = /^\d+:memory:(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1];
        const file =
          path === undefined
            ? `/sys/fs/cgroup${/^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? ''}/memory.max`
            : `/sys/fs/cgroup/memory${path}/memory.limit_in_bytes`;
        return Number(readFileSync(file, 'utf8'));
      };
      podman(...args);
      expect(limitOf()).toBe(128 * MIB);
      const [major = 0, minor = 0] = podman('version', '--format', '{{.Client.Version}}')
        .split('.')
        .map(Number);
      const lasts = major > 5 || (major === 5 && minor >= 1);
      podman('restart', '--time', '0', id);
      expect(limitOf()).toBe((lasts ? 128 : 64) * MIB);
    });
  },
);
