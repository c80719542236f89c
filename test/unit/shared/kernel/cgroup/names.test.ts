import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitText } from '#shared/format/unit-name.ts';
import { containerOf, labelOf, unitOf, unitPathOf } from '#shared/kernel/cgroup/names.ts';

const ID = '4f6e1b1b2c3d4e5f60718293a4b5c6d7e8f9012345678901234567890abcdef0';
const INNER = 'b2a102854b4969b2ce98dc329c86b4fb2b06e4ad2cc8da9d8a7578c9cd2004a2';
const POD = '72f7f152-440c-66ac-9084-e0fc1d8a910c';
const POD_ = POD.replaceAll('-', '_');
const USER = '/user.slice/user-1000.slice/user@1000.service';

describe('containerOf', () => {
  it.each([
    ['Docker, cgroupfs', `/docker/${ID}`, `docker:${ID}`],
    ['Docker, systemd', `/system.slice/docker-${ID}.scope`, `docker:${ID}`],
    ['Docker, rootless', `${USER}/user.slice/docker-${ID}.scope`, `docker:${ID}`],
    ["Docker, a parent of one's own", `/my-jobs/${ID}`, `docker:${ID}`],
    ['Amazon ECS', `/ecs/9f7a2c/${ID}`, `docker:${ID}`],
    [
      'a systemd inside of Docker',
      `/system.slice/docker-${ID}.scope/system.slice/nginx.service`,
      `docker:${ID}`,
    ],
    ['the first process of a systemd inside of Docker', `/docker/${ID}/init.scope`, `docker:${ID}`],
    ['Podman, cgroupfs', `/libpod_parent/libpod-${ID}`, `podman:${ID}`],
    ['Podman, systemd', `/machine.slice/libpod-${ID}.scope`, `podman:${ID}`],
    ['Podman with crun', `/machine.slice/libpod-${ID}.scope/container`, `podman:${ID}`],
    ['Podman, rootless', `${USER}/user.slice/libpod-${ID}.scope/container`, `podman:${ID}`],
    [
      'Podman in a pod',
      `/machine.slice/machine-libpod_pod_${INNER}.slice/libpod-${ID}.scope`,
      `podman:${ID}`,
    ],
    ['Kubernetes, cgroupfs, BestEffort', `/kubepods/besteffort/pod${POD}/${ID}`, `containerd:${ID}`],
    ['Kubernetes, cgroupfs, Guaranteed', `/kubepods/pod${POD}/${ID}`, `containerd:${ID}`],
    ['Kubernetes, a static pod', `/kubepods/burstable/pod${ID.slice(0, 32)}/${ID}`, `containerd:${ID}`],
    [
      'Kubernetes with containerd, systemd',
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice/cri-containerd-${ID}.scope`,
      `containerd:${ID}`,
    ],
    [
      'Kubernetes with CRI-O, systemd',
      `/kubepods.slice/kubepods-pod${POD_}.slice/crio-${ID}.scope`,
      `cri-o:${ID}`,
    ],
    [
      'Kubernetes with CRI-O, a folder below',
      `/kubepods.slice/kubepods-pod${POD_}.slice/crio-${ID}.scope/container`,
      `cri-o:${ID}`,
    ],
    ['Kubernetes with CRI-O, cgroupfs', `/kubepods/burstable/pod${POD}/crio-${ID}`, `cri-o:${ID}`],
    [
      'Kubernetes with Docker, systemd',
      `/kubepods.slice/kubepods-pod${POD_}.slice/docker-${ID}.scope`,
      `docker:${ID}`,
    ],
    [
      'containerd given a systemd path',
      `/system.slice/containerd.service/kubepods-besteffort-pod${POD_}.slice:cri-containerd:${ID}`,
      `containerd:${ID}`,
    ],
    ['containerd on its own', `/k8s.io/${ID}`, `containerd:${ID}`],
    ['nerdctl', `/default/${ID}`, `containerd:${ID}`],
    ['nerdctl, systemd', `/system.slice/nerdctl-${ID}.scope`, `containerd:${ID}`],
    [
      'Kubernetes in Docker',
      `/docker/${ID}/kubelet.slice/kubelet-kubepods.slice/cri-containerd-${INNER}.scope`,
      `containerd:${INNER}`,
    ],
    ['LXC', '/lxc.payload.web', 'lxc:web'],
    ['LXC, its processes', '/lxc.payload.web/system.slice/ssh.service', 'lxc:web'],
    ['LXC before 4', '/lxc/web', 'lxc:web'],
    ['Proxmox', '/lxc/39004/ns/system.slice/cron.service', 'lxc:39004'],
    ['Docker in LXC', `/lxc/39004/ns/docker/${ID}`, `docker:${ID}`],
    ['nspawn, registered', '/machine.slice/machine-build.scope', 'nspawn:build'],
    ['nspawn, a name beyond ASCII', '/machine.slice/machine-caf\\xc3\\xa9.scope/payload', 'nspawn:café'],
    ['nspawn, a name with a dash', '/machine.slice/machine-my\\x2dbuild.scope/payload', 'nspawn:my-build'],
    [
      'nspawn, as a service',
      '/machine.slice/systemd-nspawn@build.service/payload/system.slice/a.service',
      'nspawn:build',
    ],
    ['a container of libvirt', '/machine.slice/machine-lxc\\x2d4711\\x2dweb.scope', 'lxc:web'],
  ])('knows %s', (_, path, container) => {
    expect(containerOf(path)).toBe(container);
  });

  it.each([
    ['the monitor of a Podman container', `/machine.slice/libpod-conmon-${ID}.scope`],
    ['the monitor of a CRI-O container', `/kubepods/pod${POD}/crio-conmon-${ID}`],
    ['the monitor of an LXC container', '/lxc.monitor.web'],
    ['a Podman pod itself', `/machine.slice/machine-libpod_pod_${ID}.slice`],
    ['a virtual machine', '/machine.slice/machine-qemu\\x2d1\\x2dname.scope/libvirt/emulator'],
    ['a service', '/system.slice/docker.service'],
    ['a session', '/user.slice/user-1000.slice/session-2.scope'],
    ['a short id', '/docker/4f6e1b1b2c3d'],
    ['an id of 65 digits', `/docker/${ID}0`],
    ['an id in capitals', `/docker/${ID.toUpperCase()}`],
    ['a unit with an id of another kind', `/system.slice/mydaemon-${ID}.scope`],
    ['the root', '/'],
    ['no path', ''],
  ])('sees no container in %s', (_, path) => {
    expect(containerOf(path)).toBeUndefined();
  });

  it('sees the outer container of a monitor inside', () => {
    expect(containerOf(`/docker/${ID}/machine.slice/libpod-conmon-${INNER}.scope`)).toBe(`docker:${ID}`);
  });

  it('never fails', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'lxc',
            'docker',
            ID,
            `crio-${ID}`,
            'machine-\\x2d.scope',
            '',
            '..',
            'machine-.scope',
            '\n',
          ),
        ),
        (parts) => {
          expect(typeof containerOf(`/${parts.join('/')}`)).toMatch(/^(string|undefined)$/);
        },
      ),
    );
  });
});

describe('unitOf', () => {
  it.each([
    ['/system.slice/cron.service', 'cron.service'],
    ['/system.slice/system-getty.slice/getty@tty1.service', 'getty@tty1.service'],
    ['/system.slice/foo.service/supervisor/child', 'foo.service'],
    ['/init.scope', 'init.scope'],
    ['/user.slice/user-1000.slice/session-2.scope', 'session-2.scope'],
    [`${USER}/app.slice/run-u640.service`, 'user:1000:run-u640.service'],
    [`${USER}/app.slice/app-org.gnome.Terminal.slice/vte-spawn-1.scope`, 'user:1000:vte-spawn-1.scope'],
    [`${USER}/init.scope`, 'user@1000.service'],
    [USER, 'user@1000.service'],
    [`/system.slice/docker-${ID}.scope`, `docker-${ID}.scope`],
    [`/system.slice/docker-${ID}.scope/system.slice/nginx.service`, `docker-${ID}.scope`],
    ['/machine.slice/machine-qemu\\x2d1\\x2dname.scope', 'machine-qemu\\x2d1\\x2dname.scope'],
    ['/system.slice/_cpu.service', 'cpu.service'],
    ['/a-b.slice/a-b-c.slice/run.mount', 'run.mount'],
  ])('finds the unit of %s', (path, unit) => {
    const found = unitOf(path);
    expect(found && unitText(found)).toBe(unit);
  });

  it.each([
    '/',
    '',
    '/docker',
    `/docker/${ID}`,
    '/lxc/101/ns/system.slice/ssh.service',
    '/user.slice',
    '/../../x',
    '/system.slice/.service/x',
  ])('finds none in %j', (path) => {
    expect(unitOf(path)).toBeUndefined();
  });
});

describe('unitPathOf', () => {
  it.each([
    ['/system.slice/foo.service/worker', ['system.slice', 'foo.service']],
    ['/user.slice/user-1000.slice', ['user.slice', 'user-1000.slice']],
    [
      `${USER}/app.slice/a.service`,
      [
        ...['user.slice', 'user-1000.slice', 'user@1000.service'],
        ...['user:1000:app.slice', 'user:1000:a.service'],
      ],
    ],
    [`/docker/${ID}`, []],
  ])('names units and slices of %s, each with its manager', (path, units) => {
    expect(unitPathOf(path).map(unitText)).toEqual(units);
  });
});

describe('cgroups of a distribution of WSL', () => {
  const own = '/wsl-user/distro-123';

  it.each([
    ['with systemd', `${own}/systemd/system.slice/cron.service`, 'system cron.service'],
    ['a user in it', `${own}/systemd${USER}/app.slice/code.scope`, 'user:1000 code.scope'],
    ['a session without systemd', `${own}/non-systemd`, undefined],
    ['without systemd', own, undefined],
    ['before isolation', '/system.slice/cron.service', 'system cron.service'],
    ['no distribution', '/wsl-user/distro-x/systemd/system.slice/cron.service', undefined],
    ['a folder that begins alike', `${own}/systemd-x/system.slice/cron.service`, undefined],
  ])('have the units of its systemd: %s', (_, path, unit) => {
    const found = unitOf(path);
    expect(found === undefined ? undefined : `${found.manager} ${found.name}`).toBe(unit);
  });

  it('have their units in the order of the tree, and the containers of any distribution', () => {
    expect(unitPathOf(`${own}/systemd/system.slice/cron.service`).map(({ name }) => name)).toEqual([
      'system.slice',
      'cron.service',
    ]);
    expect(containerOf(`/wsl-user/distro-312/docker/${ID}`)).toBe(`docker:${ID}`);
  });

  it('are called by the distribution, not by the folder below it', () => {
    expect(labelOf(`${own}/systemd`)).toBe('distro-123');
    expect(labelOf(own)).toBe('distro-123');
    expect(labelOf(`${own}/systemd/system.slice/cron.service`)).toBe('cron.service');
    expect(labelOf(`${own}/systemd/system.slice`)).toBe('system.slice');
  });
});
