import { describe, expect, it } from 'vitest';
import { type Result } from '#shared/result.ts';
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
