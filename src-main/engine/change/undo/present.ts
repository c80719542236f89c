import { fail, ok, type Result } from '#shared/result.ts';
import {
  CGROUP_FILES,
  CGROUP_SETTING_FILES,
  cgroupValueOf,
  type CgroupFile,
  type CgroupValue,
} from '#shared/model/cgroup-change.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { processKey, type ProcessId } from '#shared/model/process.ts';
import { SYSCTL_NAMES, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { managerOfUser, type Unit } from '#shared/model/unit.ts';
import { describeRule } from '../../rules/rule.ts';
import { ruleOfSubject } from '../../rules/rule-subject.ts';
import { ruleBlock } from '../../rules/edit-rules.ts';
import { parseRules } from '../../rules/parse-rules.ts';
import { readRules } from '../../rules/rules-file.ts';
import { type ChangeWorld } from '../../world.ts';
import { readCgroup } from '../cgroup/requests.ts';
import { keptBy } from './undo-sysctls.ts';

/** The one value that an entry of the journal is about, beside settings, which go together. Names of the journal, a file, are checked here. */
export type Slot =
  | { readonly of: 'adj'; readonly process: ProcessId }
  | {
      readonly of: 'cgroup';
      readonly path: string;
      readonly file: CgroupFile;
      readonly limit?: 'lasting' | 'until-boot';
    }
  /** A line of Lifeboat's own file in sysctl.d. */
  | { readonly of: 'kept'; readonly name: SysctlName }
  | { readonly of: 'unit'; readonly unit: Unit }
  /** By its conditions. */
  | { readonly of: 'rule'; readonly text: string };

/** The subject of an entry; undefined for a present setting, and for a subject that is not Lifeboat's. */
export function slotOf({ action, subject, process }: JournalEntry, ownUid: number): Slot | undefined {
  if (process !== undefined) return { of: 'adj', process };
  switch (action) {
    case 'keep-sysctl':
    case 'forget-sysctl': {
      const name = SYSCTL_NAMES.find((known) => known === subject);
      return name === undefined ? undefined : { of: 'kept', name };
    }
    case 'keep-unit-adj':
    case 'forget-unit-adj':
      return { of: 'unit', unit: { manager: 'system', name: subject } };
    case 'keep-user-unit-adj':
      return { of: 'unit', unit: { manager: managerOfUser(ownUid), name: subject } };
    case 'keep-rule':
    case 'forget-rule': {
      const text = conditionsOf(subject);
      return text === undefined ? undefined : { of: 'rule', text };
    }
    case 'set-cgroup':
    case 'set-limit':
    case 'set-limit-until-boot': {
      const [path = '', word = ''] = subject.split(/ (?=[^ ]*$)/);
      const file = CGROUP_FILES.find((known) => known === word);
      return file === undefined || !path.startsWith('/')
        ? undefined
        : { of: 'cgroup', path, file, ...limitOf(action) };
    }
    case 'set-adj':
    case 'rule':
    case 'set-sysctl':
      return undefined;
  }
}

function limitOf(action: JournalEntry['action']): { readonly limit?: 'lasting' | 'until-boot' } {
  if (action === 'set-limit') return { limit: 'lasting' };
  return action === 'set-limit-until-boot' ? { limit: 'until-boot' } : {};
}

/** Two entries with the same key are about the same value. */
export function slotKey(slot: Slot): string {
  switch (slot.of) {
    case 'adj':
      return `adj ${processKey(slot.process)}`;
    case 'cgroup':
      return `cgroup ${slot.file} ${slot.path}`;
    case 'kept':
      return `kept ${slot.name}`;
    case 'unit':
      return `unit ${slot.unit.manager} ${slot.unit.name}`;
    case 'rule':
      return `rule ${slot.text}`;
  }
}

/** The present value, as the journal writes it: empty where none is set. */
export function readSlot(world: ChangeWorld, slot: Slot): Result<string> {
  switch (slot.of) {
    case 'adj': {
      const now = world.ownWrites.readAdj(slot.process);
      return now.ok ? ok(now.value.toString()) : now;
    }
    case 'cgroup': {
      const now = cgroupNow(world, slot.path, slot.file);
      return now.ok ? ok(now.value.toString()) : now;
    }
    case 'kept':
      return ok(keptBy(world.sysctls(), slot.name));
    case 'unit': {
      const kept = world.ownWrites.keptFor(slot.unit);
      return kept.ok ? ok(kept.value.value) : kept;
    }
    case 'rule': {
      const read = readRules(world.rulesFile);
      if (!read.ok) return read;
      const rule = read.value.rules.find((each) => describeRule(each) === slot.text);
      return ok(rule?.oomScoreAdj.toString() ?? '');
    }
  }
}

/** Whether two values of a slot are the same: a size may be written in more than one way. */
export function sameValue(slot: Slot, a: string, b: string): boolean {
  return (
    a === b ||
    (slot.of === 'cgroup' && cgroupValueOf(a) !== undefined && cgroupValueOf(a) === cgroupValueOf(b))
  );
}

/** What says that the value has gone, or is another's. */
export function leftBecause(slot: Slot, subject: string, now: string): Result<never> {
  return slot.of === 'kept' || slot.of === 'unit' || slot.of === 'rule'
    ? fail('changed-meanwhile', { what: 'kept', name: subject })
    : fail('changed-meanwhile', { what: 'not-ours', now });
}

/** A cgroup that is gone has taken its value with it. */
function cgroupNow(
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

/** The conditions alone, which identify a rule; undefined for malformed text. */
function conditionsOf(subject: string): string | undefined {
  const wanted = ruleOfSubject(subject, 0);
  const parsed = wanted === undefined ? undefined : parseRules(ruleBlock(wanted));
  const rule = parsed?.ok === true ? parsed.rules[0] : undefined;
  return rule === undefined ? undefined : describeRule(rule);
}
