import { type Failure, fail, ok, type Result } from '#shared/result.ts';
import { type Kept } from '#shared/contract/change.ts';
import {
  PENDING_SECONDS,
  type HelperEvent,
  type HelperRequest,
  type HelperValue,
  type Written,
} from '#shared/contract/helper.ts';
import { type CgroupValue } from '#shared/model/cgroup-change.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl-specs.ts';
import {
  type PendingChange,
  type SysctlChange,
  type SysctlName,
  type SysctlState,
} from '#shared/model/sysctl.ts';
import { type Helper } from '../../helper/client/helper.ts';
import { type JournalRecord } from '../../store/journal.ts';
import { firstWritten } from './adj/apply.ts';
import { type Recorder } from './recorder.ts';
import { type ChangeRights } from './rights.ts';

/** A value for one file of a memory cgroup. */
type SetCgroup = Omit<Extract<HelperRequest, { readonly verb: 'set-cgroup' }>, 'verb' | 'pendingSeconds'>;

/** What is asked before and after a setting is kept on disk. */
export interface Keeping {
  /** Fails where these would not be so after the next boot, were they kept. */
  mayKeep(changes: readonly SysctlChange[]): Result<null>;
  /** Whether keeping it would write nothing. */
  isKeptAlready(change: SysctlChange): boolean;
  /** What the disk says after a value was kept. */
  readKept(name: SysctlName, value: number): Result<Kept>;
}

/** What is to be done, and how it is recorded. */
interface Change {
  readonly of: PendingChange['of'];
  readonly changes: readonly SysctlChange[];
  readonly records: readonly Omit<JournalRecord, 'who' | 'state'>[];
  readonly request: HelperRequest;
}

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
  #waiting: Waiting | undefined;
  /** Between the question and the answer, which may take as long as a person takes to type a password. */
  #applying = false;

  constructor(options: {
    readonly rights: ChangeRights;
    readonly recorder: Recorder;
    readonly keeping: Keeping;
    readonly onChange: (pending: PendingChange | 'none') => void;
  }) {
    this.#rights = options.rights;
    this.#recorder = options.recorder;
    this.#keeping = options.keeping;
    this.#onChange = options.onChange;
  }

  get current(): PendingChange | undefined {
    return this.#waiting?.pending;
  }

  /** Sets sysctls, all or none. */
  apply(changes: readonly SysctlChange[], now: readonly SysctlState[]): Promise<Result<PendingChange>> {
    const present = new Map(now.map((state) => [state.spec.name, state.now]));
    return this.#alone({
      of: 'sysctls',
      changes,
      records: [...changes, ...clearedBy(changes, present)].map(({ name, value }) => {
        const before = present.get(name);
        return {
          action: 'set-sysctl',
          subject: name,
          ...(before === undefined ? {} : { before: before.toString() }),
          asked: value.toString(),
        };
      }),
      request: {
        verb: 'set-sysctls',
        changes: changes.map(({ name, value }) => {
          const expected = present.get(name);
          return { name, value, ...(expected === undefined ? {} : { expected }) };
        }),
        pendingSeconds: PENDING_SECONDS,
      },
    });
  }

  /** Sets a value of a memory cgroup. */
  applyCgroup(change: SetCgroup, before: CgroupValue): Promise<Result<PendingChange>> {
    const { path, file, value } = change;
    return this.#alone({
      of: 'cgroup',
      changes: [],
      records: [
        {
          action: 'set-cgroup',
          subject: `${path} ${file}`,
          before: before.toString(),
          asked: value.toString(),
        },
      ],
      request: { verb: 'set-cgroup', ...change, pendingSeconds: PENDING_SECONDS },
    });
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

  async #apply({ of, changes, records, request }: Change): Promise<Result<PendingChange>> {
    const helper = await this.#rights.helper();
    if (!helper.ok) return helper;
    const entries = this.#recorder.begin(records);
    const answer = await helper.value.request(request);
    if (!answer.ok) {
      for (const entry of entries ?? []) this.#recorder.settle(entry, 'failed', { why: answer.error });
      return answer;
    }
    const pending = pendingOf(of, answer.value);
    this.#waiting = { pending, changes, entries };
    this.#onChange(pending);
    return ok(pending);
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

  async revert(id: number): Promise<Result<null>> {
    const found = await this.#find(id);
    if (!found.ok) return found;
    const reverted = await found.value.helper.request({ verb: 'revert', change: id });
    if (!reverted.ok) return reverted;
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

  /** The helper has taken a change back by itself. */
  onHelperEvent(event: HelperEvent): void {
    if (event.event === 'reverted' && event.change === this.#waiting?.pending.id) {
      this.#settle('reverted', fail('not-confirmed', { why: 'time' }).error);
    }
  }

  /** The helper has ended; it put the old values back before it did. */
  onHelperEnd(): void {
    if (this.#waiting !== undefined)
      this.#settle('reverted', fail('not-confirmed', { why: 'helper-ended' }).error);
  }

  async #find(id: number): Promise<Result<{ readonly helper: Helper; readonly waiting: Waiting }>> {
    const waiting = this.#waiting;
    if (waiting?.pending.id !== id) {
      return fail('change-unknown', { change: id });
    }
    const helper = await this.#rights.helper();
    return helper.ok ? ok({ helper: helper.value, waiting }) : helper;
  }

  #settle(state: 'done' | 'undone' | 'reverted', why?: Failure): void {
    const { entries, pending } = this.#waiting ?? {};
    this.#waiting = undefined;
    const after = new Map(pending?.changes.map((change) => [change.subject, change.after]));
    for (const entry of entries ?? []) {
      const value = after.get(entry.subject);
      this.#recorder.settle(entry, state, {
        ...(value === undefined ? {} : { after: value }),
        ...(why === undefined ? {} : { why }),
      });
    }
    this.#onChange('none');
  }
}

/** What the kernel clears with these, where that takes something away: it is written down as well, so that it can be put back. */
function clearedBy(
  changes: readonly SysctlChange[],
  present: ReadonlyMap<SysctlName, number | undefined>,
): readonly SysctlChange[] {
  return changes.flatMap(({ name }) => {
    const { clears } = SYSCTL_SPECS[name];
    const isLost = clears !== undefined && (present.get(clears) ?? 0) !== 0;
    return isLost && !changes.some((change) => change.name === clears) ? [{ name: clears, value: 0 }] : [];
  });
}

/** The helper's subject is the file and the setting in it. */
function fileOf({ subject }: Written): string {
  return subject.replace(/ [^ ]*$/, '');
}

function pendingOf(of: PendingChange['of'], { written, pending }: HelperValue): PendingChange {
  if (pending === undefined) throw new Error('the helper set for good what was to wait');
  // The helper takes paths with or without a slash in front, and tells them without.
  const slash = of === 'cgroup' ? '/' : '';
  return {
    id: pending.change,
    of,
    changes: written.map(({ subject, before, after }) => ({ subject: `${slash}${subject}`, before, after })),
    deadlineMs: pending.deadlineMs,
    totalSeconds: PENDING_SECONDS,
  };
}
