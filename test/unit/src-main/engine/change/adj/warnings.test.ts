import { describe, expect, it } from 'vitest';
import { type AdjIntent, type Target, type Warning } from '#shared/model/change.ts';
import { GLOBAL_SCOPE, type Scope } from '#shared/model/scope.ts';
import { MANY_PROCESSES } from '../../../../../../src-main/engine/change/adj/warnings.ts';
import { adjPreview } from '../../../../../../src-main/engine/change/adj/preview.ts';
import { type ProcTreeSpec } from '../../../../../helpers/proc-tree.ts';
import { EVERYTHING, processIn, snapshotOf } from '../../../../../helpers/processes/process-sampler.ts';

const MIB = 2 ** 20;
const NEVER = { kind: 'never' } as const;

/** The warnings for a pid or a name. */
function warningsOf(
  spec: ProcTreeSpec,
  pidOrName: number | string,
  intent: AdjIntent,
  scope: Scope = GLOBAL_SCOPE,
): readonly Warning[] {
  const scopes = scope.kind === 'cgroup' ? [scope.path] : [];
  const snapshot = snapshotOf(spec, { ...EVERYTHING, scopes });
  const target: Target =
    typeof pidOrName === 'string'
      ? { kind: 'name', name: pidOrName }
      : { kind: 'process', id: { pid: pidOrName, startTicks: processIn(snapshot, pidOrName).startTicks } };
  const result = adjPreview(snapshot, { target, intent, scope }, 0);
  if (!result.ok) throw new Error(result.error.code);
  return result.value.warnings;
}

function ofKind<K extends Warning['kind']>(warnings: readonly Warning[], kind: K) {
  return warnings.filter((warning): warning is Extract<Warning, { kind: K }> => warning.kind === kind);
}

