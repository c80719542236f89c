import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok, type Result } from '#shared/result.ts';
import { type Kept } from '#shared/model/sysctl/sysctl.ts';
import { type HelperEvent } from '#shared/contract/helper.ts';
import { type CgroupValue } from '#shared/model/cgroup-change.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import {
  type PendingChange,
  type SysctlChange,
  type SysctlEffect,
  type SysctlState,
} from '#shared/model/sysctl/sysctl.ts';
import { type Helper } from '../../helper/client/helper.ts';
import { firstWritten } from './adj/apply.ts';
import {
  type Change,
  cgroupChange,
  fileOf,
  type Keeping,
  pendingOf,
  type SetCgroup,
  slashOf,
  sysctlsChange,
} from './pending-change.ts';
import { outcomeOf, type ReadBack } from './read-back.ts';
import { type Recorder } from './recorder.ts';
import { type ChangeRights } from './rights.ts';

/** A guard takes milliseconds to put a value back; where the system refuses it, longer than a user would wait. */
const GUARD_MS = 3000;
const LOOK_AGAIN_MS = 50;

interface Waiting {
  readonly pending: PendingChange;
  /** What can be kept on disk. */
  readonly changes: readonly SysctlChange[];
  readonly entries: readonly JournalEntry[] | undefined;
}

/** Sysctls and limits of cgroups that are set and wait to be confirmed. The helper takes them back by itself; this only knows about it. */
export class PendingChanges {
  readonly #rights: ChangeRights;
  readonly #recorder: Recorder;
  readonly #keeping: Keeping;
  readonly #onChange: (pending: PendingChange | 'none') => void;
  readonly #readBack: ReadBack;
  #waiting: Waiting | undefined;
  /** What the system did not let the helper take back in time. */
  readonly #overdue = new Map<number, Waiting>();
  /** Between the question and the answer, which may take as long as a person takes to type a password. */
  #applying = false;

  constructor(options: {
    readonly rights: ChangeRights;
    readonly recorder: Recorder;
    readonly keeping: Keeping;
    readonly onChange: (pending: PendingChange | 'none') => void;
    readonly readBack: ReadBack;
  }) {
    this.#rights = options.rights;
    this.#recorder = options.recorder;
    this.#keeping = options.keeping;
    this.#onChange = options.onChange;
    this.#readBack = options.readBack;
  }

  get current(): PendingChange | undefined {
    return this.#waiting?.pending;
  }

  /** Sets sysctls, all or none. */
  apply(
    changes: readonly SysctlChange[],
    now: readonly SysctlState[],
    atBoot: readonly SysctlEffect[] = [],
  ): Promise<Result<PendingChange>> {
    return this.#alone(sysctlsChange(changes, now, atBoot));
  }

  /** Sets a value of a memory cgroup. */
  applyCgroup(change: SetCgroup, before: CgroupValue): Promise<Result<PendingChange>> {
    return this.#alone(cgroupChange(change, before));
  }

  /** One at a time: the one before has to be decided first. */
  async #alone(change: Change): Promise<Result<PendingChange>> {
    if (this.#waiting !== undefined) {
      return fail('busy', { with: 'change-waiting' });
    }
    if (this.#applying) return fail('busy', { with: 'change-under-way' });
    this.#applying = true;
    try {
      return await this.#apply(change);
    } finally {
      this.#applying = false;
    }
  }

