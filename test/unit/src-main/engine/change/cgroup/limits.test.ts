import { describe, expect, it } from 'vitest';
import { type CgroupSetting, type CgroupValue } from '#shared/model/cgroup-change.ts';
import { cgroupState, cgroupPreview } from '../../../../../../src-main/engine/change/cgroup/limits.ts';
import { snapshotOf } from '../../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;
const ID = '0123456789ab'.padEnd(64, 'c');

const TREE: ProcTreeSpec = {
  cgroupVersion: 2,
  cgroups: {
    '/system.slice': { usageBytes: 500 * MIB, limitBytes: 600 * MIB, minBytes: 50 * MIB },
    '/system.slice/web.service': {
      usageBytes: 400 * MIB,
      inactiveFileBytes: 60 * MIB,
      activeFileBytes: 40 * MIB,
      highBytes: 700 * MIB,
    },
    [`/system.slice/docker-${ID}.scope`]: { usageBytes: 10 * MIB },
    '/empty': {},
  },
  processes: [
    { pid: 10, name: 'small', rssAnonPages: 100, cgroup: '/system.slice/web.service' },
    { pid: 20, name: 'large', rssAnonPages: 9000, cgroup: '/system.slice/web.service' },
    { pid: 30, name: 'given', rssAnonPages: 100, adj: 500, cgroup: '/system.slice/web.service' },
    { pid: 40, name: 'boxed', rssAnonPages: 100, cgroup: `/system.slice/docker-${ID}.scope` },
  ],
};
const WEB = '/system.slice/web.service';

function factsOf(setting: CgroupSetting, value: CgroupValue, path = WEB, spec = TREE) {
  const preview = cgroupPreview(snapshotOf(spec), { path, setting, value });
  return preview.ok ? preview.value.effects.map(({ fact }) => fact) : preview.error.code;
}

describe('cgroupState', () => {
  it('has what can be set of it, in use and how many are in it', () => {
    expect(cgroupState(snapshotOf(TREE), WEB)).toMatchObject({
      ok: true,
      value: {
        path: WEB,
        label: 'web.service',
        version: 2,
        usageBytes: 400 * MIB,
        reclaimableBytes: 100 * MIB,
        processCount: 3,
        values: [
          { setting: 'max', value: 'max' },
          { setting: 'high', value: 700 * MIB },
          { setting: 'low', value: 0 },
          { setting: 'min', value: 0 },
          { setting: 'oom-group', value: 0 },
        ],
      },
    });
  });

  it('has the three of version 1', () => {
    const tree = { ...TREE, cgroupVersion: 1, cgroups: { '/a': { softLimitBytes: MIB } } } as const;
    const state = cgroupState(snapshotOf(tree), '/a');
    expect(state.ok && state.value.values).toEqual([
      { setting: 'max', value: 'max' },
      { setting: 'memsw', value: 'max' },
      { setting: 'soft', value: MIB },
    ]);
  });

  it('sees one without processes, and refuses a path that is no cgroup', () => {
    expect(cgroupState(snapshotOf(TREE), '/empty')).toMatchObject({ ok: true, value: { processCount: 0 } });
    for (const [path, code] of [
      ['/', 'refused-target'],
      ['/none', 'scope-unknown'],
      ['/../etc', 'scope-unknown'],
    ] as const)
      expect(cgroupState(snapshotOf(TREE), path)).toMatchObject({ ok: false, error: { code } });
    expect(cgroupState(snapshotOf({ ...TREE, cgroupVersion: 'none' }), WEB)).toMatchObject({
      ok: false,
      error: { code: 'not-supported' },
    });
  });
});

describe('cgroupPreview', () => {
  it('names the victims, by the badness that this limit makes', () => {
    expect(factsOf('max', 40 * MIB)).toMatchObject([
      {
        kind: 'kills',
        overBytes: 260 * MIB,
        victims: [{ name: 'large' }, { name: 'given' }, { name: 'small' }],
      },
      { kind: 'unit-rewrites', unit: 'web.service' },
    ]);
    // With fifty times the limit the adjustment is worth fifty times as much.
    expect(factsOf('max', 2000 * MIB)).toMatchObject([
      { kind: 'headroom', headroomBytes: 1700 * MIB, next: { name: 'given' } },
      { kind: 'limit-above', path: '/system.slice', headroomBytes: 100 * MIB },
      { kind: 'unit-rewrites' },
    ]);
  });

  it('says how systemd or the container engine keeps it', () => {
    const command = (facts: ReturnType<typeof factsOf>) =>
      typeof facts === 'string' ? facts : facts.map((fact) => ('command' in fact ? fact.command : '')).at(-1);
    expect(command(factsOf('high', 'max'))).toBe(
      'sudo systemctl set-property web.service MemoryHigh=infinity',
    );
    expect(command(factsOf('max', 700 * MIB, `/system.slice/docker-${ID}.scope`))).toBe(
      `docker update --memory ${700 * MIB} --memory-swap -1 0123456789ab`,
    );
    expect(command(factsOf('min', 5, '/system.slice'))).toBe(
      'sudo systemctl set-property system.slice MemoryMin=5',
    );
    const theirs = '/user.slice/user-4242.slice/user@4242.service/app.slice/a.service';
    expect(command(factsOf('low', 5, theirs, { ...TREE, cgroups: { [theirs]: {} } }))).toBe(
      "sudo -u '#4242' XDG_RUNTIME_DIR=/run/user/4242 systemctl --user set-property a.service MemoryLow=5",
    );
    const uid = process.geteuid?.() ?? 0;
    const mine = `/user.slice/user-${uid}.slice/user@${uid}.service/app.slice/a.service`;
    expect(command(factsOf('low', 5, mine, { ...TREE, cgroups: { [mine]: {} } }))).toBe(
      'systemctl --user set-property a.service MemoryLow=5',
    );
  });

  it('knows what the cgroup above passes on', () => {
    expect(factsOf('min', 80 * MIB)).toMatchObject([
      { kind: 'protects', absolutely: true },
      { kind: 'protected-less-above', path: '/system.slice', bytes: 50 * MIB },
      { kind: 'unit-rewrites' },
    ]);
  });

  it('warns where Lifeboat itself is in it', () => {
    const own = { pid: process.pid, rssAnonPages: 10, cgroup: WEB };
    const spec = { ...TREE, processes: [...(TREE.processes ?? []), own] };
    expect(factsOf('max', 2000 * MIB, WEB, spec)).toContainEqual({ kind: 'holds-lifeboat' });
    expect(factsOf('low', 2000 * MIB, WEB, spec)).not.toContainEqual({ kind: 'holds-lifeboat' });
  });

  it('refuses what that version has not, and what is no switch', () => {
    expect(factsOf('soft', 5)).toBe('not-supported');
    expect(factsOf('oom-group', 2)).toBe('out-of-range');
    expect(factsOf('oom-group', 'max')).toBe('out-of-range');
  });
});
