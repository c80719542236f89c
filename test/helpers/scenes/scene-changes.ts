import { type Handlers } from '#shared/contract/server.ts';
import { sysctlEffects } from '#shared/kernel/sysctl/effects.ts';
import { SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { type CgroupEffect, type CgroupState } from '#shared/model/cgroup-change.ts';
import {
  type AdjOutcome,
  type AdjRequest,
  type JournalEntry,
  type PlaceInOrder,
  type Warning,
} from '#shared/model/change.ts';
import { type NamedProcess } from '#shared/model/kill-order.ts';
import { type PlannedChange, type PlannedWrite } from '#shared/model/planned-change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { SYSCTL_NAMES, type SysctlChange, type SysctlState } from '#shared/model/sysctl/sysctl.ts';
import { fail, ok } from '#shared/result.ts';
import { LONGEST_NAMES, LONGEST_PATH } from './longest-names.ts';
import { GIB, type SceneMachine } from './scene-machine.ts';
import { scenePlans } from './scene-plans.ts';
import { SCENE_START_MS } from './scene-reports.ts';

/** A scene in which changes are allowed, and what was asked of it. */
export interface SceneChanges {
  readonly handlers: Partial<Handlers>;
  /** Every request that would have written something. */
  readonly written: readonly { readonly request: string; readonly input: unknown }[];
}

/** Answers for everything that changes something: previews with every warning there is, settings, and a journal; nothing is written. */
export function sceneChanges(scene: SceneMachine): SceneChanges {
  const written: { request: string; input: unknown }[] = [];
  const write =
    <T>(request: string, answer: T) =>
    (input: unknown) => {
      written.push({ request, input });
      return ok(answer);
    };
  const settings = sceneSettings();
  return {
    written,
    handlers: {
      'change.rights': () => ok({ state: 'allowed', via: 'root', sysResource: true }),
      'change.previewAdj': (request) => {
        const process = processOf(scene, request);
        return ok({
          ...plan(),
          request,
          changes: [{ ...process, before: 0, after: ADJ[request.intent.kind] ?? -320 }],
          orderAfter: [],
          place: PLACES[request.intent.kind] ?? { before: 17, after: 60, of: 214 },
          ...(request.intent.kind === 'later' ? { room: { bytes: 1.2 * GIB } } : {}),
          warnings: WARNINGS,
          needsRoot: true,
          lasting: [{ lasting: { kind: 'rule', name: process.name }, oomScoreAdj: -320, count: 1 }],
        });
      },
      'change.applyAdj': write('change.applyAdj', { group: 1, outcomes: OUTCOMES }),
      'change.tuning': () =>
        ok({
          settings,
          presets: SYSCTL_PRESETS,
          dangers: [],
          reader: 'systemd',
          decidedBy: 'files',
          unreadable: [],
        }),
      'change.previewSysctls': ({ changes }) =>
        ok({
          ...plan(),
          writes: writesOf(settings, changes),
          changes,
          effects: effectsOf(settings, changes),
          atBoot: [],
        }),
      'change.applySysctls': write('change.applySysctls', {
        id: 7,
        of: 'sysctls' as const,
        changes: [{ subject: 'vm.overcommit_memory', before: '0', after: '2' }],
        deadlineMs: Date.now() + 20_000,
        totalSeconds: 20,
      }),
      'change.confirmPending': write('change.confirmPending', []),
      'change.revertPending': write('change.revertPending', null),
      'change.cgroup': ({ path }) => ok(cgroup(path)),
      'change.previewCgroup': (change) =>
        ok({ ...plan(), change, file: 'memory.max', before: 'max', effects: CGROUP_EFFECTS }),
      'change.applyCgroup': write('change.applyCgroup', {
        id: 8,
        of: 'cgroup' as const,
        changes: [{ subject: `${LONGEST_PATH} memory.max`, before: 'max', after: '536870912' }],
        deadlineMs: Date.now() + 20_000,
        totalSeconds: 20,
      }),
      'change.journal': () => ok(journal()),
      ...scenePlans(journal(), plan, write),
    },
  };
}

const ADJ: Partial<Record<AdjRequest['intent']['kind'], number>> = { strong: -500, never: -1000, first: 800 };
const PLACES: Partial<Record<AdjRequest['intent']['kind'], PlaceInOrder>> = {
  strong: { before: 17, after: 214, of: 214 },
  never: { before: 17, isExempt: true, of: 213 },
  first: { before: 17, after: 1, of: 214 },
};

let plans = 0;
function plan(): PlannedChange {
  plans += 1;
  return { id: `plan-${plans}`, computedAtMs: SCENE_START_MS, writes: [] };
}

function writesOf(settings: readonly SysctlState[], changes: readonly SysctlChange[]): PlannedWrite[] {
  return changes.map(({ name, value }) => {
    const now = settings.find(({ spec }) => spec.name === name)?.now;
    return {
      mechanism: 'sysctl',
      subject: name,
      ...(now === undefined ? {} : { seen: now.toString() }),
      value: value.toString(),
    };
  });
}

function sceneSettings(): readonly SysctlState[] {
  return SYSCTL_NAMES.map((name) => ({
    spec: SYSCTL_SPECS[name],
    now: name === 'vm.overcommit_ratio' ? 0 : (SYSCTL_SPECS[name].default ?? 67_584),
    overridden: [],
    unread: [],
    ignored: [],
    later: [],
    decidedBy: 'files' as const,
    drifts: false,
  }));
}

function effectsOf(settings: readonly SysctlState[], changes: readonly SysctlChange[]) {
  return sysctlEffects(
    settings,
    {
      version: { major: 6, minor: 12, patch: 0 },
      pageSizeBytes: 4096,
      totalBytes: 23.6 * GIB,
      availableBytes: 17.6 * GIB,
      hugetlbBytes: 0,
      swapBytes: 1 * GIB,
      chargeBytes: 11.6 * GIB,
      cgroupsWithLimit: 5,
      next: 'chrome',
    },
    changes,
  );
}

function processOf(scene: SceneMachine, { target }: AdjRequest): NamedProcess {
  const frame = scene.frame({ scope: { kind: 'global' }, orderCount: 100 }, 0);
  const id = 'id' in target ? target.id : undefined;
  const found = frame.ok ? frame.value.order.entries.find(({ pid }) => pid === id?.pid) : undefined;
  return {
    pid: id?.pid ?? 1,
    startTicks: id?.startTicks ?? 1,
    name: found?.name ?? 'postgres',
  };
}

const WARNINGS: readonly Warning[] = [
  { kind: 'own-limit-first', path: LONGEST_PATH, headroomBytes: 2 ** 24, rank: 3 },
  { kind: 'dies-with-group', path: LONGEST_PATH },
  { kind: 'absolute' },
  { kind: 'mostly-unkillable', share: 0.93 },
  { kind: 'out-of-reach', names: ['x'.repeat(15), 'y'.repeat(15)] },
  { kind: 'matches-many', count: 4096 },
  {
    kind: 'several-places',
    places: [{ pids: [4711] }, { container: `docker:${'c0ffee'.repeat(10)}beef`, pids: [7, 8] }],
  },
];

const OUTCOMES: readonly AdjOutcome[] = LONGEST_NAMES.map((name, index) => ({
  pid: 4_194_304 - index,
  startTicks: 1,
  name,
  before: 1000,
  asked: -320,
  ...(index === 1
    ? { error: fail('not-ours', { what: 'file', path: LONGEST_PATH }).error }
    : { after: -320 }),
}));

const CGROUP_EFFECTS: readonly CgroupEffect[] = [
  {
    weight: 'danger',
    fact: {
      kind: 'kills',
      victims: LONGEST_NAMES.map((name, index) => ({ pid: 4_194_304 - index, startTicks: 1, name })),
      overBytes: 1.3 * GIB,
      swapBytes: 0,
      uncertainBytes: 0,
    },
  },
  { weight: 'warning', fact: { kind: 'limit-above', path: LONGEST_PATH, headroomBytes: 2 ** 24 } },
  {
    weight: 'warning',
    fact: {
      kind: 'container-rewrites',
      container: LONGEST_PATH,
      command: `docker update --memory 536870912 ${LONGEST_PATH}`,
    },
  },
];

function cgroup(path: string): CgroupState {
  return {
    path,
    label: path.slice(1),
    version: 2,
    mountPoint: '/sys/fs/cgroup',
    usageBytes: 2 ** 30,
    reclaimableBytes: 2 ** 20,
    processCount: 3,
    values: [{ setting: 'max', value: 'max' }],
  };
}

/** Fourteen changes, the longest names among them. */
function journal(): readonly JournalEntry[] {
  return Array.from({ length: 14 }, (_, index) => ({
    id: 14 - index,
    timeMs: SCENE_START_MS - index * 60_000,
    who: 'w'.repeat(32),
    action: 'set-cgroup' as const,
    subject: `${LONGEST_PATH} memory.max`,
    before: '268435456',
    asked: '314572800',
    after: '314572800',
    state: 'done' as const,
    group: 14 - index,
  }));
}
