import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { type DropInWaits, type Lasting, type LastingPlace } from '#shared/model/change.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type PlannedWrite } from '#shared/model/planned-change.ts';
import {
  isKeptByRoot,
  type KeepPlace,
  type KeepPreview,
  type KeptPlaces,
  severalPlaces,
} from '#shared/model/rule.ts';
import { sameUnit, type Unit } from '#shared/model/unit.ts';
import { compact } from '#shared/optional.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type JournalRecord } from '../../../store/journal.ts';
import { ruledMachine, writeRule } from '../../rules/change-rules.ts';
import { linesOf, withRule } from '../../rules/edit-rules.ts';
import { parseRules } from '../../rules/parse-rules.ts';
import { readRules, type RulesText } from '../../rules/rules-file.ts';
import { ruleSubject } from '../../rules/rule-subject.ts';
import { ruleEffects, seenRules } from '../../rules/seen-rules.ts';
import { type ChangeWorld } from '../../world.ts';
import { firstWritten } from './apply.ts';

/** What Lifeboat can keep a value for. */
type Keepable = Exclude<Lasting, { readonly kind: 'container' }>;

/** A value for processes to come, and where it is kept. */
interface Wanted {
  readonly lasting: Keepable;
  readonly oomScoreAdj: number;
}

export interface KeepRequest {
  readonly places: readonly Wanted[];
}

/**
 * What keeping values for later starts would do: what is written where, and which running processes a rule changes at once. Writes nothing; what
 * cannot be kept says why.
 */
export function previewKeep(world: ChangeWorld, { places }: KeepRequest): Result<KeepPreview> {
  const snapshot = world.readEverything();
  if (!snapshot.ok) return snapshot;
  const before = readRules(world.rulesFile);
  let rules: RulesText | undefined = before.ok ? before.value : undefined;
  const planned: { readonly place: KeepPlace; readonly write?: PlannedWrite }[] = [];
  for (const wanted of places) {
    const checked = world.lastingChecks?.place(wanted.lasting, wanted.oomScoreAdj, snapshot.value);
    const one =
      wanted.lasting.kind === 'unit'
        ? planUnit(world, wanted.lasting.unit, wanted, snapshot.value)
        : planRuleIn(world, rules, wanted.lasting.name, wanted, snapshot.value);
    const refused = checked?.refused ?? one.place.refused;
    if (refused === undefined && 'rules' in one) ({ rules } = one);
    planned.push(refused === undefined ? one : { place: { ...basic(one.place), refused } });
  }
  const effects =
    before.ok && rules !== undefined
      ? ruleEffects(before.value.rules, rules.rules, ruledMachine(world, snapshot.value))
      : [];
  return ok(
    world.planned.keeps.add(
      { places: planned.map(({ place }) => place), effects },
      planned.flatMap(({ write }) => write ?? []),
    ),
  );
}

interface PlannedPlace {
  readonly place: KeepPlace;
  readonly write?: PlannedWrite;
  /** The rules as they would be. */
  readonly rules?: RulesText;
}

function planUnit(
  { ownWrites }: ChangeWorld,
  unit: Unit,
  { lasting, oomScoreAdj }: Wanted,
  { processes }: Snapshot,
): PlannedPlace {
  const kept = ownWrites.keptFor(unit);
  const count = processes.filter((process) => sameUnit(process.unit, unit)).length;
  if (!kept.ok) return { place: { lasting, oomScoreAdj, count, refused: kept.error } };
  const { file, value: before } = kept.value;
  return {
    place: { lasting, oomScoreAdj, count, file, before, block: `OOMScoreAdjust=${oomScoreAdj}` },
    write: { mechanism: 'unit', subject: unit.name, seen: before, value: oomScoreAdj.toString() },
  };
}

function planRuleIn(
  world: ChangeWorld,
  rules: RulesText | undefined,
  name: string,
  { lasting, oomScoreAdj }: Wanted,
  snapshot: Snapshot,
): PlannedPlace {
  const { rulesFile: file } = world;
  const read = rules === undefined ? readRules(file) : ok(rules);
  const failed = (refused: Failure) => ({ place: { lasting, oomScoreAdj, count: 0, file, refused } });
  if (!read.ok) return failed(read.error);
  const added = withRule(read.value, { name, oomScoreAdj });
  if (!added.ok) return failed(added.error);
  const { text, number, before } = added.value;
  const parsed = parseRules(text);
  const rule = parsed.ok ? parsed.rules[number - 1] : undefined;
  if (!parsed.ok || rule === undefined)
    return failed(fail('rules-broken', { what: 'not-editable', path: file }).error);
  const matches = seenRules(parsed.rules, ruledMachine(world, snapshot))[number - 1]?.matches ?? [];
  const count = matches.length;
  const matchPlaces = severalPlaces(matches);
  return {
    place: {
      lasting,
      oomScoreAdj,
      count,
      file,
      before: before?.toString() ?? '',
      block: linesOf(text, rule),
      matchCount: count,
      ...(matchPlaces.length === 0 ? {} : { matchPlaces }),
    },
    write: {
      mechanism: 'rule',
      subject: ruleSubject(rule),
      ...(before === undefined ? {} : { seen: before.toString() }),
      value: oomScoreAdj.toString(),
    },
    rules: { text, rules: parsed.rules },
  };
}

