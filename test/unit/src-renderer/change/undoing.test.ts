import { describe, expect, it } from 'vitest';
import { type UndoPreview } from '#shared/model/undo.ts';
import { fail } from '#shared/result.ts';
import { Changes } from '../../../../src-renderer/change/changes.svelte.ts';
import { Undoing } from '../../../../src-renderer/change/undoing.svelte.ts';
import { createPair } from '../pair.ts';

/** A page that may change things. */
async function attached() {
  const pair = createPair();
  const changes = new Changes();
  changes.attach(pair.client);
  await pair.answer({ state: 'allowed', via: 'root', sysResource: true });
  const undoing = new Undoing(changes);
  undoing.attach(pair.client);
  return { changes, undoing, pair };
}

const listOf = (id: string, chosen: readonly number[], isDangerous = false): UndoPreview => ({
  id,
  computedAtMs: 0,
  writes: [],
  request: { groups: 'all' },
  displaced: [],
  clicks: [3, 2, 1].map((group) => ({
    group,
    items: [],
    isDangerous: isDangerous && group === 3,
    isChosen: chosen.includes(group),
  })),
});

describe('Undoing', () => {
  it('asks what each would do, and again for those that are ticked', async () => {
    const { undoing, pair } = await attached();
    void undoing.open('all');
    expect(pair.asked.at(-1)).toMatchObject({ request: 'change.previewUndo', input: { groups: 'all' } });
    await pair.answer(listOf('u1', [2, 1]));
    void undoing.choose(3, true);
    expect(pair.asked.at(-1)?.input).toEqual({ groups: 'all', chosen: [2, 1, 3] });
    await pair.answer(listOf('u2', [3, 2, 1]));
    void undoing.choose(2, false);
    expect(pair.asked.at(-1)?.input).toEqual({ groups: 'all', chosen: [3, 1] });
  });

  it('undoes what is shown, not what is ticked and not shown yet', async () => {
    const { changes, undoing, pair } = await attached();
    void undoing.open('all');
    await pair.answer(listOf('u1', [1]));
    void undoing.choose(2, true);
    await undoing.apply();
    expect(pair.asked.at(-1)?.request).toBe('change.previewUndo');
    await pair.answer(listOf('u2', [2, 1]));
    void undoing.apply();
    expect(pair.asked.at(-1)).toMatchObject({ request: 'change.applyUndo', input: { id: 'u2' } });
    await pair.answer([]);
    expect(changes.notice).toEqual({ kind: 'undone', undone: [] });
    expect(undoing.groups).toBeUndefined();
  });

  it('undoes one click at once where that is harmless', async () => {
    const { changes, undoing, pair } = await attached();
    const done = undoing.undoOrOpen(3);
    expect(pair.asked.at(-1)?.input).toEqual({ groups: [3] });
    await pair.answer(listOf('u1', [3]));
    await pair.answer([]);
    expect(await done).toBe(true);
    expect(changes.notice?.kind).toBe('undone');
  });

  it('shows the list first where one click can kill or break something', async () => {
    const { changes, undoing, pair } = await attached();
    const done = undoing.undoOrOpen(3);
    await pair.answer(listOf('u1', [3], true));
    expect(await done).toBe(false);
    expect(undoing.preview?.id).toBe('u1');
    expect(changes.notice).toBeUndefined();
  });

  it('says why nothing can be undone', async () => {
    const { changes, undoing, pair } = await attached();
    const done = undoing.undoOrOpen(3);
    await pair.refuse(fail('not-found', { what: 'change', group: 3 }).error);
    expect(await done).toBe(true);
    expect(changes.notice).toMatchObject({ kind: 'failed', failure: { code: 'not-found' } });
  });
});
