// Over 300 lines: one stage that all tests of changes share.
import { onTestFinished } from 'vitest';
import { type LastingLimits } from '../../../../../src-main/engine/world.ts';
import { containerInPath } from '#shared/containers/container-in-path.ts';
import { type ProcessLook } from '#shared/model/process.ts';
import { fail, ok, type Failure, type Result } from '#shared/result.ts';

import { type CgroupChange, type CgroupValue } from '#shared/model/cgroup-change.ts';
import { type AdjChange, type AdjRequest, type JournalEntry } from '#shared/model/change.ts';
import { type NewRule } from '#shared/model/rule.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { type Unit } from '#shared/model/unit.ts';
import { type UndoRequest } from '#shared/model/undo.ts';
import {
  SYSCTL_NAMES,
  type SysctlChange,
  type SysctlName,
  type SysctlState,
} from '#shared/model/sysctl/sysctl.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Snapshot } from '../../../../../src-main/collect/snapshot.ts';
import { applyAdj } from '../../../../../src-main/engine/change/adj/apply.ts';
import { applyKeep, previewKeep, type KeepRequest } from '../../../../../src-main/engine/change/adj/keep.ts';
import { applyCgroup } from '../../../../../src-main/engine/change/cgroup/requests.ts';
import {
  confirmPending,
  extendPending,
  revertPending,
} from '../../../../../src-main/engine/change/confirm.ts';
import {
  helperListener,
  type KernelLogListener,
} from '../../../../../src-main/engine/change/helper-listener.ts';
import {
  applyPlannedAdj,
  applyPlannedCgroup,
  applyPlannedSysctls,
  newPlanned,
  planAdj,
  planCgroup,
  planSysctls,
} from '../../../../../src-main/engine/change/planned-requests.ts';
import { PendingChanges } from '../../../../../src-main/engine/change/pending-changes.ts';
import { readJournal } from '../../../../../src-main/engine/change/read-journal.ts';
import { readRights, unlock } from '../../../../../src-main/engine/change/read-rights.ts';
import { Recorder } from '../../../../../src-main/engine/change/recorder.ts';
import { ChangeRights, type ChangePolicy } from '../../../../../src-main/engine/change/rights.ts';
import {
  applyKeepSysctl,
  previewKeepSysctl,
} from '../../../../../src-main/engine/change/sysctl/plan-keep.ts';
import { type Tuning } from '../../../../../src-main/engine/change/sysctl/tuning.ts';
import { applyUndo } from '../../../../../src-main/engine/change/undo/apply-undo.ts';
import { previewUndo } from '../../../../../src-main/engine/change/undo/undo.ts';
import {
  applyRule,
  previewAddRule,
  previewRemoveRule,
} from '../../../../../src-main/engine/rules/change-rules.ts';
import { previewRemoveDropIn, removeDropIn } from '../../../../../src-main/engine/rules/drop-ins.ts';
import { readProtections } from '../../../../../src-main/engine/rules/protections.ts';
import { type ChangeWorld } from '../../../../../src-main/engine/world.ts';

import { Journal, type JournalRecord } from '../../../../../src-main/store/journal.ts';
import { processIn, sampledTree } from '../../../../helpers/processes/process-sampler.ts';
import { StrictHelper, wrote } from './strict-helper.ts';

const OWN_UID = 1000;

interface StageOptions {
  readonly limits?: LastingLimits;
  readonly helper?: StrictHelper | Failure;
  readonly policy?: ChangePolicy;
  readonly journalFails?: boolean;
  readonly kernelLog?: KernelLogListener;
  /** memory.max by path. */
  readonly cgroups?: Readonly<Record<string, CgroupValue>>;
  readonly sysctls?: Partial<Record<SysctlName, number>>;
  /** What the journal has of a former boot, as one click. */
  readonly earlier?: readonly Omit<JournalRecord, 'who' | 'state'>[];
  /** Lines of Lifeboat's own file in sysctl.d. */
  readonly kept?: Partial<Record<SysctlName, number>>;
  /** What is said of settings that are to be kept. */
  readonly mayKeep?: Result<null>;
  /** What a setting reads once the helper has ended. */
  readonly readBack?: (subject: string) => string | undefined;
  /** The kernel's oom_score_adj_min of one's own processes; without it, whatever they have. */
  readonly ownLeast?: number;
}

