import { fail, ok, type Result } from '#shared/result.ts';
import { type JournalAction, type JournalEntry } from '#shared/model/change.ts';
import { type Mechanism, type PlannedWrite } from '#shared/model/planned-change.ts';
import { type UndoClick, type UndoItem, type UndoPreview, type UndoRequest } from '#shared/model/undo.ts';
import { type ChangeWorld } from '../../world.ts';
import { type PlannedItem, UndoPlan } from './plan-undo.ts';
import { ruleChanges, UndoEffects } from './undo-effects.ts';
import { ruledBy } from './undo-rules.ts';

/** More than are changed by hand. */
const MOST_UNDONE = 5_000;

/**
 * What undoing clicks would do now, newest first: for each entry the present value and the one after. Writes nothing. Without `chosen` what can kill
 * or break something is left out, unless it was asked for by its number.
 */
export function previewUndo(world: ChangeWorld, request: UndoRequest): Result<UndoPreview> {
  const { groups, chosen } = request;
  const page = world.journal.page({ limit: MOST_UNDONE, states: ['done'] });
  if (!page.ok) return page;
  const asked = groups === 'all' ? undefined : new Set(groups);
  const all = page.value.filter(({ group }) => asked?.has(group) ?? true);
  if (all.length === 0) {
    const group = groups === 'all' ? undefined : groups[0];
    return fail('not-found', { what: 'change', ...(group === undefined ? {} : { group }) });
  }
  const related = asked === undefined ? [] : relatedRules(all, page.value);
  const snapshot = world.readEverything();
  if (!snapshot.ok) return snapshot;
  const byClick = Map.groupBy([...all, ...related], ({ group }) => group);
  const plan = new UndoPlan(world);
  const effects = new UndoEffects(world, snapshot.value);
  const planned = [...byClick]
    .toSorted(([a], [b]) => b - a)
    .map(([group, entries]): UndoClick => {
      const isRelated = related.some((entry) => entry.group === group);
      // What it would bring has to be known before it is chosen; planning it twice costs some reads.
      const tried = plan.click(entries, page.value, false);
      const brings = effects.of(tried);
      const isDangerous = brings.flat().some(({ weight }) => weight === 'danger');
      const isMeant = asked?.has(group) === true && groups.length === 1;
      const isChosen = chosen?.includes(group) ?? (!isRelated && (!isDangerous || isMeant));
      const items = isChosen ? plan.click(entries, page.value, true) : tried;
      return {
        group,
        items: items.map((item, index): UndoItem => ({ ...item, effects: brings[index] ?? [] })),
        isDangerous,
        isChosen,
        ...(isRelated ? { isRelated } : {}),
      };
    });
  // What is chosen goes together: a rule that one click puts back and an older one takes away again changes nothing.
  const chosenItems = planned.flatMap(({ isChosen, items }) => (isChosen ? items : []));
  const ruled = ruledBy(world, snapshot.value, chosenItems);
  const clicks = planned.map((click): UndoClick => (click.isChosen ? withRuled(click, ruled) : click));
  const writes = clicks.flatMap(({ isChosen, items }) => (isChosen ? items.flatMap(writeOf) : []));
  const displaced = [...plan.displaced].map(([subject, seen]): PlannedWrite => ({
    mechanism: 'sysctl-file',
    subject,
    seen,
    value: '',
  }));
  return ok(
    world.planned.undos.add(
      {
        request,
        clicks,
        displaced: displaced.map(({ subject: name, seen: value = '' }) => ({ name, value })),
      },
      [...writes, ...displaced],
    ),
  );

  function writeOf(item: UndoItem): readonly PlannedWrite[] {
    const { entry, does, now, value } = item;
    if (does !== 'write' || value === undefined) return [];
    const { action, subject, process } = entry;
    return [
      {
        mechanism: mechanismOf(action),
        subject,
        ...(process === undefined ? {} : { process }),
        ...(now === undefined ? {} : { seen: now }),
        value,
      },
    ];
  }
}

function withRuled(click: UndoClick, ruled: ReadonlyMap<PlannedItem, number>): UndoClick {
  const items = click.items.map((item): UndoItem => {
    const count = ruled.get(item);
    const others = item.effects.filter(({ fact }) => fact.kind !== 'rule-changes');
    return { ...item, effects: count === undefined ? others : [...others, ruleChanges(count)] };
  });
  return { ...click, items };
}

/** Rules that give later processes the value that is to be undone: kept, for the name of one of the processes. */
function relatedRules(asked: readonly JournalEntry[], all: readonly JournalEntry[]): readonly JournalEntry[] {
  const names = new Set(
    asked.flatMap(({ process, subject }) =>
      process === undefined ? [] : [`name = ${JSON.stringify(subject.replace(/ \(\d+\)$/, ''))}`],
    ),
  );
  const groups = new Set(asked.map(({ group }) => group));
  const kept = all.filter(
    ({ action, subject, group }) => action === 'keep-rule' && names.has(subject) && !groups.has(group),
  );
  const found = new Set(kept.map(({ group }) => group));
  return all.filter(({ group }) => found.has(group));
}

function mechanismOf(action: JournalAction): Mechanism {
  switch (action) {
    case 'set-adj':
    case 'rule':
      return 'oom-score-adj';
    case 'set-sysctl':
      return 'sysctl';
    case 'keep-sysctl':
    case 'forget-sysctl':
      return 'sysctl-file';
    case 'keep-unit-adj':
    case 'forget-unit-adj':
    case 'keep-user-unit-adj':
      return 'unit';
    case 'keep-rule':
    case 'forget-rule':
      return 'rule';
    case 'set-cgroup':
      return 'cgroup-file';
    case 'set-limit':
    case 'set-limit-until-boot':
      return 'limit';
  }
}
