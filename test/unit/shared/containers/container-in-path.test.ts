import { describe, expect, it } from 'vitest';
import { containerInPath } from '../../../../shared/containers/container-in-path.ts';

const ID = '16c48c5e68adbb2cc0fe8cc0a29e4a0d80d1e0e1f4f2ac6c4f8d2a1d8a6d3c77';
const POD = 'pod3f2c1a9e-0e9b-4a0f-8a53-2d0f3c1f7a11';

describe('the container in a cgroup path', () => {
  it.each([
    [`/docker/${ID}`, 'docker', ID],
    [`/system.slice/docker-${ID}.scope/init.scope`, 'docker', ID],
    [`/machine.slice/libpod-${ID}.scope/container`, 'podman', ID],
    [`/system.slice/nerdctl-${ID}.scope`, 'containerd', ID],
    [`/kubepods/burstable/${POD}/${ID}`, 'kubernetes', ID],
    [
      `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod3f.slice/cri-containerd-${ID}.scope`,
      'kubernetes',
      ID,
    ],
    [`/kubepods.slice/kubepods-pod3f.slice/crio-${ID}.scope`, 'kubernetes', ID],
    ['/lxc.payload.web/system.slice', 'lxc', 'web'],
    ['/machine.slice/machine-build\\x2d1.scope', 'nspawn', 'build-1'],
  ] as const)('of %s is known by its engine and id', (path, engine, id) => {
    const found = containerInPath(path);
    expect(found).toMatchObject({ engine, id, killsBefore: 0, image: undefined });
    expect(found?.name).toBe(engine === 'lxc' || engine === 'nspawn' ? id : undefined);
  });

  it.each(['/', '/system.slice/cron.service', `/machine.slice/libpod-conmon-${ID}.scope`])(
    'is absent in %s',
    (path) => {
      expect(containerInPath(path)).toBeUndefined();
    },
  );
});
