import { isWithoutRoot } from '#shared/failure/without-root.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type UndoOutcome } from '#shared/contract/change.ts';
import { type HelperRequest, type HelperValue, type Written } from '#shared/contract/helper.ts';
import { cgroupValueOf, goesBelowUsage } from '#shared/model/cgroup-change.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { type UndoItem, type UndoPreview } from '#shared/model/undo.ts';
import { SYSCTL_NAMES } from '#shared/model/sysctl/sysctl.ts';
import { type Helper } from '../../../helper/client/helper.ts';
import { ruleOfSubject } from '../../rules/rule-subject.ts';
import { removeRuleOf, writeRule } from '../../rules/change-rules.ts';
import { undoLimit } from '../cgroup/lasting-limit.ts';
import { firstWritten } from '../adj/apply.ts';
import { ownIn } from '../adj/own-in.ts';
import { type ChangeWorld } from '../../world.ts';
import { leftBecause, readSlot, sameValue, slotOf, type Slot } from './present.ts';

/** What putting back needs. */
interface UndoOptions extends ChangeWorld {
  /** Everything is to be undone: what is left then can never be, and is not tried again. */
  readonly all: boolean;
  /** Whether a process belongs to the user, so that putting it back may need no root. */
  readonly isOwn: (process: NonNullable<JournalEntry['process']>) => boolean;
}

/** Puts back what a preview showed as chosen, newest first, where every value is still the one that was seen. */
export async function applyUndo(
  world: ChangeWorld,
  { id }: { readonly id: string },
): Promise<Result<readonly UndoOutcome[]>> {
  const plan = world.planned.undos.find(id);
  if (!plan.ok) return plan;
  const allowed = world.rights.mayChange();
  if (!allowed.ok) return allowed;
  const snapshot = world.readEverything();
  if (!snapshot.ok) return snapshot;
  const isOwn = ownIn(snapshot.value, world.ownUid);
  return undoPlanned(plan.value, { ...world, all: plan.value.request.groups === 'all', isOwn });
}

async function undoPlanned(
  { clicks }: UndoPreview,
  options: UndoOptions,
): Promise<Result<readonly UndoOutcome[]>> {
  const outcomes: UndoOutcome[] = [];
  for (const { isChosen, items } of clicks) {
    if (!isChosen) continue;
    const sysctls = items.filter(({ entry, does }) => entry.action === 'set-sysctl' && does === 'write');
    let ofSysctls = new Map<UndoItem, Result<unknown>>();
    for (const item of items) {
      // They go together, in the place of the newest of them: what is kept on disk goes first where it is newer.
      if (item === sysctls[0]) ofSysctls = new Map(await undoSysctls(sysctls, options));
      const result = ofSysctls.get(item) ?? (await undoItem(item, options));
      // Without rights nothing of the rest can be done either, and the person has to hear why.
      if (!result.ok && isWithoutRoot(result.error)) return result;
      outcomes.push(outcomeOf(item.entry, result, options));
    }
  }
  return ok(outcomes.toSorted((a, b) => b.entry.id - a.entry.id));
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
  const isOver =
    code === 'process-gone' ||
    code === 'not-ours' ||
    code === 'former-boot' ||
    (all && code === 'changed-meanwhile');
  if (isOver) recorder.settle(entry, 'undone', { why });
  const left = isOver || code === 'changed-meanwhile';
  return { entry, result: left ? 'left' : 'failed', why };
}

/** What was planned is done, and nothing else: a value that is another one meanwhile is left. */
async function undoItem(item: UndoItem, options: UndoOptions): Promise<Result<unknown>> {
  const { entry, does, now: seen = '', value = '', why } = item;
  if (does === 'left')
    return { ok: false, error: why ?? fail('not-ours', { what: 'journal', subject: entry.subject }).error };
  if (does === 'nothing') return ok(null);
  const slot = slotOf(entry, options.ownUid);
  if (slot === undefined) return fail('not-ours', { what: 'journal', subject: entry.subject });
  const now = readSlot(options, slot);
  if (!now.ok) return now;
  // Who shares an address space with one that was put back just now has its old value already.
  if (sameValue(slot, now.value, value)) return ok(null);
  if (!sameValue(slot, now.value, seen)) return leftBecause(slot, entry.subject, now.value);
  return write(slot, item, { seen, value }, options);
}

interface FromTo {
  readonly seen: string;
  readonly value: string;
}