describe('warningsFor', () => {
  const threeSizes: ProcTreeSpec = {
    processes: [
      { pid: 10, rssAnonPages: 7100 },
      { pid: 20, rssAnonPages: 1900 },
      { pid: 30, rssAnonPages: 1000, adj: -1000 },
    ],
  };

  it('says that -1000 is absolute, and how much memory no kill could free then', () => {
    const warnings = warningsOf(threeSizes, 10, NEVER);
    expect(ofKind(warnings, 'absolute').length).toBe(1);
    expect(ofKind(warnings, 'mostly-unkillable')[0]?.share).toBeCloseTo(0.81, 2);
    expect(warnings.map(({ kind }) => kind)).toEqual(['mostly-unkillable', 'absolute', 'children-inherit']);
  });

  it('is quiet about the share where it stays below half, or does not come from this change', () => {
    expect(ofKind(warningsOf(threeSizes, 20, NEVER), 'mostly-unkillable')).toEqual([]);
    const already: ProcTreeSpec = {
      processes: [
        { pid: 10, rssAnonPages: 9000, adj: -1000 },
        { pid: 20, rssAnonPages: 100 },
      ],
    };
    expect(ofKind(warningsOf(already, 20, { kind: 'adj', oomScoreAdj: -500 }), 'mostly-unkillable')).toEqual(
      [],
    );
  });

  it('counts the children that have their own value, and warns of inheritance when it protects', () => {
    const family: ProcTreeSpec = {
      processes: [
        { pid: 10, rssAnonPages: 9000 },
        { pid: 11, parentPid: 10, rssAnonPages: 10 },
        { pid: 12, parentPid: 11, rssAnonPages: 10 },
        { pid: 20, rssAnonPages: 500 },
      ],
    };
    expect(warningsOf(family, 10, { kind: 'adj', oomScoreAdj: -500 })).toEqual([
      { kind: 'children-inherit', now: 2 },
    ]);
    expect(warningsOf(family, 12, { kind: 'adj', oomScoreAdj: -500 })).toEqual([
      { kind: 'children-inherit', now: 0 },
    ]);
    expect(warningsOf(family, 20, { kind: 'first' })).toEqual([]);
    expect(warningsOf(family, 20, { kind: 'adj', oomScoreAdj: 500 })).toEqual([]);
  });

  it('names the limit that comes first and the place there, when the machine is looked at', () => {
    const boxed: ProcTreeSpec = {
      cgroups: { '/box': { limitBytes: 512 * MIB, usageBytes: 400 * MIB } },
      processes: [
        { pid: 10, name: 'boxed', cgroup: '/box', rssAnonPages: 9000 },
        { pid: 11, name: 'boxed', cgroup: '/box', rssAnonPages: 8000 },
        { pid: 20, rssAnonPages: 5000 },
      ],
    };
    const expected = { kind: 'own-limit-first', path: '/box', headroomBytes: 112 * MIB };
    const behind = { kind: 'behind', n: 1 } as const;
    expect(ofKind(warningsOf(boxed, 10, behind), 'own-limit-first')).toEqual([{ ...expected, rank: 1 }]);
    expect(ofKind(warningsOf(boxed, 'boxed', behind), 'own-limit-first').length).toBe(1);
    const inside = { kind: 'cgroup', path: '/box' } as const;
    expect(ofKind(warningsOf(boxed, 10, behind, inside), 'own-limit-first')).toEqual([]);
    expect(ofKind(warningsOf(boxed, 20, behind), 'own-limit-first')).toEqual([]);
    expect(ofKind(warningsOf(boxed, 11, { kind: 'first' }), 'own-limit-first')).toEqual([]);
  });

  it('says that systemd-oomd does not read the value, and nothing of killers that do', () => {
    const withKiller = (name: string, cmdline: string): ProcTreeSpec => ({
      processes: [
        { pid: 5, name, cmdline: [cmdline], rssAnonPages: 10 },
        { pid: 10, rssAnonPages: 9000 },
        { pid: 20, rssAnonPages: 500 },
      ],
    });
    const oomd = withKiller('systemd-oomd', '/usr/lib/systemd/systemd-oomd');
    const behind = { kind: 'behind', n: 1 } as const;
    expect(ofKind(warningsOf(oomd, 10, behind), 'other-killer')).toEqual([
      { kind: 'other-killer', name: 'systemd-oomd', readsAdj: false },
    ]);
    expect(ofKind(warningsOf(oomd, 20, { kind: 'first' }), 'other-killer')).toEqual([]);
    const earlyoom = withKiller('earlyoom', '/usr/bin/earlyoom');
    expect(ofKind(warningsOf(earlyoom, 10, behind), 'other-killer')).toEqual([]);
  });

  it('names a process that dies with its group whatever its own value is', () => {
    const grouped: ProcTreeSpec = {
      cgroups: { '/pod': { oomGroup: true, usageBytes: MIB }, '/pod/a': { usageBytes: MIB } },
      processes: [
        { pid: 10, cgroup: '/pod/a', rssAnonPages: 9000 },
        { pid: 11, cgroup: '/pod', rssAnonPages: 8000 },
        { pid: 20, rssAnonPages: 500 },
      ],
    };
    expect(ofKind(warningsOf(grouped, 10, NEVER), 'dies-with-group')).toEqual([
      { kind: 'dies-with-group', path: '/pod' },
    ]);
    expect(ofKind(warningsOf(grouped, 20, NEVER), 'dies-with-group')).toEqual([]);
  });

  it('knows the values that Chromium writes again', () => {
    const browser: ProcTreeSpec = {
      processes: [
        {
          pid: 10,
          name: 'chrome',
          adj: 300,
          cmdline: ['/opt/chrome', '--type=renderer'],
          rssAnonPages: 9000,
        },
        { pid: 11, name: 'chrome', adj: 0, cmdline: ['/opt/chrome'], rssAnonPages: 8000 },
      ],
    };
    expect(ofKind(warningsOf(browser, 10, { kind: 'adj', oomScoreAdj: 0 }), 'chromium-resets').length).toBe(
      1,
    );
    expect(ofKind(warningsOf(browser, 11, { kind: 'adj', oomScoreAdj: 100 }), 'chromium-resets')).toEqual([]);
  });

  it('says that adjustments do nothing in a limit below 1,000 pages', () => {
    const tiny: ProcTreeSpec = {
      cgroups: { '/tiny': { limitBytes: 999 * 4096, usageBytes: 100 * 4096 } },
      processes: [
        { pid: 10, cgroup: '/tiny', rssAnonPages: 90 },
        { pid: 11, cgroup: '/tiny', rssAnonPages: 80 },
      ],
    };
    const scope = { kind: 'cgroup', path: '/tiny' } as const;
    const warnings = warningsOf(tiny, 10, { kind: 'behind', n: 1 }, scope);
    expect(warnings.map(({ kind }) => kind)).toEqual(['out-of-reach', 'scope-too-small']);
  });

  it('says how many a wide intent changes', () => {
    const crowd = (count: number): ProcTreeSpec => ({
      processes: Array.from({ length: count }, (_, index) => ({
        pid: 10 + index,
        name: 'crowd',
        rssAnonPages: 10,
      })),
    });
    const intent = { kind: 'adj', oomScoreAdj: 100 } as const;
    expect(warningsOf(crowd(MANY_PROCESSES), 'crowd', intent)).toEqual([]);
    expect(warningsOf(crowd(MANY_PROCESSES + 1), 'crowd', intent)).toEqual([
      { kind: 'matches-many', count: MANY_PROCESSES + 1 },
    ]);
  });

  it('says where processes of one name run, where that is the host and containers', () => {
    const id = 'c0ffee'.repeat(10) + 'beef';
    const named: ProcTreeSpec = {
      processes: [
        { pid: 10, name: 'db', rssAnonPages: 100 },
        { pid: 20, name: 'db', rssAnonPages: 100, cgroup: `/docker/${id}` },
        { pid: 30, name: 'db', rssAnonPages: 100, cgroup: `/docker/${id}` },
        { pid: 40, name: 'web', rssAnonPages: 100 },
        { pid: 50, name: 'web', rssAnonPages: 100 },
      ],
    };
    expect(ofKind(warningsOf(named, 'db', NEVER), 'several-places')).toEqual([
      { kind: 'several-places', places: [{ pids: [10] }, { container: `docker:${id}`, pids: [20, 30] }] },
    ]);
    expect(ofKind(warningsOf(named, 'web', NEVER), 'several-places')).toEqual([]);
    expect(ofKind(warningsOf(named, 20, NEVER), 'several-places')).toEqual([]);
  });
});
