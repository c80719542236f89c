import { describe, expect, it } from 'vitest';
import { type AdjPreview } from '#shared/model/change.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { fail } from '#shared/result.ts';
import { Changes } from '../../../../src-renderer/change/changes.svelte.ts';
import { createPair, type Pair } from '../pair.ts';

const FIREFOX = { pid: 4711, startTicks: 90, name: 'firefox' };
const ALLOWED = { state: 'allowed', via: 'root', sysResource: true } as const;
const BEHIND = { kind: 'behind', n: 5 } as const;
const ID = { pid: 4711, startTicks: 90 };
const REQUEST = { target: { kind: 'process', id: ID }, intent: BEHIND, scope: GLOBAL_SCOPE } as const;
const PREVIEW: AdjPreview = {
  id: 'p1',
  computedAtMs: 0,
  writes: [],
  request: REQUEST,
  changes: [{ ...FIREFOX, before: 0, after: -250 }],
  orderAfter: [],
  place: { before: 1, after: 60, of: 214 },
  warnings: [],
  needsRoot: true,
  lasting: [{ lasting: { kind: 'rule', name: 'firefox' }, oomScoreAdj: -250, count: 1 }],
};

/** A page that has heard what it may do. */
async function attached(
  rights: unknown = ALLOWED,
): Promise<{ readonly changes: Changes; readonly pair: Pair }> {
  const pair = createPair();
  const changes = new Changes();
  changes.attach(pair.client);
  await pair.answer(rights);
  return { changes, pair };
}

async function considering() {
  const { changes, pair } = await attached();
  void changes.consider('order', FIREFOX, BEHIND, GLOBAL_SCOPE);
  await pair.answer(PREVIEW);
  return { changes, pair };
}

describe('Changes', () => {
  it('may change nothing until it has heard that it may', async () => {
    const changes = new Changes();
    expect(changes.readOnly).toBe(true);
    const pair = createPair();
    changes.attach(pair.client);
    await pair.answer({ state: 'read-only', reason: 'Only to look at.' });
    expect(changes.readOnly).toBe(true);
    pair.emit('change.rights', ALLOWED);
    expect(changes.readOnly).toBe(false);
  });

  it('shows where it was asked that it asks, and then the answer', async () => {
    const { changes, pair } = await attached();
    void changes.consider('order', FIREFOX, BEHIND, GLOBAL_SCOPE);
    expect(changes.considered).toEqual({ place: 'order', process: FIREFOX, request: REQUEST });
    expect(pair.asked.at(-1)).toMatchObject({ request: 'change.previewAdj', input: REQUEST });
    await pair.answer(PREVIEW);
    expect(changes.considered?.preview).toEqual(PREVIEW);
  });

  it('asks for a tree where that is chosen', async () => {
    const { changes, pair } = await attached();
    void changes.consider('detail', FIREFOX, BEHIND, GLOBAL_SCOPE, { kind: 'tree', id: ID });
    expect(pair.asked.at(-1)?.input).toMatchObject({ target: { kind: 'tree', id: ID } });
  });

  it('shows the answer to the newest question only', async () => {
    const { changes, pair } = await attached();
    void changes.consider('order', FIREFOX, BEHIND, GLOBAL_SCOPE);
    void changes.consider('order', FIREFOX, { kind: 'first' }, GLOBAL_SCOPE);
    await pair.answer(PREVIEW);
    expect(changes.considered?.preview).toBeUndefined();
    expect(changes.considered?.request.intent.kind).toBe('first');
    await pair.answer({ ...PREVIEW, changes: [] });
    expect(changes.considered?.preview?.changes).toEqual([]);
  });

  it('shows nothing of an answer that comes after it was put away', async () => {
    const { changes, pair } = await attached();
    void changes.consider('order', FIREFOX, BEHIND, GLOBAL_SCOPE);
    changes.putAway();
    await pair.answer(PREVIEW);
    expect(changes.considered).toBeUndefined();
  });

  it('shows why there is no preview', async () => {
    const { changes, pair } = await attached();
    void changes.consider('order', FIREFOX, BEHIND, GLOBAL_SCOPE);
    await pair.refuse(fail('process-gone', { what: 'process', pid: 4711 }).error);
    expect(changes.considered).toMatchObject({ failure: { code: 'process-gone' } });
    await changes.apply();
    expect(pair.asked.at(-1)?.request).toBe('change.previewAdj');
  });

  it('applies just what was shown, once, and tells it with the way back', async () => {
    const { changes, pair } = await considering();
    void changes.apply();
    void changes.apply();
    expect(changes.busy).toBe(true);
    expect(pair.asked.filter(({ request }) => request === 'change.applyAdj')).toMatchObject([
      { input: { id: 'p1' } },
    ]);
    const applied = { group: 3, outcomes: [{ ...FIREFOX, before: 0, asked: -250, after: -250 }] };
    await pair.answer(applied);
    expect(changes).toMatchObject({ busy: false, considered: undefined });
    expect(changes.notice).toEqual({ kind: 'applied', applied, lasting: PREVIEW.lasting });
  });

  it('keeps the preview where applying was refused, with the reason', async () => {
    const { changes, pair } = await considering();
    void changes.apply();
    await pair.refuse(fail('elevation-dismissed', {}).error);
    expect(changes.considered).toMatchObject({ preview: PREVIEW, failure: { code: 'elevation-dismissed' } });
    expect(changes.notice).toBeUndefined();
    expect(changes.busy).toBe(false);
  });

  it('is not busy for ever when the line breaks, and goes on over the next', async () => {
    const { changes, pair } = await considering();
    void changes.apply();
    pair.breakLine();
    await Promise.resolve();
    await Promise.resolve();
    const next = createPair();
    changes.attach(next.client);
    await next.answer(ALLOWED);
    expect(changes.busy).toBe(false);
    void changes.unlock();
    await next.answer(ALLOWED);
    expect(changes.rights).toEqual(ALLOWED);
  });
});