/** Keeps what a preview showed, each place by itself, where what is kept there is still what was seen. */
export async function applyKeep(
  world: ChangeWorld,
  { id }: { readonly id: string },
): Promise<Result<KeptPlaces>> {
  const { rights, recorder } = world;
  const allowed = rights.mayChange();
  if (!allowed.ok) return allowed;
  const plan = world.planned.keeps.find(id);
  if (!plan.ok) return plan;
  const { places, writes } = plan.value;
  const todo = places.filter(({ refused }) => refused === undefined);
  const helper = todo.some(isKeptByRoot) ? await rights.helper() : undefined;
  // Rules and a user's own units need no root: what is refused for the system's keeps nothing of them away.
  if (helper?.ok === false && todo.every(isKeptByRoot)) return helper;
  const entries = recorder.begin(todo.map((place, index) => recordOf(place, writes[index])));
  const outcomes = new Map<KeepPlace, LastingPlace>();
  for (const [index, place] of todo.entries()) {
    const entry = entries?.[index];
    const written = helper?.ok === false && isKeptByRoot(place) ? helper : await keepOne(world, place);
    if (written.ok) {
      recorder.settle(entry, 'done', { before: written.value.before, after: written.value.after });
      const { file, waits } = written.value;
      outcomes.set(place, { ...basic(place), file, ...(waits === undefined ? {} : { waits }) });
    } else {
      recorder.settle(entry, 'failed', { why: written.error });
      outcomes.set(place, { ...basic(place), refused: written.error });
    }
  }
  const group = entries?.[0]?.group;
  return ok(compact({ group, places: places.map((place) => outcomes.get(place) ?? place) }));
}

function basic({ lasting, oomScoreAdj, count, file }: KeepPlace): LastingPlace {
  return compact({ lasting, oomScoreAdj, count, file });
}

function recordOf(place: KeepPlace, write: PlannedWrite | undefined): Omit<JournalRecord, 'who' | 'state'> {
  const { lasting, oomScoreAdj, before } = place;
  const asked = oomScoreAdj.toString();
  const record = compact({ subject: write?.subject ?? '', before, asked });
  if (lasting.kind === 'rule') return { action: 'keep-rule', ...record };
  return { action: isKeptByRoot(place) ? 'keep-unit-adj' : 'keep-user-unit-adj', ...record };
}

interface KeptOne {
  readonly file: string;
  readonly waits?: DropInWaits;
  readonly before: string;
  readonly after: string;
}

async function keepOne(world: ChangeWorld, place: KeepPlace): Promise<Result<KeptOne>> {
  const { lasting, oomScoreAdj, before = '', file = '' } = place;
  if (lasting.kind === 'container') throw new Error('a container keeps its value by how it is started');
  if (lasting.kind === 'rule') {
    const seen = before === '' ? undefined : Number(before);
    const written = writeRule(world, { name: lasting.name, oomScoreAdj }, seen);
    return written.ok ? ok({ file, before, after: oomScoreAdj.toString() }) : written;
  }
  const { manager, name: unit } = lasting.unit;
  if (manager !== 'system') {
    const written = await world.ownWrites.userUnit(unit, oomScoreAdj, before);
    return written.ok ? ok({ ...written.value, file: written.value.subject }) : written;
  }
  const now = world.ownWrites.keptFor(lasting.unit);
  if (!now.ok) return now;
  if (now.value.value !== before) return fail('changed-meanwhile', { what: 'kept', name: unit });
  const helper = await world.rights.helper();
  if (!helper.ok) return helper;
  const answer = await helper.value.request({ verb: 'keep-unit-adj', unit, oomScoreAdj, expected: before });
  const written = await firstWritten(Promise.resolve(answer));
  if (!written.ok) return written;
  const waits = answer.ok ? waitsFor(answer.value.written) : undefined;
  return ok({
    ...written.value,
    file: written.value.subject,
    ...(waits === undefined ? {} : { waits }),
  });
}

/** Whether systemd has read the drop-in, by what the helper says of `systemctl daemon-reload`. */
function waitsFor([, reload]: readonly Written[]): DropInWaits | undefined {
  if (reload === undefined || reload.after === 'done') return undefined;
  return reload.after === 'failed' ? 'not-read' : 'no-systemd';
}
