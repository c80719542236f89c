import { onTestFinished } from 'vitest';
import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import {
  type HelperEvent,
  type HelperRequest,
  type HelperValue,
  type Written,
} from '#shared/contract/helper.ts';
import { type CgroupValue } from '#shared/model/cgroup-change.ts';
import { type AdjChange, type JournalEntry } from '#shared/model/change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl-specs.ts';
import { SYSCTL_NAMES, type SysctlName, type SysctlState } from '#shared/model/sysctl.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Snapshot } from '../../../../../src-main/collect/snapshot.ts';
import {
  Actions,
  type ActionOptions,
  type KernelLogListener,
} from '../../../../../src-main/engine/change/actions.ts';
import { type Helper } from '../../../../../src-main/helper/client/helper.ts';
import { Journal, type JournalRecord } from '../../../../../src-main/store/journal.ts';
import { processIn, snapshotOf } from '../../../../helpers/processes/process-sampler.ts';

const OWN_UID = 1000;

/** A helper that knows what will be asked, in order, and throws on everything else. */
export class StrictHelper implements Helper {
  readonly hello = {
    hello: 'lifeboat-helper',
    protocol: 1,
    version: '0',
    askedByUid: 1000,
    sysResource: true,
  } as const;
  readonly via = 'sudo';
  readonly asked: HelperRequest[] = [];
  readonly #answers: ((request: HelperRequest) => Result<HelperValue> | Promise<Result<HelperValue>>)[] = [];
  readonly #listeners = new Set<(event: HelperEvent) => void>();
  readonly #end = Promise.withResolvers<Failure>();
  closed = false;

  /** The next request is answered like this. */
  expect(answer: (request: HelperRequest) => Result<HelperValue> | Promise<Result<HelperValue>>): this {
    this.#answers.push(answer);
    return this;
  }

  get unasked(): number {
    return this.#answers.length;
  }

  async request(request: HelperRequest): Promise<Result<HelperValue>> {
    this.asked.push(request);
    const answer = this.#answers.shift();
    if (answer === undefined)
      throw new Error(`the helper was not to be asked for ${JSON.stringify(request)}`);
    return answer(request);
  }

  onEvent(listener: (event: HelperEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  say(event: HelperEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get ended(): Promise<Failure> {
    return this.#end.promise;
  }

  end(): void {
    this.#end.resolve({ code: 'helper-ended', facts: { how: 'exit code 0' } });
  }

  close(): Promise<void> {
    this.closed = true;
    this.end();
    return Promise.resolve();
  }
}

/** The answer of a helper that does what it is asked for one process or file. */
export function writes(...written: readonly Written[]) {
  return () => ok({ written });
}

/** A helper's answer to set-sysctls that waits. */
export function pends(change: number, ...written: readonly Written[]) {
  return () => ok({ written, pending: { change, deadlineMs: 1_700_000_020_000 } });
}

export const wrote = (subject: string, before: string, after: string): Written => ({
  subject,
  before,
  asked: after,
  after,
});

interface StageOptions {
  readonly helper?: StrictHelper | Failure;
  readonly policy?: ActionOptions['policy'];
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
  /** The kernel's oom_score_adj_min of one's own processes; without it, whatever they have. */
  readonly ownLeast?: number;
}

/** Actions on a built machine with a real journal, a strict helper and values that are written in memory. */
export function actionsOn(options: StageOptions = {}) {
  const snapshot = snapshotOf({
    processes: [10, 20, 30].map((pid) => ({
      pid,
      name: `p${pid}`,
      uid: pid === 30 ? 0 : OWN_UID,
      rssAnonPages: 9000 - pid * 100,
    })),
  });
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
  const cgroups = new Map<string, CgroupValue>(Object.entries({ ...options.cgroups }));
  const events: { event: string; payload: unknown }[] = [];
  const troubles: string[] = [];
  const ownWrites: string[] = [];
  const userUnits = new Map<string, string>();
  let starts = 0;
  const failed = fail('journal-failed', { what: 'none' });
  const actions = new Actions({
    lookClosely: () => ok(snapshot),
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
    journal:
      options.journalFails === true
        ? { add: () => failed, update: () => failed, page: () => failed }
        : journal,
    tuning: {
      settings: () => SYSCTL_NAMES.map((name) => stateOf(name, sysctls.get(name), kept.get(name))),
      presets: () => [],
      effects: () => ok([]),
      dangers: () => [],
      mayKeep: () => options.mayKeep ?? ok(null),
      isKeptAlready: () => false,
      readKept: () => ok({ file: '/etc/sysctl.d/90-lifeboat.conf' }),
    },
    cgroups: {
      state: (path) => {
        const value = cgroups.get(path);
        if (value === undefined) return fail('scope-unknown', { path: '/gone' });
        return ok({
          path,
          label: path,
          version: 2,
          mountPoint: '/sys/fs/cgroup',
          usageBytes: 0,
          reclaimableBytes: 0,
          processCount: 1,
          values: [{ setting: 'max', value }],
        });
      },
      preview: (change) => {
        const before = cgroups.get(change.path);
        if (before === undefined) return fail('scope-unknown', { path: '/gone' });
        return ok({ change, file: 'memory.max', before, effects: [] });
      },
    },
    rules: {
      add: (name, oomScoreAdj) => {
        ownWrites.push(`rule ${name} ${oomScoreAdj}`);
        return ok('/home/a/.config/lifeboat/rules.toml');
      },
    },
    own: {
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
    },
    who: 'alice',
    ownUid: OWN_UID,
    emit: (event, payload) => {
      events.push({ event, payload });
    },
    onTrouble: (message) => {
      troubles.push(message);
    },
    ...(options.kernelLog === undefined ? {} : { kernelLog: options.kernelLog }),
  });
  return {
    actions,
    snapshot,
    events,
    troubles,
    ownWrites,
    /** What is kept for services of one's own. */
    userUnits,
    /** What /proc says of the processes; take one away and it has ended. */
    values,
    sysctls,
    kept,
    /** memory.max of those that there are. */
    cgroups,
    starts: () => starts,
    entries: (): readonly JournalEntry[] => {
      const page = journal.page({ limit: 100 });
      if (!page.ok) throw new Error(page.error.code);
      return page.value;
    },
    change: (pid: number, after: number): AdjChange => changeOf(snapshot, pid, values.get(pid) ?? 0, after),
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
