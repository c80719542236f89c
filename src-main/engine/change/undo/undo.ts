import { isWithoutRoot } from '#shared/failure/without-root.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type UndoOutcome } from '#shared/contract/change.ts';
import { type HelperRequest, type HelperValue, type Written } from '#shared/contract/helper.ts';
import {
  CGROUP_FILES,
  CGROUP_SETTING_FILES,
  cgroupValueOf,
  type CgroupFile,
  type CgroupValue,
} from '#shared/model/cgroup-change.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { SYSCTL_NAMES } from '#shared/model/sysctl.ts';
import { type Helper } from '../../../helper/client/helper.ts';
import { firstWritten } from '../adj/apply.ts';
import { type ChangeWorld } from '../../world.ts';
import { ownIn } from '../adj/own-in.ts';
import { readCgroup } from '../cgroup/requests.ts';
import { endedByBoot } from './former-boot.ts';
import { keptBy, planSysctlUndo } from './undo-sysctls.ts';

/** More than anybody has changed by hand. */
const MOST_UNDONE = 5_000;

/** What putting back needs. */
interface UndoOptions extends ChangeWorld {
  /** Everything is to be undone: what is left then can never be, and is not tried again. */
  readonly all: boolean;
  /** Whether a process belongs to the user, so that putting it back may need no root. */
  readonly isOwn: (process: NonNullable<JournalEntry['process']>) => boolean;
}

/** Puts back what one click changed, or everything, where it is still ours. */
export async function undo(
  world: ChangeWorld,
  { group }: { readonly group: number | 'all' },
): Promise<Result<readonly UndoOutcome[]>> {
  const entries = world.journal.page({
    limit: MOST_UNDONE,
    states: ['done'],
    ...(group === 'all' ? {} : { group }),
  });
  if (!entries.ok) return entries;
  if (entries.value.length === 0) {
    return fail('not-found', { what: 'change', group: group === 'all' ? undefined : group });
  }
  const snapshot = world.readEverything();
  if (!snapshot.ok) return snapshot;
  const isOwn = ownIn(snapshot.value, world.ownUid);
  return undoEntries(entries.value, { ...world, all: group === 'all', isOwn });
}

/** Puts entries back, newest first, where the value is still the one that was written; what somebody changed since is left alone. */
async function undoEntries(
  entries: readonly JournalEntry[],
  options: UndoOptions,
): Promise<Result<readonly UndoOutcome[]>> {
  const allowed = options.rights.mayChange();
  if (!allowed.ok) return allowed;
  // As it was before anything is undone: what is kept on disk goes first, being the newest.
  const settings = options.sysctls();
  const outcomes: UndoOutcome[] = [];
  const open: JournalEntry[] = [];
  for (const entry of entries) {
    const why = endedByBoot(entry, entries, settings);
    if (why === undefined) open.push(entry);
    else {
      options.recorder.settle(entry, 'undone', { why });
      outcomes.push({ entry, result: 'left', why });
    }
  }
  for (const step of stepsOf(open)) {
    const results = await undoStep(step, options);
    for (const [entry, result] of results) {
      // Without rights nothing of the rest can be done either, and the person has to hear why.
      if (!result.ok && isWithoutRoot(result.error)) return result;
      outcomes.push(outcomeOf(entry, result, options));
    }
  }
  return ok(outcomes.toSorted((a, b) => b.entry.id - a.entry.id));
}

/** What is put back at once: settings of one click, since some clear each other; everything else by itself. */
function stepsOf(entries: readonly JournalEntry[]): readonly (readonly JournalEntry[])[] {
  const steps: JournalEntry[][] = [];
  for (const entry of entries) {
    const [before] = steps.at(-1) ?? [];
    const isSameClick =
      entry.action === 'set-sysctl' && before?.action === 'set-sysctl' && before.group === entry.group;
    if (isSameClick) steps.at(-1)?.push(entry);
    else steps.push([entry]);
  }
  return steps;
}

type Undone = readonly (readonly [JournalEntry, Result<unknown>])[];

async function undoStep(step: readonly JournalEntry[], options: UndoOptions): Promise<Undone> {
  const [first] = step;
  if (first?.action === 'set-sysctl') return undoSysctls(step, options);
  return Promise.all(step.map(async (entry) => [entry, await undoOne(entry, options)] as const));
}

function outcomeOf(
  entry: JournalEntry,
  result: Result<unknown>,
  { recorder, all }: Pick<UndoOptions, 'recorder' | 'all'>,
): UndoOutcome {
  if (result.ok) {
    recorder.settle(entry, 'undone');
    return { entry, result: 'undone' };
  }
  const why = result.error;
  const { code } = why;
  // Its value is gone with it, or nothing says what it was: there is nothing left to undo, now or later. What another has changed since can
  // become ours again only when a later change of ours is undone, and where all are undone that has been tried.
  const isOver = code === 'process-gone' || code === 'not-ours' || (all && code === 'changed-meanwhile');
  if (isOver) recorder.settle(entry, 'undone', { why });
  const left = code === 'changed-meanwhile' || code === 'process-gone' || code === 'not-ours';
  return { entry, result: left ? 'left' : 'failed', why };
}

