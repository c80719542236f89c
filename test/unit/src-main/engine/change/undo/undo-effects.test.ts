import { describe, expect, it } from 'vitest';
import { type UndoPreview } from '#shared/model/undo.ts';
import { type Result } from '#shared/result.ts';
import { actionsOn } from '../stage.ts';

function factsOf(preview: Result<UndoPreview>, pid: number): readonly string[] {
  if (!preview.ok) throw new Error(preview.error.code);
  return preview.value.clicks
    .flatMap(({ items }) => items)
    .filter(({ entry }) => entry.process?.pid === pid)
    .flatMap(({ effects }) => effects.map(({ weight, fact }) => `${weight} ${fact.kind}`));
}

describe('what undoing an adjustment brings', () => {
  it('is said where it makes the process the next victim', async () => {
    const { actions, change, values } = actionsOn({ ownLeast: -1000 });
    values.set(10, 500);
    await actions.apply([change(10, -100)]);
    expect(factsOf(actions.previewUndo({ groups: 'all' }), 10)).toEqual(['warning next-victim']);
  });

  it('is said where it makes the process exempt, however many changes came after it', async () => {
    const { actions, change, values } = actionsOn({ ownLeast: -1000 });
    values.set(20, -1000);
    await actions.apply([change(20, 5)]);
    expect(factsOf(actions.previewUndo({ groups: 'all' }), 20)).toEqual(['warning exempt']);
    for (let value = 1; value <= 60; value += 1) await actions.apply([change(10, value)]);
    expect(factsOf(actions.previewUndo({ groups: 'all' }), 20)).toEqual(['warning exempt']);
  });
});
