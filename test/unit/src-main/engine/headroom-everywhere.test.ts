import { describe, expect, it } from 'vitest';
import { type Headroom } from '#shared/model/headroom.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { failureLine } from '#shared/words/index.ts';
import { listJson } from '../../../../src-main/cli/commands/watch/list-json.ts';
import { warningsFor } from '../../../../src-main/engine/change/adj/warnings.ts';
import { cgroupState, cgroupPreview } from '../../../../src-main/engine/change/cgroup/limits.ts';
import { orderOfScope } from '../../../../src-main/engine/watch/order-view.ts';
import { processDetail } from '../../../../src-main/engine/watch/process-detail.ts';
import { ProcessHistories } from '../../../../src-main/engine/forecast/process-histories.ts';
import { scopesOf } from '../../../../src-main/engine/watch/scope-summaries.ts';
import { snapshotOf } from '../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../helpers/proc-tree.ts';

const MIB = 2 ** 20;
const POD = '/kubepods.slice/pod.slice';
const APP = `${POD}/app.scope`;

/** A pod of which a part may be swapped and a part is dirty, and in it a container that is protected and slowed down. */
const MACHINE: ProcTreeSpec = {
  cgroupVersion: 2,
  meminfo: { swapTotalBytes: 256 * MIB, swapFreeBytes: 200 * MIB },
  cgroups: {
    '/kubepods.slice': {},
    [POD]: {
      ...{
        limitBytes: 800 * MIB,
        usageBytes: 700 * MIB,
        inactiveFileBytes: 90 * MIB,
        activeFileBytes: 60 * MIB,
      },
      ...{
        dirtyBytes: 20 * MIB,
        slabReclaimableBytes: 10 * MIB,
        swapLimitBytes: 64 * MIB,
        swapUsageBytes: 14 * MIB,
      },
    },
    [APP]: {
      ...{ limitBytes: 600 * MIB, highBytes: 380 * MIB, minBytes: 300 * MIB, usageBytes: 400 * MIB },
      ...{ inactiveFileBytes: 80 * MIB, activeFileBytes: 40 * MIB, swapLimitBytes: 30 * MIB },
    },
  },
  processes: [
    { pid: 10, name: 'server', rssAnonPages: 60_000, cgroup: APP },
    { pid: 20, name: 'sidecar', rssAnonPages: 20_000, cgroup: `${POD}/side.scope` },
  ],
};

/** What each part says of one cgroup. */
function everywhere(path: string): Record<string, Headroom | undefined> {
  const snapshot = snapshotOf(MACHINE);
  const scope = { kind: 'cgroup', path } as const;
  const inside = orderOfScope(snapshot, scope);
  const whole = orderOfScope(snapshot, GLOBAL_SCOPE);
  const state = cgroupState(snapshot, path);
  const server = snapshot.processes.find(({ pid }) => pid === 10);
  const limit = snapshot.cgroups.get(path)?.limitBytes ?? 0;
  const raised = cgroupPreview(snapshot, { path, setting: 'max', value: limit + 4096 });
  if (!inside.ok || !whole.ok || !state.ok || !raised.ok || server === undefined)
    throw new Error('built wrong');
  const detail = processDetail(snapshot, whole.value, server, new ProcessHistories(4096));
  const atRaised = raised.value.effects.flatMap(({ fact }) => (fact.kind === 'headroom' ? [fact] : []))[0];
  const own = state.value.headroom;
  return {
    list: listJson(snapshot, inside.value, 3).headroom,
    explain: detail.chain.find((step) => step.path === path)?.headroom,
    cgroup: own,
    page: scopesOf(snapshot).find((each) => each.path === path)?.headroom,
    preview:
      atRaised === undefined || own === undefined
        ? undefined
        : { ...own, headroomBytes: atRaised.headroomBytes - 4096, uncertainBytes: atRaised.uncertainBytes },
  };
}

