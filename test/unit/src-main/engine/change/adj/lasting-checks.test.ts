import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rights } from '#shared/model/change.ts';
import { type Unit } from '#shared/model/unit.ts';
import { lastingChecks } from '../../../../../../src-main/engine/change/adj/lasting-checks.ts';
import { snapshotOf, testTree } from '../../../../../helpers/processes/process-sampler.ts';
import { type FakeProcess } from '../../../../../helpers/proc-tree.ts';

const ROOT: Rights = { state: 'allowed', via: 'root', sysResource: true };
const SERVICE = '/user.slice/user-1000.slice/user@1000.service';
const MANAGER: FakeProcess = {
  pid: 50,
  name: 'systemd',
  uid: 1000,
  adj: 100,
  rssAnonPages: 10,
  cgroup: `${SERVICE}/init.scope`,
};
const WEB: Unit = { manager: 'system', name: 'web.service' };

function checksOn(manager: FakeProcess = MANAGER) {
  const root = mkdtempSync(join(tmpdir(), 'lifeboat-checks-'));
  const write = (path: string, text = '') => {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, text);
  };
  write('/etc/systemd/system/web.service', '[Service]\n');
  const spec = {
    processes: [manager, { pid: 60, name: 'web', rssAnonPages: 10, cgroup: '/system.slice/web.service' }],
  };
  const checks = lastingChecks({
    files: testTree(spec),
    root,
    ownUid: 1000,
    rulesFile: `${root}/rules.toml`,
    rights: () => ROOT,
  });
  const snapshot = snapshotOf(spec);
  const codeOf = (unit: Unit, oomScoreAdj: number) =>
    checks.place({ kind: 'unit', unit }, oomScoreAdj, snapshot).refused?.code;
  return { write, codeOf, checks, snapshot };
}

describe('what is asked before a value is promised to last', () => {
  it('refuses a value below that of a user manager that may not give it', () => {
    const { codeOf } = checksOn();
    const mine: Unit = { manager: 'user:1000', name: 'mine.service' };
    expect(codeOf(mine, 99)).toBe('below-manager');
    expect(codeOf(mine, 100)).toBeUndefined();
    expect(checksOn({ ...MANAGER, capEff: 1n << 24n }).codeOf(mine, 99)).toBeUndefined();
  });

  it('refuses units of another user’s manager, of whatever name', () => {
    expect(checksOn().codeOf({ manager: 'user:1001', name: 'web.service' }, 300)).toBe('not-supported');
  });

  it('refuses what the helper would refuse: no such unit, and a drop-in that Lifeboat has not written', () => {
    const { codeOf, write } = checksOn();
    expect(codeOf({ manager: 'system', name: 'none.service' }, 5)).toBe('unit-unknown');
    expect(codeOf(WEB, 5)).toBeUndefined();
    write('/etc/systemd/system/web.service.d/90-lifeboat.conf', '[Service]\nOOMScoreAdjust=1\n');
    expect(codeOf(WEB, 5)).toBe('not-ours');
  });

  it('promises nothing of a drop-in where systemd does not run', () => {
    const { checks, write, snapshot } = checksOn();
    const waits = () => checks.place({ kind: 'unit', unit: WEB }, 5, snapshot).waits;
    expect(waits()).toBe('no-systemd');
    write('/run/systemd/system/.keep');
    expect(waits()).toBeUndefined();
  });

  it('refuses a rule that would not be applied', () => {
    const { checks } = checksOn();
    const crowd = Array.from({ length: 30 }, (_, at) => ({ pid: 100 + at, name: 'sh', rssAnonPages: 1 }));
    const place = (name: string) =>
      checks.place({ kind: 'rule', name }, 5, snapshotOf({ processes: crowd })).refused?.code;
    expect(place('sh')).toBe('rule-too-wide');
    expect(place('other')).toBeUndefined();
  });
});
