import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { canRunDocker, ownDocker } from '../../helpers/containers/own-docker.ts';
import { lifeboat } from '../../helpers/processes/process-command.ts';

const MIB = 2 ** 20;

interface Printed {
  readonly groups: readonly {
    readonly path?: string;
    readonly limitBytes?: number;
    readonly usageBytes?: number;
    readonly name: string;
    readonly container?: Record<string, unknown>;
    readonly victim?: { readonly pid: number; readonly isMain?: true };
  }[];
}

describe.runIf(canRunDocker)(
  'lifeboat groups with a Docker Engine (needs root, dockerd, docker and busybox)',
  () => {
    it('says what docker inspect and the files of the cgroup say', { timeout: 180_000 }, async () => {
      const { socket, docker } = await ownDocker();
      const label = (name: string, value: string) => ['--label', `com.docker.compose.${name}=${value}`];
      const labels = [
        ...label('project', 'shop'),
        ...label('service', 'db'),
        ...label('container-number', '1'),
      ];
      const limits = ['-m', '64m', '--memory-swap', '64m', '--restart', 'always'];
      const what = ['--network', 'none', 'lifeboat-test', '/bin/sleep', '300'];
      const id = docker('run', '-d', '--name', 'shop-db-1', ...labels, ...limits, ...what).trim();
      const inspected = (field: string) =>
        JSON.parse(docker('inspect', '--format', `{{json ${field}}}`, id)) as unknown;
      const { stdout } = await lifeboat(['groups', '--json'], { env: { DOCKER_HOST: socket } });
      const group = (JSON.parse(stdout) as Printed).groups.find(({ path = '' }) => path.includes(id));
      expect(group).toMatchObject({
        ...{ name: 'shop-db-1', limitBytes: inspected('.HostConfig.Memory') },
        container: {
          ...{ id, engine: 'docker', image: 'lifeboat-test', state: 'running', restartPolicy: 'always' },
          compose: { project: 'shop', service: 'db', number: 1 },
          limitsAsked: { memoryBytes: 64 * MIB, memorySwapBytes: inspected('.HostConfig.MemorySwap') },
          mainPid: inspected('.State.Pid'),
        },
        victim: { pid: inspected('.State.Pid'), isMain: true },
      });
      const v1 = `/sys/fs/cgroup/memory${group?.path ?? ''}/memory.limit_in_bytes`;
      const v2 = `/sys/fs/cgroup${group?.path ?? ''}/memory.max`;
      const limit = [v1, v2].map((file) => {
        try {
          return Number(readFileSync(file, 'utf8'));
        } catch {
          return undefined;
        }
      });
      expect(limit).toContain(group?.limitBytes);
      const text = (await lifeboat(['groups'], { env: { DOCKER_HOST: socket } })).stdout;
      expect(text).toContain('shop: compose project, 1 container, ');
      docker('rm', '-f', id);
    });
  },
);