/** Actions on a built machine with a real journal, a strict helper and values that are written in memory. */
/** No test changes a limit by accident. */
const NO_LIMITS: LastingLimits = {
  engineOf: () => undefined,
  update: () => Promise.reject(new Error('no engine was to be asked')),
  setProperty: () => Promise.reject(new Error('no property was to be set')),
};

export function actionsOn(options: StageOptions = {}) {
  const { tree, sample } = sampledTree({
    processes: [10, 20, 30].map((pid) => ({
      pid,
      name: `p${pid}`,
      uid: pid === 30 ? 0 : OWN_UID,
      rssAnonPages: 9000 - pid * 100,
    })),
  });
  const limits = Object.entries(options.cgroups ?? {});
  const setLimit = (path: string, value: CgroupValue) => {
    tree.setCgroup(path, value === 'max' ? {} : { limitBytes: value });
  };
  for (const [path, value] of limits) setLimit(path, value);
  const snapshot = sample();
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-actions-'));
  if (options.earlier !== undefined) {
    const before = Journal.open({ folder, nowMs: () => 1_600_000_000_000, bootId: 'before' });
    if (!before.ok) throw new Error(before.error.code);
    before.value.journal.add(options.earlier.map((each) => ({ ...each, who: 'alice', state: 'done' })));
    before.value.journal.close();
  }
  const opened = Journal.open({ folder, nowMs: () => 1_700_000_000_000, bootId: 'boot' });
  if (!opened.ok) throw new Error(opened.error.code);
  const { journal } = opened.value;
  onTestFinished(() => {
    journal.close();
    rmSync(folder, { recursive: true });
  });
  const values = new Map(snapshot.processes.map(({ pid, oomScoreAdj }) => [pid, oomScoreAdj]));
  const sysctls = new Map(Object.entries({ ...options.sysctls }));
  const kept = new Map(Object.entries({ ...options.kept }));
  const events: { event: string; payload: unknown }[] = [];
  const troubles: string[] = [];
  const ownWrites: string[] = [];
  const userUnits = new Map<string, string>();
  const systemUnits = new Map<string, string>();
  let starts = 0;
  const failed = fail('journal-failed', { what: 'none' });
  const emit = (event: string, payload: unknown) => {
    events.push({ event, payload });
  };
  const record: ChangeWorld['journal'] =
    options.journalFails === true
      ? { add: () => failed, update: () => failed, page: () => failed, ruledProcesses: () => failed }
      : journal;
  const recorder = new Recorder({
    journal: record,
    who: 'alice',
    onEntry: (entry) => {
      emit('change.journal', entry);
    },
    onTrouble: (message) => {
      troubles.push(message);
    },
  });
  const rights: ChangeRights = new ChangeRights({
    elevation: {
      rightsNow: () => ({ state: 'asks', method: 'sudo', command: 'sudo lifeboat' }),
      start: () => {
        starts++;
        const { helper } = options;
        if (helper === undefined) throw new Error('no helper was to be started');
        return Promise.resolve(helper instanceof StrictHelper ? ok(helper) : { ok: false, error: helper });
      },
    },
    policy: options.policy ?? 'when-asked',
    onChange: (now) => {
      emit('change.rights', now);
    },
    ...helperListener(() => pending, options.kernelLog),
  });
  const pending: PendingChanges = new PendingChanges({
    rights,
    recorder,
    keeping: {
      mayKeep: () => options.mayKeep ?? ok(null),
      isKeptAlready: ({ name, value }) => {
        const { clears } = SYSCTL_SPECS[name];
        return kept.get(name) === value && (clears === undefined || !kept.has(clears));
      },
      readKept: () => ok({ file: '/etc/sysctl.d/90-lifeboat.conf' }),
    },
    onChange: (now) => {
      emit('change.pending', now);
    },
    readBack: (_, subject) => options.readBack?.(subject),
  });
  const current = (): Snapshot => ({
    ...snapshot,
    processes: snapshot.processes.map((process) => ({
      ...process,
      oomScoreAdj: values.get(process.pid) ?? process.oomScoreAdj,
    })),
  });
  const states = () => SYSCTL_NAMES.map((name) => stateOf(name, sysctls.get(name), kept.get(name)));
  const world: ChangeWorld = {
    limits: options.limits ?? NO_LIMITS,
    containers: { of: containerInPath, all: () => [], access: () => [] },
    snapshot: () => ok(current()),
    readEverything: () => ok(current()),
    sysctls: states,
    tuning: (): Tuning => ({
      states: states(),
      reader: 'systemd',
      decidedBy: 'files',
      disk: {
        reader: 'systemd',
        commandLine: { path: '/proc/cmdline', lines: [], rejected: [] },
        files: [],
        unreadFiles: [],
      },
      boot: new Map(),
      unreadable: [],
    }),
    rights,
    journal: record,
    recorder,
    pending,
    planned: newPlanned(),
    ownWrites: {
      see: ({ pid, startTicks }) => Promise.resolve(ok({ pid, startTicks, look: lookOf(pid, startTicks) })),
      adj: ({ pid }, oomScoreAdj, expected) => {
        const before = values.get(pid) ?? 0;
        if (before !== expected) return fail('changed-meanwhile', { what: 'race', subject: 'x' });
        if (oomScoreAdj < (options.ownLeast ?? before))
          return fail('needs-root', { subject: 'oom_score_adj' });
        ownWrites.push(`adj ${pid} ${oomScoreAdj}`);
        values.set(pid, oomScoreAdj);
        return ok(wrote(`oom_score_adj of process ${pid}`, String(before), String(oomScoreAdj)));
      },
      readAdj: ({ pid }) => {
        const value = values.get(pid);
        return value === undefined ? fail('process-gone', { what: 'process', pid: 1 }) : ok(value);
      },
      userUnit: (unit, oomScoreAdj, expected) => {
        const before = userUnits.get(unit) ?? '';
        if (expected !== undefined && before !== expected)
          return Promise.resolve(fail('changed-meanwhile', { what: 'race', subject: 'x' }));
        ownWrites.push(`unit ${unit} ${oomScoreAdj ?? 'none'}`);
        userUnits.set(unit, oomScoreAdj?.toString() ?? '');
        const file = `/home/a/.config/systemd/user/${unit}.d/90-lifeboat.conf`;
        return Promise.resolve(ok(wrote(file, before, oomScoreAdj?.toString() ?? '')));
      },
      keptFor: ({ manager, name }) =>
        ok({
          file: `/${manager}/${name}.d/90-lifeboat.conf`,
          value: (manager === 'system' ? systemUnits : userUnits).get(name) ?? '',
        }),
      dropIns: () =>
        (
          [
            ['system', systemUnits],
            [`user:${OWN_UID}`, userUnits],
          ] as const
        ).flatMap(([manager, units]) =>
          [...units].flatMap(([name, value]) =>
            value === ''
              ? []
              : [
                  {
                    unit: { manager, name },
                    file: `/${manager}/${name}.d/90-lifeboat.conf`,
                    oomScoreAdj: Number(value),
                  },
                ],
          ),
        ),
    },
    rulesFile: join(folder, 'rules.toml'),
    commandOf: ({ command }) => command,
    ownUid: OWN_UID,
  };
  const actions = requestsOf(world);
  return {
    actions,
    snapshot,
    events,
    troubles,
    ownWrites,
    /** What is kept for services of one's own. */
    userUnits,
    /** What drop-ins keep for units of the system. */
    systemUnits,
    world,
    rulesFile: world.rulesFile,
    /** What /proc says of the processes; take one away and it has ended. */
    values,
    sysctls,
    kept,
    /** Sets memory.max, or takes a cgroup away. */
    cgroups: {
      set: setLimit,
      delete: (path: string) => {
        tree.removeCgroup(path);
      },
    },
    starts: () => starts,
    entries: (): readonly JournalEntry[] => {
      const page = journal.page({ limit: 100 });
      if (!page.ok) throw new Error(page.error.code);
      return page.value;
    },
    change: (pid: number, after: number): AdjChange => changeOf(snapshot, pid, values.get(pid) ?? 0, after),
  };
}

