import { describe, expect, it } from 'vitest';
import { kindOfGroup, kindOfLimited } from '#shared/groups/kind-of-group.ts';

const ID = '16c48c5e68ad'.padEnd(64, '0');
const POD_UID = '0a1b2c3d-0000-4000-8000-00000000000f';

describe('the kind of a group by the path of its cgroup', () => {
  it.each([
    [`/docker/${ID}`, 'container'],
    [`/system.slice/docker-${ID}.scope`, 'container'],
    [`/machine.slice/libpod-${ID}.scope`, 'container'],
    ['/lxc.payload.web', 'container'],
    [`/kubepods/burstable/pod${POD_UID}`, 'pod'],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_UID.replaceAll('-', '_')}.slice`,
      'pod',
    ],
    ['/system.slice/postgresql@17-main.service', 'service'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4321.scope', 'app'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/snap.code.code-1f.scope', 'app'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/dbus.service', 'service'],
    ['/user.slice/user-1000.slice/session-2.scope', 'other'],
    // The whole of a user's manager, slices, and what lies below a container or a unit are groups only with a limit.
    ['/user.slice/user-1000.slice/user@1000.service', undefined],
    ['/user.slice', undefined],
    [`/docker/${ID}/init.scope`, undefined],
    [`/machine.slice/libpod-${ID}.scope/container`, undefined],
    ['/system.slice/cron.service/worker', undefined],
    ['/mine', undefined],
  ])('%s: %s', (path, kind) => {
    expect(kindOfGroup(path)).toBe(kind);
  });

  it('calls a limited cgroup a slice, or other, where its path says no more', () => {
    expect(kindOfLimited('/user.slice/user-1000.slice')).toBe('slice');
    expect(kindOfLimited('/mine')).toBe('other');
    expect(kindOfLimited('/system.slice/cron.service')).toBe('service');
  });
});