async function write(
  slot: Slot,
  item: UndoItem,
  { seen, value }: FromTo,
  options: UndoOptions,
): Promise<Result<unknown>> {
  const { subject } = item.entry;
  switch (slot.of) {
    case 'adj':
      return writeAdj(slot.process, Number(value), Number(seen), options);
    case 'rule': {
      if (value === '') return removeRuleOf(options, slot.text, Number(seen));
      const wanted = ruleOfSubject(subject, Number(value));
      if (wanted === undefined) return fail('not-ours', { what: 'journal', subject });
      return writeRule(options, wanted, seen === '' ? undefined : Number(seen), item.entry.place);
    }
    case 'unit': {
      const { manager, name: unit } = slot.unit;
      const oomScoreAdj = value === '' ? undefined : Number(value);
      if (manager !== 'system') return options.ownWrites.userUnit(unit, oomScoreAdj, seen);
      return byHelper(
        options,
        oomScoreAdj === undefined
          ? { verb: 'forget-unit-adj', unit, expected: seen }
          : { verb: 'keep-unit-adj', unit, oomScoreAdj, expected: seen },
      );
    }
    case 'kept':
      return byHelper(
        options,
        value === ''
          ? { verb: 'forget-sysctl', name: slot.name }
          : { verb: 'keep-sysctl', name: slot.name, value: Number(value) },
      );
    case 'cgroup': {
      const wanted = cgroupValueOf(value);
      if (wanted === undefined) return fail('not-ours', { what: 'journal', subject });
      const { path, file, limit } = slot;
      if (limit !== undefined)
        return undoLimit(options, { path, file, lasting: limit === 'lasting' }, wanted);
      const effects = item.effects.flatMap(({ fact }) => (fact.kind === 'cgroup' ? [fact.effect] : []));
      // The plan says that it may kill, and was chosen all the same.
      const may = goesBelowUsage({ effects }) ? { mayKill: true } : {};
      return byHelper(options, { verb: 'set-cgroup', path, file, value: wanted, ...may });
    }
  }
}

async function byHelper({ rights }: UndoOptions, request: HelperRequest): Promise<Result<unknown>> {
  const helper = await rights.helper();
  return helper.ok ? forGood(helper.value, request) : helper;
}

async function undoSysctls(
  items: readonly UndoItem[],
  { rights, sysctls }: UndoOptions,
): Promise<readonly (readonly [UndoItem, Result<unknown>])[]> {
  if (items.length === 0) return [];
  const present = new Map(sysctls().map((state) => [state.spec.name, state.now]));
  const left = new Map<UndoItem, Result<never>>();
  const changes = items.flatMap((item) => {
    const name = SYSCTL_NAMES.find((known) => known === item.entry.subject);
    const now = name === undefined ? undefined : present.get(name);
    if (name === undefined || now?.toString() !== item.now) {
      left.set(item, fail('changed-meanwhile', { what: 'not-ours', now: now ?? 'unknown' }));
      return [];
    }
    return [{ name, value: Number(item.value), expected: Number(item.now) }];
  });
  // They were shown together, and some clear each other: all of them or none.
  if (left.size > 0) {
    const [other] = left.values();
    return items.map((item) => [item, left.get(item) ?? other ?? ok(null)] as const);
  }
  const helper = await rights.helper();
  const result = helper.ok ? await forGood(helper.value, { verb: 'set-sysctls', changes }) : helper;
  return items.map((item) => [item, result] as const);
}

/** What the helper would take back after a while is confirmed at once: it was looked at before, and goes back to what was. */
async function forGood(helper: Helper, request: HelperRequest): Promise<Result<HelperValue>> {
  const answer = await helper.request(request);
  if (!answer.ok || answer.value.pending === undefined) return answer;
  const confirmed = await helper.request({ verb: 'confirm', change: answer.value.pending.change });
  return confirmed.ok ? answer : confirmed;
}

async function writeAdj(
  process: NonNullable<JournalEntry['process']>,
  oomScoreAdj: number,
  expected: number,
  { rights, ownWrites: own, isOwn }: UndoOptions,
): Promise<Result<Written>> {
  const seen = await own.see(process);
  if (!seen.ok) return seen;
  if (isOwn(process)) {
    // One's own may be raised, and lowered to oom_score_adj_min, which no file shows: as low as it was before one raised it oneself.
    const written = own.adj(seen.value, oomScoreAdj, expected);
    if (written.ok || written.error.code !== 'needs-root') return written;
  }
  const helper = await rights.helper();
  if (!helper.ok) return helper;
  return firstWritten(helper.value.request({ verb: 'set-adj', process: seen.value, oomScoreAdj, expected }));
}
