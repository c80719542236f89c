import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { type Applied, type Kept, type Tuning, type UndoOutcome } from '#shared/contract/change.ts';
import { type HelperEvent } from '#shared/contract/helper.ts';
import { type Events } from '#shared/contract/table.ts';
import {
  type AdjChange,
  type AdjPreview,
  type AdjRequest,
  type JournalEntry,
  type Lasting,
  type Rights,
} from '#shared/model/change.ts';
import {
  refusalIn,
  type CgroupPreview,
  type CgroupState,
  type CgroupValue,
  type CgroupChange,
} from '#shared/model/cgroup-change.ts';
import { type PendingChange, type SysctlChange, type SysctlEffect } from '#shared/model/sysctl.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type UnitFactsOf } from '../watch/ends-with.ts';
import { type LastingChecks } from './adj/lasting.ts';
import { previewAdj } from './adj/preview.ts';
import { applyAdj, firstWritten } from './adj/apply.ts';
import { PendingChanges } from './pending-changes.ts';
import { checkTogether } from './sysctl/keep.ts';
import {
  type CgroupPort,
  type ElevationPort,
  type JournalPort,
  type OwnWriter,
  type RulesPort,
  type TuningPort,
} from './ports.ts';
import { Recorder } from './recorder.ts';
import { RightsKeeper, type ChangePolicy } from './rights.ts';
import { ActionRuleWriter } from '../rules/rule-writer.ts';
import { undoEntries } from './undo/undo.ts';

/** More than anybody has changed by hand. */
const MOST_UNDONE = 5_000;

/** What happens without being asked for. */
export type ActionEvent = 'change.rights' | 'change.pending' | 'change.journal';

/** What the actions need of the rest. */
export interface ActionOptions {
  /** A snapshot with everybody's figures, taken now. */
  readonly lookClosely: () => Result<Snapshot>;
  readonly elevation: ElevationPort;
  readonly policy: ChangePolicy;
  readonly journal: JournalPort;
  readonly tuning: TuningPort;
  readonly cgroups: CgroupPort;
  readonly rules: RulesPort;
  readonly own: OwnWriter;
  /** What a preview asks before anything is written. */
  readonly lastingChecks?: LastingChecks;
  /** What systemd ends after a kill, as a preview says it. */
  readonly unitFacts?: UnitFactsOf;
  readonly who: string;
  readonly ownUid: number;
  readonly emit: <E extends ActionEvent>(event: E, payload: Events[E]) => void;
  readonly onTrouble: (message: string) => void;
  /** Hears the kernel's log while the helper runs: that it begins, each record, and that it is over. */
  readonly kernelLog?: KernelLogListener;
}

/** Hears the kernel's log by way of the helper. */
export interface KernelLogListener {
  begin(): void;
  take(record: string): void;
  end(): void;
}

/** Everything that changes something: previewed, written through the helper, recorded, undone. */
export class Actions {
  readonly #options: ActionOptions;
  readonly #rights: RightsKeeper;
  readonly #recorder: Recorder;
  readonly #pending: PendingChanges;

