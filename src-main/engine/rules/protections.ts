import { ok, type Result } from '#shared/result.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { processKey } from '#shared/model/process.ts';
import { type Protection, type Protections, type RuleMatch } from '#shared/model/rule.ts';
import { managerOfUser, sameUnit, type Unit } from '#shared/model/unit.ts';
import { compact } from '#shared/optional.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type ChangeWorld } from '../world.ts';
import { type RuleWorld } from './change-rules.ts';
import { ruleFor, type Rule } from './rule.ts';
import { readRules } from './rules-file.ts';
import { matchOf, seenRules } from './seen-rules.ts';

/** More than are changed by hand. */
const MOST_ENTRIES = 5_000;

/** The rules with what each matches now, and the other values that Lifeboat set and that are still in force. */
export function readProtections(
  world: RuleWorld & Pick<ChangeWorld, 'ownWrites' | 'snapshot'>,
): Result<Protections> {
  const snapshot = world.snapshot();
  if (!snapshot.ok) return snapshot;
  const { processes, namesOf } = snapshot.value;
  const { rulesFile: file, commandOf } = world;
  const read = readRules(file);
  const rules = read.ok ? read.value.rules : [];
  const page = world.journal.page({ limit: MOST_ENTRIES, states: ['done'] });
  const entries = page.ok ? page.value : [];
  return ok(
    compact({
      file,
      rules: seenRules(rules, { processes, commandOf, ...compact({ namesOf }) }),
      trouble: read.ok ? undefined : read.error,
      protections: [
        ...unitProtections(world, entries, snapshot.value),
        ...processProtections(world, entries, snapshot.value, rules),
      ],
    }),
  );
}

/** Drop-ins that are there, with the entries of the journal that wrote them: also those of an earlier state, and those of others. */
function unitProtections(
  { ownWrites, ownUid }: Pick<ChangeWorld, 'ownWrites' | 'ownUid'>,
  entries: readonly JournalEntry[],
  { processes, namesOf }: Snapshot,
): readonly Protection[] {
  return ownWrites.dropIns().flatMap((found): readonly Protection[] => {
    const { unit } = found;
    const matches = processes
      .filter((process) => sameUnit(process.unit, unit))
      .map((process) => matchOf(process, namesOf));
    const kept = ownWrites.keptFor(unit);
    if (!kept.ok) return [{ kind: 'foreign-unit', ...found, matches }];
    const { file, value } = kept.value;
    if (value === '') return [];
    const known = entriesOf(entries, unit, ownUid);
    // What was written since by another way is not undone by what the journal knows.
    const groups = known[0]?.after === value ? groupsOf(known) : [];
    return [{ kind: 'unit', unit, file, oomScoreAdj: Number(value), matches, groups }];
  });
}

/** What the journal has of the drop-in of a unit, newest first. */
function entriesOf(entries: readonly JournalEntry[], { manager, name }: Unit, ownUid: number) {
  const isOf = ({ action }: JournalEntry) =>
    manager === 'system'
      ? action === 'keep-unit-adj' || action === 'forget-unit-adj'
      : action === 'keep-user-unit-adj' && manager === managerOfUser(ownUid);
  return entries.filter((entry) => entry.subject === name && isOf(entry));
}

/** Values of processes that are still the ones that were written last, click by click. Those of a rule stand with their rule. */
function processProtections(
  { ownWrites, commandOf }: Pick<RuleWorld, 'commandOf'> & Pick<ChangeWorld, 'ownWrites'>,
  entries: readonly JournalEntry[],
  { processes, namesOf }: Snapshot,
  rules: readonly Rule[],
): readonly Protection[] {
  const alive = new Map(processes.map((process) => [processKey(process), process]));
  const ofBoot = entries.filter(({ process, formerBoot }) => process !== undefined && formerBoot !== true);
  const byProcess = Map.groupBy(ofBoot, ({ process }) => (process === undefined ? '' : processKey(process)));
  const inForce = [...byProcess].flatMap(([key, own]) => {
    const process = alive.get(key);
    const [newest] = own;
    if (process === undefined || newest?.process === undefined) return [];
    const now = ownWrites.readAdj(newest.process);
    if (!now.ok || now.value.toString() !== newest.after) return [];
    const rule = newest.action === 'rule' ? ruleFor(rules, process, commandOf) : undefined;
    if (rule?.oomScoreAdj === now.value) return [];
    const match: RuleMatch = { ...matchOf(process, namesOf), oomScoreAdj: now.value };
    return [{ match, newest, groups: groupsOf(own) }];
  });
  const byClick = Map.groupBy(inForce, ({ newest, match }) => `${newest.group} ${match.oomScoreAdj}`);
  return [...byClick.values()].flatMap((members): readonly Protection[] => {
    const [first] = members;
    if (first === undefined) return [];
    return [
      {
        kind: 'processes',
        oomScoreAdj: first.match.oomScoreAdj,
        timeMs: first.newest.timeMs,
        matches: members.map(({ match }) => match),
        groups: [...new Set(members.flatMap(({ groups }) => groups))].toSorted((a, b) => b - a),
      },
    ];
  });
}

function groupsOf(entries: readonly JournalEntry[]): readonly number[] {
  return [...new Set(entries.map(({ group }) => group))];
}