describe('the headroom of one cgroup', () => {
  it.each([
    {
      path: POD,
      /* 100 free, cache and slab less 20 dirty and 20 that memory.min keeps below, and as much swap as the pod may still use. */
      expected: {
        headroomBytes: (100 + 160 - 20 - 20 + 50) * MIB,
        uncertainBytes: 20 * MIB,
        comfortableBytes: 190 * MIB,
      },
    },
    {
      path: APP,
      /* memory.high is 20 below usage, and 80 of cache can go: it is comfortable for 60, not for the 280 up to its limit. */
      expected: { headroomBytes: (200 + 120 + 30) * MIB, uncertainBytes: 0, comfortableBytes: 60 * MIB },
    },
  ])('is the same in list, explain, cgroup, on the page and in a preview: $path', ({ path, expected }) => {
    const said = everywhere(path);
    for (const [where, headroom] of Object.entries(said)) {
      expect({ where, headroom }).toMatchObject({ where, headroom: expected });
    }
    expect(new Set(Object.values(said).map((headroom) => JSON.stringify(headroom))).size).toBe(1);
  });

  it('names the same place as the one that runs out first in a detail, a warning and a group', () => {
    const snapshot = snapshotOf(MACHINE);
    const whole = orderOfScope(snapshot, GLOBAL_SCOPE);
    const server = snapshot.processes.find(({ pid }) => pid === 10);
    if (!whole.ok || server === undefined) throw new Error('built wrong');
    const detail = processDetail(snapshot, whole.value, server, new ProcessHistories(4096));
    const [change] = [{ ...server, before: 0, after: -500 }];
    const warnings = warningsFor({
      ...{ snapshot, ofScope: whole.value, intent: { kind: 'adj', oomScoreAdj: -500 } },
      ...{ targets: [server], changes: [change], outOfReach: [] },
    });
    const headroomBytes = 270 * MIB;
    expect(detail.tightest).toMatchObject({ path: POD, headroomBytes });
    expect(warnings).toContainEqual(
      expect.objectContaining({ kind: 'own-limit-first', path: POD, headroomBytes }),
    );
    expect(scopesOf(snapshot).find(({ path }) => path === APP)).toMatchObject({
      firstAbove: { path: POD, headroomBytes },
      high: { state: 'throttled', overBytes: 20 * MIB },
    });
  });
});

/* Limits that were weighed without memory.swap.max, and without what can be reclaimed. */
describe('a limit below usage', () => {
  const engine = (swapLimitBytes: number | undefined): ProcTreeSpec => ({
    cgroupVersion: 2,
    meminfo: { swapTotalBytes: 2048 * MIB, swapFreeBytes: 2048 * MIB },
    cgroups: {
      '/docker': {
        ...{ usageBytes: 500 * MIB, limitBytes: 512 * MIB },
        ...(swapLimitBytes === undefined ? {} : { swapLimitBytes }),
      },
    },
    processes: [{ pid: 20, name: 'worker', rssAnonPages: 120_000, cgroup: '/docker' }],
  });
  const firstFact = (spec: ProcTreeSpec, setting: 'max' | 'high', path = '/docker', mib = 300) => {
    const preview = cgroupPreview(snapshotOf(spec), { path, setting, value: mib * MIB });
    return preview.ok ? preview.value.effects[0] : preview.error;
  };

  it.each([
    {
      swap: 0,
      max: { weight: 'danger', fact: { kind: 'kills', overBytes: 200 * MIB, swapBytes: 0 } },
      high: { weight: 'danger', fact: { kind: 'stalls', overBytes: 200 * MIB } },
    },
    {
      swap: 150 * MIB,
      max: { weight: 'danger', fact: { kind: 'kills', overBytes: 50 * MIB, swapBytes: 150 * MIB } },
      high: { weight: 'danger', fact: { kind: 'stalls', overBytes: 50 * MIB } },
    },
    {
      swap: 256 * MIB,
      max: { weight: 'warning', fact: { kind: 'reclaims', cacheBytes: 0, swapBytes: 200 * MIB } },
      high: { weight: 'warning', fact: { kind: 'throttles', swapBytes: 200 * MIB } },
    },
    {
      swap: undefined,
      max: { weight: 'warning', fact: { kind: 'reclaims', cacheBytes: 0, swapBytes: 200 * MIB } },
      high: { weight: 'warning', fact: { kind: 'throttles', swapBytes: 200 * MIB } },
    },
  ])('counts no more swap than memory.swap.max $swap allows', ({ swap, max, high }) => {
    expect(firstFact(engine(swap), 'max')).toMatchObject(max);
    expect(firstFact(engine(swap), 'high')).toMatchObject(high);
  });

  it('stands still above memory.high where nothing can be reclaimed', () => {
    const spec: ProcTreeSpec = {
      cgroupVersion: 2,
      cgroups: { '/sentinel': { usageBytes: 610 * MIB, highBytes: 600 * MIB, limitBytes: 800 * MIB } },
      processes: [{ pid: 20, name: 'sentinel', rssAnonPages: 150_000, cgroup: '/sentinel' }],
    };
    const state = cgroupState(snapshotOf(spec), '/sentinel');
    expect(state).toMatchObject({ value: { high: { state: 'stalled', overBytes: 10 * MIB } } });
    expect(firstFact(spec, 'high', '/sentinel', 500)).toMatchObject({ fact: { kind: 'stalls' } });
    expect(firstFact(spec, 'high', '/sentinel', 700)).toMatchObject({ fact: { kind: 'throttles-from' } });
  });
});

describe('a cgroup without a limit of its own', () => {
  it('is answered with the cgroup above whose limit is the answer', () => {
    const inside = orderOfScope(snapshotOf(MACHINE), { kind: 'cgroup', path: `${POD}/side.scope` });
    expect(inside).toMatchObject({ ok: false, error: { code: 'scope-unlimited' } });
    expect(inside.ok ? '' : failureLine(inside.error)).toContain(
      `Its limit is that of ${POD}, with 270 MiB of headroom.`,
    );
  });
});