async function undoSysctls(
  entries: readonly JournalEntry[],
  { rights, sysctls }: UndoOptions,
): Promise<Undone> {
  const { changes, left } = planSysctlUndo(entries, sysctls());
  const outcomes = (result: Result<unknown>): Undone =>
    entries.map((entry) => [entry, left.get(entry) ?? result] as const);
  if (changes.length === 0) return outcomes(ok(null));
  const helper = await rights.helper();
  return outcomes(helper.ok ? await forGood(helper.value, { verb: 'set-sysctls', changes }) : helper);
}

async function undoOne(entry: JournalEntry, options: UndoOptions): Promise<Result<unknown>> {
  if (entry.process !== undefined) return undoAdj(entry, entry.process, options);
  if (entry.action === 'keep-user-unit-adj') {
    const { subject, before = '', after } = entry;
    return options.ownWrites.userUnit(subject, before === '' ? undefined : Number(before), after);
  }
  const request = requestFor(entry, options);
  if (!request.ok || request.value === undefined) return request;
  const helper = await options.rights.helper();
  return helper.ok ? forGood(helper.value, request.value) : helper;
}

/** What the helper would take back after a while is confirmed at once: going back is no adventure that needs a way back. */
async function forGood(helper: Helper, request: HelperRequest): Promise<Result<HelperValue>> {
  const answer = await helper.request(request);
  if (!answer.ok || answer.value.pending === undefined) return answer;
  const confirmed = await helper.request({ verb: 'confirm', change: answer.value.pending.change });
  return confirmed.ok ? answer : confirmed;
}

async function undoAdj(
  { subject, before, asked, after }: JournalEntry,
  process: NonNullable<JournalEntry['process']>,
  { rights, ownWrites: own, isOwn }: UndoOptions,
): Promise<Result<Written>> {
  const now = own.readAdj(process);
  if (!now.ok) return now;
  const value = now.value.toString();
  // Who shares an address space with one that was put back just now has its old value already.
  if (value === before) return ok({ subject, before: asked, asked: value, after: value });
  if (after === undefined || before === undefined || value !== after) {
    return fail('changed-meanwhile', { what: 'not-ours', now: value });
  }
  const oomScoreAdj = Number(before);
  const seen = await own.see(process);
  if (!seen.ok) return seen;
  if (isOwn(process)) {
    // One's own may be raised, and lowered to oom_score_adj_min, which no file shows: as low as it was before one raised it oneself.
    const written = own.adj(seen.value, oomScoreAdj, now.value);
    if (written.ok || written.error.code !== 'needs-root') return written;
  }
  const helper = await rights.helper();
  if (!helper.ok) return helper;
  return firstWritten(
    helper.value.request({ verb: 'set-adj', process: seen.value, oomScoreAdj, expected: now.value }),
  );
}

/** A cgroup that is gone has taken its value with it. */
function cgroupValueNow(
  world: Pick<ChangeWorld, 'snapshot'>,
  path: string,
  file: CgroupFile,
): Result<CgroupValue> {
  const state = readCgroup(world, { path });
  if (!state.ok) {
    return state.error.code === 'scope-unknown' ? fail('process-gone', { what: 'cgroup', path }) : state;
  }
  const files = CGROUP_SETTING_FILES[state.value.version];
  const found = state.value.values.find(({ setting }) => files[setting] === file);
  return found === undefined ? fail('not-ours', { what: 'cgroup', path, file }) : ok(found.value);
}

/** The request that takes an entry back; none where its old value is there already. Names come from the journal, a file: they are checked like everything from outside. */
function requestFor(
  { action, subject, before = '', after }: JournalEntry,
  world: UndoOptions,
): Result<HelperRequest | undefined> {
  const name = SYSCTL_NAMES.find((known) => known === subject);
  switch (action) {
    case 'keep-sysctl':
    case 'forget-sysctl': {
      if (name === undefined) break;
      // Nothing was written: there is nothing to put back.
      if (before === after) return ok(undefined);
      const kept = keptBy(world.sysctls(), name);
      // Putting the partner's line back has taken this one away (ratio and kbytes).
      if (kept === before) return ok(undefined);
      if (after !== undefined && kept !== after) {
        return fail('changed-meanwhile', { what: 'kept', name });
      }
      return before === ''
        ? ok({ verb: 'forget-sysctl', name })
        : ok({ verb: 'keep-sysctl', name, value: Number(before) });
    }
    case 'keep-unit-adj':
    case 'forget-unit-adj':
      if (before === after) return ok(undefined);
      return before === ''
        ? ok({ verb: 'forget-unit-adj', unit: subject })
        : ok({ verb: 'keep-unit-adj', unit: subject, oomScoreAdj: Number(before) });
    case 'set-cgroup': {
      const [path = '', word = ''] = subject.split(/ (?=[^ ]*$)/);
      const file = CGROUP_FILES.find((known) => known === word);
      const value = cgroupValueOf(before);
      if (file === undefined || value === undefined) break;
      const now = cgroupValueNow(world, path, file);
      if (!now.ok) return now;
      if (now.value === value) return ok(undefined);
      if (after === undefined || now.value !== cgroupValueOf(after))
        return fail('changed-meanwhile', { what: 'not-ours', now: now.value });
      return ok({ verb: 'set-cgroup', path, file, value });
    }
    case 'set-sysctl':
    case 'set-adj':
    case 'rule':
    case 'keep-user-unit-adj':
      break;
  }
  return fail('not-ours', { what: 'journal', subject });
}
