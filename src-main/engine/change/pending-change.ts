import {
  PENDING_SECONDS,
  type HelperRequest,
  type HelperValue,
  type Written,
} from '#shared/contract/helper.ts';
import { type Result } from '#shared/result.ts';
import { type CgroupValue } from '#shared/model/cgroup-change.ts';
import {
  type Kept,
  type PendingChange,
  type SysctlChange,
  type SysctlEffect,
  type SysctlName,
  type SysctlState,
} from '#shared/model/sysctl/sysctl.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import { type JournalRecord } from '../../store/journal.ts';

/** What is to be done, and how it is recorded. */
export interface Change {
  readonly of: PendingChange['of'];
  readonly changes: readonly SysctlChange[];
  readonly records: readonly Omit<JournalRecord, 'who' | 'state'>[];
  readonly request: HelperRequest;
  /** What the next boot brings that is dangerous, were they kept on disk. */
  readonly atBoot?: readonly SysctlEffect[];
}

/** What is asked before and after a setting is kept on disk. */
export interface Keeping {
  /** Fails where these would not be so after the next boot, were they kept. */
  mayKeep(changes: readonly SysctlChange[]): Result<null>;
  /** Whether keeping it would write nothing. */
  isKeptAlready(change: SysctlChange): boolean;
  /** What the disk says after a value was kept. */
  readKept(name: SysctlName, value: number): Result<Kept>;
}

/** A value for one file of a memory cgroup. */
export type SetCgroup = Omit<
  Extract<HelperRequest, { readonly verb: 'set-cgroup' }>,
  'verb' | 'pendingSeconds'
>;

/** Settings that go together, with what the kernel clears along with them. */
export function sysctlsChange(
  changes: readonly SysctlChange[],
  now: readonly SysctlState[],
  atBoot: readonly SysctlEffect[],
): Change {
  const present = new Map(now.map((state) => [state.spec.name, state.now]));
  return {
    of: 'sysctls',
    changes,
    atBoot,
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
  };
}

/** A value of a memory cgroup. */
export function cgroupChange(change: SetCgroup, before: CgroupValue): Change {
  const { path, file, value } = change;
  return {
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
  };
}

/** What the kernel clears with these, where that takes something away: it is written down as well, so that it can be put back. */
export function clearedBy(
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
export function fileOf({ subject }: Written): string {
  return subject.replace(/ [^ ]*$/, '');
}

/** The helper takes paths with or without a slash in front, and tells them without. */
export function slashOf(of: PendingChange['of']): string {
  return of === 'cgroup' ? '/' : '';
}

/** A change that waits, by what the helper has answered. */
export function pendingOf(of: PendingChange['of'], { written, pending }: HelperValue): PendingChange {
  if (pending === undefined) throw new Error('the helper set for good what was to wait');
  const slash = slashOf(of);
  return {
    id: pending.change,
    of,
    changes: written.map(({ subject, before, after }) => ({ subject: `${slash}${subject}`, before, after })),
    deadlineMs: pending.deadlineMs,
    totalSeconds: PENDING_SECONDS,
  };
}