/** The requests that change something, in one world. */
function requestsOf(world: ChangeWorld) {
  const { rights } = world;
  return {
    rights: () => {
      const now = readRights(world);
      if (!now.ok) throw new Error(now.error.code);
      return now.value;
    },
    unlock: () => unlock(world),
    apply: (changes: readonly AdjChange[]) => applyAdj(world, { changes }),
    planAdj: (request: AdjRequest) => planAdj(world, request),
    applyPlannedAdj: (id: string) => applyPlannedAdj(world, { id }),
    planCgroup: (change: CgroupChange) => planCgroup(world, change),
    applyPlannedCgroup: (id: string) => applyPlannedCgroup(world, { id, mayKill: false }),
    previewKeep: (places: KeepRequest['places']) => previewKeep(world, { places }),
    applyKeep: (id: string) => applyKeep(world, { id }),
    /** Looks at it and keeps what was shown, as a page does. */
    keepAdj: async (lasting: KeepRequest['places'][number]['lasting'], oomScoreAdj: number) => {
      const plan = previewKeep(world, { places: [{ lasting, oomScoreAdj }] });
      if (!plan.ok) return plan;
      const kept = await applyKeep(world, { id: plan.value.id });
      if (!kept.ok) return kept;
      const [place] = kept.value.places;
      if (place?.refused !== undefined) return { ok: false, error: place.refused } as const;
      return ok({ file: place?.file ?? '' });
    },
    previewUndo: (request: UndoRequest) => previewUndo(world, request),
    applyUndo: (id: string) => applyUndo(world, { id }),
    /** Looks at what undoing would do, and does it, with all that is dangerous. */
    undo: async (group: number | 'all') => {
      const groups = group === 'all' ? group : [group];
      const list = previewUndo(world, { groups });
      if (!list.ok) return list;
      const chosen = list.value.clicks.flatMap((click) => (click.isRelated === true ? [] : [click.group]));
      const plan = previewUndo(world, { groups, chosen });
      return plan.ok ? applyUndo(world, { id: plan.value.id }) : plan;
    },
    previewAddRule: (rule: NewRule) => previewAddRule(world, rule),
    previewRemoveRule: (number: number) => previewRemoveRule(world, { number }),
    applyRule: (id: string) => applyRule(world, { id }),
    readProtections: () => readProtections(world),
    previewRemoveDropIn: (unit: Unit) => previewRemoveDropIn(world, { unit }),
    removeDropIn: (id: string) => removeDropIn(world, { id }),
    journal: (count: number) => readJournal(world, { count }),
    pending: () => world.pending.current,
    planSysctls: (changes: readonly SysctlChange[]) => planSysctls(world, { changes }),
    applyPlannedSysctls: (id: string) => applyPlannedSysctls(world, { id }),
    applySysctls: async (changes: readonly SysctlChange[]) => {
      const plan = planSysctls(world, { changes });
      return plan.ok ? applyPlannedSysctls(world, { id: plan.value.id }) : plan;
    },
    applyCgroup: (change: CgroupChange, expected: CgroupValue, mayKill: boolean) =>
      applyCgroup(world, { ...change, expected, mayKill }),
    confirmPending: (id: number, onDisk: boolean) => confirmPending(world, { id, onDisk }),
    extendPending: (id: number) => extendPending(world, { id }),
    revertPending: (id: number) => revertPending(world, { id }),
    previewKeepSysctl: (name: SysctlName, value?: number) =>
      previewKeepSysctl(world, value === undefined ? { name } : { name, value }),
    applyKeepSysctl: (id: string) => applyKeepSysctl(world, { id }),
    keepSysctl: async (name: SysctlName, value?: number) => {
      const plan = previewKeepSysctl(world, value === undefined ? { name } : { name, value });
      return plan.ok ? applyKeepSysctl(world, { id: plan.value.id }) : plan;
    },
    close: () => rights.close(),
  };
}

function changeOf(snapshot: Snapshot, pid: number, before: number, after: number): AdjChange {
  const { startTicks, name } = processIn(snapshot, pid);
  return { pid, startTicks, name, before, after };
}

function stateOf(name: SysctlName, now: number | undefined, kept: number | undefined): SysctlState {
  return {
    spec: SYSCTL_SPECS[name],
    ...(now === undefined ? {} : { now }),
    overridden:
      kept === undefined ? [] : [{ value: String(kept), file: '/etc/sysctl.d/90-lifeboat.conf', line: 1 }],
    unread: [],
    ignored: [],
    decidedBy: 'files',
    later: [],
    drifts: false,
  };
}

/** How a process of the stage looks where it is seen before a write. */
export function lookOf(pid: number, startTicks: number): ProcessLook {
  return { name: `p${pid}`, uid: 1000, parentPid: 1, seenAtTicks: startTicks + 1 };
}