  async #apply({ of, changes, records, request, atBoot = [] }: Change): Promise<Result<PendingChange>> {
    const helper = await this.#rights.helper();
    if (!helper.ok) return helper;
    const entries = this.#recorder.begin(records);
    const answer = await helper.value.request(request);
    if (!answer.ok) {
      for (const entry of entries ?? []) this.#recorder.settle(entry, 'failed', { why: answer.error });
      return answer;
    }
    const pending = {
      ...pendingOf(of, answer.value),
      ...(atBoot.length === 0 ? {} : { atBoot }),
    };
    this.#waiting = { pending, changes, entries };
    this.#onChange(pending);
    return ok(pending);
  }

  /** Fails where a value would not be so after the next boot, were it kept. */
  mayKeep(change: SysctlChange): Result<null> {
    return this.#keeping.mayKeep([change]);
  }

  /** Whether keeping a value would write nothing. */
  isKeptAlready(change: SysctlChange): boolean {
    return this.#keeping.isKeptAlready(change);
  }

  /** Lets it stand; with `onDisk` every value is kept for the next boot as well. */
  async confirm(id: number, onDisk: boolean): Promise<Result<readonly Kept[]>> {
    const found = await this.#find(id);
    if (!found.ok) return found;
    const { helper, waiting } = found.value;
    const allowed = onDisk ? this.#keeping.mayKeep(waiting.changes) : ok(null);
    if (!allowed.ok) return allowed;
    const confirmed = await helper.request({ verb: 'confirm', change: id });
    if (!confirmed.ok) return confirmed;
    this.#settle('done');
    const kept: Kept[] = [];
    for (const { name, value } of onDisk ? waiting.changes : []) {
      const written = await this.keep(name, value);
      if (!written.ok) return written;
      kept.push(written.value);
    }
    return ok(kept);
  }

  /** Starts its clock again, where the helper still lets it wait: the person who looks at it has not decided yet. */
  async extend(id: number): Promise<Result<PendingChange>> {
    const found = await this.#find(id);
    if (!found.ok) return found;
    const answer = await found.value.helper.request({ verb: 'extend', change: id });
    if (!answer.ok) return answer;
    const deadlineMs = answer.value.pending?.deadlineMs;
    const waiting = this.#waiting;
    // Decided meanwhile.
    if (waiting?.pending.id !== id || deadlineMs === undefined) return fail('change-unknown', { change: id });
    if (deadlineMs === waiting.pending.deadlineMs) return ok(waiting.pending);
    const pending = { ...waiting.pending, deadlineMs };
    this.#waiting = { ...waiting, pending };
    this.#onChange(pending);
    return ok(pending);
  }

  async revert(id: number): Promise<Result<null>> {
    const found = await this.#find(id);
    if (!found.ok) return found;
    const { helper, waiting } = found.value;
    const reverted = await helper.request({ verb: 'revert', change: id });
    if (!reverted.ok) {
      if (reverted.error.code === 'not-reverted') {
        // It stays in force for now, and the guard goes on trying.
        this.#overdue.set(id, waiting);
        this.#settleAs(
          waiting,
          new Map(waiting.pending.changes.map((each) => [each.subject, each.after])),
          'time',
        );
      }
      return reverted;
    }
    this.#settle('undone');
    return ok(null);
  }

  /**
   * Writes a value for the next boot; without one, takes Lifeboat's own away. What cannot be kept is refused before anything is written, and
   * what is said afterwards is read back from the disk.
   */
  async keep(name: SysctlChange['name'], value?: number): Promise<Result<Kept>> {
    if (value !== undefined) {
      const change = { name, value };
      const allowed = this.#keeping.mayKeep([change]);
      if (!allowed.ok) return allowed;
      if (this.#keeping.isKeptAlready(change)) {
        const kept = this.#keeping.readKept(name, value);
        return kept.ok ? ok({ ...kept.value, line: 'none' }) : kept;
      }
    }
    const helper = await this.#rights.helper();
    if (!helper.ok) return helper;
    const [entry] =
      this.#recorder.begin([
        value === undefined
          ? { action: 'forget-sysctl', subject: name, asked: '' }
          : { action: 'keep-sysctl', subject: name, asked: value.toString() },
      ]) ?? [];
    const answer = await helper.value.request(
      value === undefined ? { verb: 'forget-sysctl', name } : { verb: 'keep-sysctl', name, value },
    );
    const written = await firstWritten(Promise.resolve(answer));
    this.#recorder.settleWritten(entry, written);
    // Keeping a ratio takes the line of kbytes away, and the other way round.
    for (const { subject, before, after } of answer.ok ? answer.value.written.slice(1) : []) {
      if (before === after) continue;
      const displaced = subject.slice(subject.lastIndexOf(' ') + 1);
      this.#recorder.along(entry, { action: 'forget-sysctl', subject: displaced, before, asked: '', after });
    }
    if (!written.ok) return written;
    return value === undefined
      ? ok({ file: fileOf(written.value), line: 'removed' })
      : this.#keeping.readKept(name, value);
  }

  /** The helper has taken a change back by itself, or could not. */
  onHelperEvent(event: HelperEvent): void {
    if (event.event === 'kernel-log') return;
    const { change, written } = event;
    const overdue = this.#overdue.get(change);
    const waiting = this.#waiting?.pending.id === change ? this.#waiting : overdue;
    if (waiting === undefined) return;
    if (event.event === 'not-reverted') this.#overdue.set(change, waiting);
    else this.#overdue.delete(change);
    const now = new Map(
      written.map(({ subject, after }) => [`${slashOf(waiting.pending.of)}${subject}`, after]),
    );
    this.#settleAs(waiting, now, 'time');
  }

  /** The helper has ended; its guard puts the old values back. What is recorded is what is read then. */
  onHelperEnd(): void {
    this.#overdue.clear();
    const waiting = this.#waiting;
    if (waiting !== undefined) void this.#settleOnceBack(waiting, performance.now() + GUARD_MS);
  }

  async #settleOnceBack(waiting: Waiting, patientUntil: number): Promise<void> {
    const { of, changes } = waiting.pending;
    for (;;) {
      const now = new Map(changes.map(({ subject }) => [subject, this.#readBack(of, subject)]));
      const isBack = changes.every(({ subject, after }) => now.get(subject) !== after);
      if (isBack || performance.now() > patientUntil) {
        this.#settleAs(waiting, now, 'helper-ended');
        return;
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** Records what became of a change that was not confirmed, by the values that are there now. */
  #settleAs(
    { entries, pending }: Waiting,
    now: ReadonlyMap<string, string | undefined>,
    why: 'time' | 'helper-ended',
  ): void {
    for (const entry of entries ?? []) {
      const { state, ...more } = outcomeOf(pending, entry.subject, now.get(entry.subject), why);
      this.#recorder.settle(entry, state, more);
    }
    if (this.#waiting?.pending === pending) {
      this.#waiting = undefined;
      this.#onChange('none');
    }
  }

  async #find(id: number): Promise<Result<{ readonly helper: Helper; readonly waiting: Waiting }>> {
    const waiting = this.#waiting;
    if (waiting?.pending.id !== id) {
      return fail('change-unknown', { change: id });
    }
    const helper = await this.#rights.helper();
    return helper.ok ? ok({ helper: helper.value, waiting }) : helper;
  }

  #settle(state: 'done' | 'undone'): void {
    const { entries, pending } = this.#waiting ?? {};
    this.#waiting = undefined;
    const after = new Map(pending?.changes.map((change) => [change.subject, change.after]));
    for (const entry of entries ?? []) {
      const value = after.get(entry.subject);
      this.#recorder.settle(entry, state, {
        ...(value === undefined ? {} : { after: value }),
      });
    }
    this.#onChange('none');
  }
}
