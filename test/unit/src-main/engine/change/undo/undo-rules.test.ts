import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type JournalEntry } from '#shared/model/change.ts';
import { type Result } from '#shared/result.ts';
import { UndoEffects } from '../../../../../../src-main/engine/change/undo/undo-effects.ts';
import { writingStage } from '../planned-world.ts';

const value = <T>(result: Result<T>): T => (result.ok ? result.value : expect.unreachable(result.error.code));

function withTwoChanges() {
  const stage = writingStage({});
  const { actions } = stage;
  for (const oomScoreAdj of [300, 400])
    value(actions.applyRule(value(actions.previewAddRule({ name: 'p10', oomScoreAdj })).id));
  const countsOf = (groups: readonly number[] | 'all') =>
    value(actions.previewUndo({ groups }))
      .clicks.flatMap(({ items }) => items)
      .flatMap(({ effects }) =>
        effects.flatMap(({ fact }) => (fact.kind === 'rule-changes' ? [fact.count] : [])),
      );
  return { stage, countsOf };
}

describe('what undone rules change at once', () => {
  it('is told where a rule gets its old value back', () => {
    const { stage, countsOf } = withTwoChanges();
    const [newest] = stage.entries();
    expect(countsOf([newest?.group ?? 0])).toEqual([1]);
  });

  it('is nothing where an older click of the same list takes the rule away again', () => {
    expect(withTwoChanges().countsOf('all')).toEqual([]);
  });
});

describe('a rule in the journal', () => {
  it('is there before it is written: what comes between loses no record', () => {
    const { actions, rulesFile, entries } = writingStage({});
    const plan = value(actions.previewAddRule({ name: 'p10', oomScoreAdj: 300 }));
    // It cannot be written: a folder is in its place.
    rmSync(rulesFile, { force: true });
    mkdirSync(rulesFile, { recursive: true });
    expect(actions.applyRule(plan.id).ok).toBe(false);
    expect(entries()).toMatchObject([{ action: 'keep-rule', state: 'failed', asked: '300' }]);
    rmSync(rulesFile, { recursive: true });
  });

  it('gives back the permission to match many, where the change had added it', async () => {
    const { actions, rulesFile } = writingStage({});
    const add = (rule: { name: string; oomScoreAdj: number; allowMany?: boolean }) =>
      value(actions.applyRule(value(actions.previewAddRule(rule)).id));
    add({ name: 'p10', oomScoreAdj: 300 });
    const before = readFileSync(rulesFile, 'utf8');
    const { group } = add({ name: 'p10', oomScoreAdj: 400, allowMany: true });
    expect(readFileSync(rulesFile, 'utf8')).toContain('allow_many = true');
    const plan = value(actions.previewUndo({ groups: [group ?? 0] }));
    expect(value(await actions.applyUndo(plan.id))).toMatchObject([{ result: 'undone' }]);
    expect(readFileSync(rulesFile, 'utf8')).toBe(before);
  });
});

describe('who would be the next victim', () => {
  it('is told of each click, however many there are', () => {
    const { world } = writingStage({});
    const snapshot = value(world.readEverything());
    const process = snapshot.processes.find(({ name }) => name === 'p10') ?? expect.unreachable();
    const effects = new UndoEffects(world, snapshot);
    const entry = { action: 'set-adj', process, subject: `p10 (${process.pid})` } as unknown as JournalEntry;
    const of = () => effects.of([{ entry, does: 'write', now: '0', value: '1000' }])[0];
    for (let click = 0; click < 60; click++)
      expect(of()).toMatchObject([{ fact: { kind: 'next-victim', name: 'p10' } }]);
  });
});
