import { describe, expect, it } from 'vitest';
import { type Killer } from '#shared/model/killer.ts';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { listText } from '../../../../../../src-main/cli/commands/watch/list-text.ts';
import { orderOfScope, orderView } from '../../../../../../src-main/engine/watch/order-view.ts';
import { EVERYTHING, snapshotOf } from '../../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;
const ID = 'ab12'.repeat(16);

function textOf(
  spec: ProcTreeSpec,
  count = 10,
  scope: Scope = GLOBAL_SCOPE,
  killers: readonly Killer[] = [],
): string {
  const scopes = scope.kind === 'cgroup' ? [scope.path] : [];
  const snapshot = snapshotOf(spec, { ...EVERYTHING, scopes });
  const order = orderOfScope(snapshot, scope);
  if (!order.ok) throw new Error(order.error.code);
  return listText(snapshot, orderView(order.value, count), wordsFor('en'), undefined, { killers }).join('\n');
}

const some: ProcTreeSpec = {
  users: { root: 0, alice: 1000 },
  processes: [
    { pid: 10, name: 'big', uid: 1000, rssAnonPages: 90_000, cgroup: '/system.slice/big.service' },
    { pid: 20, name: 'contained', rssAnonPages: 5000, cgroup: `/docker/${ID}` },
    { pid: 30, name: 'small', rssAnonPages: 100, adj: -5 },
    { pid: 40, name: 'kept', rssAnonPages: 2560, rssFilePages: 0, pageTablePages: 0, adj: -1000 },
  ],
};

describe('listText', () => {
  it('says when other killers act, of the machine and not of a cgroup', () => {
    const killer: Killer = {
      name: 'earlyoom',
      pid: 5,
      triggers: [],
      unknown: [],
      actsAt: { kind: 'when', availableBytes: 800 * MIB, missing: [] },
    };
    expect(textOf(some, 10, GLOBAL_SCOPE, [killer]).split('\n')[1]).toBe('earlyoom acts below 800 MiB.');
    const limited = { ...some, cgroups: { '/system.slice/big.service': { limitBytes: 500 * MIB } } };
    const scope = { kind: 'cgroup', path: '/system.slice/big.service' } as const;
    expect(textOf(limited, 10, scope, [killer])).not.toContain('earlyoom');
  });

  it('tells the machine, the next victim and why, and the order', () => {
    const lines = textOf(some).split('\n');
    expect(lines[0]).toBe(
      'testhost, Linux 6.12.0-1-amd64: whole machine, 8.0 GiB, no swap, 6.0 GiB available',
    );
    expect(lines[2]).toMatch(/^Next: big \(10\)\. Uses 352 MiB, 4\.3% of memory\.$/);
    expect(lines[3]).toMatch(
      /^Certain: the next, contained, has 332 MiB less badness.*Nothing else is killed\.$/,
    );
    expect(lines[5]?.split(/ {2,}/).map((cell) => cell.trim())).toEqual([
      '#',
      'PID',
      'NAME',
      'USER',
      'USES',
      'ADJ',
      'BADNESS',
      'FREES',
      'SO FAR',
      'UNIT OR CONTAINER',
    ]);
    expect(lines[6]).toMatch(/^1 +10 {2}big +alice +352 MiB +0 +352 MiB +352 MiB +352 MiB {2}big\.service$/);
    expect(lines[7]).toMatch(/^2 +20 {2}contained +root +.* {2}docker:ab12ab12ab12$/);
    expect(lines[8]).toMatch(/^3 +30 {2}small +root +640 KiB +-5 +−/);
    expect(lines[9]).toBe('1 protected by -1000: 10.0 MiB');
  });

  it('tells how many more there are', () => {
    expect(textOf(some, 1)).toContain('\n… and 2 more (-n 0 shows all)\n');
    expect(textOf(some, 3)).not.toContain('more');
  });

  it('tells swap', () => {
    const spec = { ...some, meminfo: { swapTotalBytes: 2048 * MIB, swapFreeBytes: 0 } };
    expect(textOf(spec)).toMatch(/8\.0 GiB \+ 2\.0 GiB swap, /);
  });

  it('tells the limit of a cgroup', () => {
    const spec: ProcTreeSpec = {
      cgroups: { '/a\u001bb': { limitBytes: 64 * MIB } },
      processes: [{ pid: 10, cgroup: '/a\u001bb' }],
    };
    const text = textOf(spec, 10, { kind: 'cgroup', path: '/a\u001bb' });
    expect(text.split('\n')[0]).toBe('testhost, Linux 6.12.0-1-amd64: cgroup /a\\x1bb, limit 64.0 MiB');
  });

  it('counts processes that die with a victim once', () => {
    const spec: ProcTreeSpec = {
      cgroups: { '/box': { oomGroup: true } },
      processes: [
        { pid: 10, rssAnonPages: 900, cgroup: '/box' },
        { pid: 20, cgroup: '/box' },
        { pid: 30, rssAnonPages: 1 },
      ],
    };
    const text = textOf(spec, 1);
    expect(text).toContain(' +1 with it');
    expect(text).toContain('… and 1 more ');
  });

  it('marks places that the figures cannot tell apart', () => {
    const spec: ProcTreeSpec = {
      cgroupVersion: 1,
      cgroups: { '/box': { limitBytes: 64 * MIB } },
      processes: [
        { pid: 10, cgroup: '/box' },
        { pid: 20, cgroup: '/box' },
      ],
    };
    const text = textOf(spec, 10, { kind: 'cgroup', path: '/box' });
    expect(text.split('\n').filter((line) => line.endsWith(' ~'))).toHaveLength(2);
  });

  it.for([
    { sysctls: { 'vm.panic_on_oom': 1 }, processes: some.processes },
    { sysctls: { 'vm.oom_kill_allocating_task': 1 }, processes: some.processes },
    { sysctls: {}, processes: [] },
  ])('names no next victim where badness chooses none: $sysctls', ({ sysctls, processes = [] }) => {
    const text = textOf({ sysctls, processes });
    expect(text).not.toContain('Next: ');
    expect(text.split('\n')[2]).toMatch(/\.$/);
  });

  it('says where a part is out of sight, and calls nothing certain', () => {
    const text = textOf({ ...some, hidePid: 'invisible' });
    expect(text.split('\n')[1]).toMatch(/^Processes of other users are hidden/);
    expect(text).toContain('\nNothing else is killed.\n');
    expect(text).not.toContain('certain');
  });

  it('cuts long names', () => {
    const spec = { processes: [{ pid: 10, name: '\u001b'.repeat(15), cgroup: '/a.service' }] };
    const line = textOf(spec)
      .split('\n')
      .find((each) => /^1 +10 /.test(each));
    expect(line).toMatch(/\\x1b.*… /);
    expect(line).not.toContain('\u001b');
  });
});