  constructor(options: ActionOptions) {
    const { emit, elevation, policy, journal, who, onTrouble, kernelLog } = options;
    this.#options = options;
    this.#recorder = new Recorder({
      journal,
      who,
      onEntry: (entry) => {
        emit('change.journal', entry);
      },
      onTrouble,
    });
    this.#rights = new RightsKeeper({
      elevation,
      policy,
      onChange: (rights) => {
        emit('change.rights', rights);
      },
      onEvent: (event: HelperEvent) => {
        if (event.event === 'kernel-log') kernelLog?.take(event.line);
        else this.#pending.onHelperEvent(event);
      },
      onEnd: () => {
        kernelLog?.end();
        this.#pending.onHelperEnd();
      },
      onStart: (helper) => {
        if (kernelLog === undefined) return;
        kernelLog.begin();
        // Without it there is less to tell of a kill, and nothing else is lost.
        void helper.request({ verb: 'follow-kernel-log' }).then((answer) => {
          if (!answer.ok) kernelLog.end();
        });
      },
    });
    this.#pending = new PendingChanges({
      rights: this.#rights,
      recorder: this.#recorder,
      tuning: options.tuning,
      onChange: (pending) => {
        emit('change.pending', pending);
      },
    });
  }

  /** The way in which rules write. */
  ruleWriter(): ActionRuleWriter {
    const { own, ownUid, onTrouble } = this.#options;
    return new ActionRuleWriter({ rights: this.#rights, own, ownUid, onWaiting: onTrouble });
  }

  rights(): Rights {
    return this.#rights.rights;
  }

  async unlock(): Promise<Result<Rights>> {
    const helper = await this.#rights.helper();
    return helper.ok ? ok(this.#rights.rights) : helper;
  }

  preview(request: AdjRequest): Result<AdjPreview> {
    const snapshot = this.#options.lookClosely();
    const { ownUid, lastingChecks, unitFacts } = this.#options;
    return snapshot.ok ? previewAdj(snapshot.value, request, ownUid, lastingChecks, unitFacts) : snapshot;
  }

  async apply(changes: readonly AdjChange[]): Promise<Result<Applied>> {
    const snapshot = this.#options.lookClosely();
    if (!snapshot.ok) return snapshot;
    return applyAdj(changes, {
      rights: this.#rights,
      recorder: this.#recorder,
      own: this.#options.own,
      isOwn: this.#ownIn(snapshot.value),
    });
  }

  /** Keeps a value for processes to come: a unit's drop-in, or a rule. */
  async keepAdj(
    lasting: Exclude<Lasting, { readonly kind: 'container' }>,
    oomScoreAdj: number,
  ): Promise<Result<Kept>> {
    const allowed = this.#rights.mayChange();
    if (!allowed.ok) return allowed;
    const refused = this.#refusal(lasting, oomScoreAdj);
    if (refused !== undefined) return { ok: false, error: refused };
    if (lasting.kind === 'rule') return toKept(this.#options.rules.add(lasting.name, oomScoreAdj));
    const { manager, name } = lasting.unit;
    if (manager !== 'system') {
      const [entry] =
        this.#recorder.begin([
          { action: 'keep-user-unit-adj', subject: name, asked: oomScoreAdj.toString() },
        ]) ?? [];
      const written = await this.#options.own.userUnit(name, oomScoreAdj);
      this.#recorder.settleWritten(entry, written);
      return written.ok ? ok({ file: written.value.subject }) : written;
    }
    const helper = await this.#rights.helper();
    if (!helper.ok) return helper;
    const [entry] =
      this.#recorder.begin([{ action: 'keep-unit-adj', subject: name, asked: oomScoreAdj.toString() }]) ?? [];
    const written = await firstWritten(
      helper.value.request({ verb: 'keep-unit-adj', unit: name, oomScoreAdj }),
    );
    this.#recorder.settleWritten(entry, written);
    return written.ok ? ok({ file: written.value.subject }) : written;
  }

  async undo(group: number | 'all'): Promise<Result<readonly UndoOutcome[]>> {
    const entries = this.#options.journal.page({
      limit: MOST_UNDONE,
      states: ['done'],
      ...(group === 'all' ? {} : { group }),
    });
    if (!entries.ok) return entries;
    if (entries.value.length === 0) {
      return fail('not-found', { what: 'change', group: group === 'all' ? undefined : group });
    }
    const snapshot = this.#options.lookClosely();
    if (!snapshot.ok) return snapshot;
    return undoEntries(entries.value, {
      all: group === 'all',
      rights: this.#rights,
      recorder: this.#recorder,
      own: this.#options.own,
      isOwn: this.#ownIn(snapshot.value),
      settings: () => this.#options.tuning.settings(),
      cgroups: this.#options.cgroups,
    });
  }

  journal(count: number, beforeId?: number): Result<readonly JournalEntry[]> {
    return this.#options.journal.page({ limit: count, ...(beforeId === undefined ? {} : { beforeId }) });
  }

  tuning(): Tuning {
    const { tuning } = this.#options;
    const pending = this.#pending.current;
    return {
      settings: tuning.settings(),
      presets: tuning.presets(),
      dangers: tuning.dangers(),
      ...(pending === undefined ? {} : { pending }),
    };
  }

  effects(changes: readonly SysctlChange[]): Result<readonly SysctlEffect[]> {
    const together = checkTogether(changes);
    if (!together.ok) return together;
    return this.#options.tuning.effects(changes);
  }

  applySysctls(changes: readonly SysctlChange[]): Promise<Result<PendingChange>> {
    const together = checkTogether(changes);
    return together.ok
      ? this.#pending.apply(changes, this.#options.tuning.settings())
      : Promise.resolve(together);
  }

  cgroup(path: string): Result<CgroupState> {
    return this.#options.cgroups.state(path);
  }

  previewCgroup(change: CgroupChange): Result<CgroupPreview> {
    return this.#options.cgroups.preview(change);
  }

  /** Sets a value of a cgroup where `expected` is still the value of now; it takes itself back unless confirmed. */
  async applyCgroup(
    change: CgroupChange,
    expected: CgroupValue,
    mayKill: boolean,
  ): Promise<Result<PendingChange>> {
    const preview = this.#options.cgroups.preview(change);
    if (!preview.ok) return preview;
    const { file, before } = preview.value;
    const refused = refusalIn(preview.value);
    if (refused !== undefined)
      return fail('out-of-range', { what: 'kernel', subject: `${change.path} ${file}` });
    if (before !== expected)
      return fail('changed-meanwhile', {
        what: 'value',
        subject: `${change.path} ${file}`,
        now: before,
        expected,
      });
    return this.#pending.applyCgroup({ path: change.path, file, value: change.value, mayKill }, before);
  }

  confirmPending(id: number, onDisk: boolean): Promise<Result<readonly Kept[]>> {
    return this.#pending.confirm(id, onDisk);
  }

  revertPending(id: number): Promise<Result<null>> {
    return this.#pending.revert(id);
  }

  keepSysctl(name: SysctlChange['name'], value?: number): Promise<Result<Kept>> {
    return this.#pending.keep(name, value);
  }

  /** Ends the helper, which takes back what was not confirmed. */
  close(): Promise<void> {
    return this.#rights.close();
  }

  /** What a preview says that cannot be done is not tried. */
  #refusal(
    lasting: Exclude<Lasting, { readonly kind: 'container' }>,
    oomScoreAdj: number,
  ): Failure | undefined {
    const { lastingChecks, lookClosely } = this.#options;
    if (lastingChecks === undefined) return undefined;
    const snapshot = lookClosely();
    return snapshot.ok ? lastingChecks.place(lasting, oomScoreAdj, snapshot.value).refused : snapshot.error;
  }

  #ownIn({ processes }: Snapshot): (process: ProcessId) => boolean {
    const owners = new Map(processes.map(({ pid, startTicks, euid }) => [`${pid}:${startTicks}`, euid]));
    return ({ pid, startTicks }) => owners.get(`${pid}:${startTicks}`) === this.#options.ownUid;
  }
}

function toKept(file: Result<string>): Result<Kept> {
  return file.ok ? ok({ file: file.value }) : file;
}
