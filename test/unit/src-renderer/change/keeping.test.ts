import { describe, expect, it } from 'vitest';
import { fail } from '#shared/result.ts';
import { Changes } from '../../../../src-renderer/change/changes.svelte.ts';
import { Keeping } from '../../../../src-renderer/change/keeping.svelte.ts';
import { createPair } from '../pair.ts';

const RULE = { kind: 'rule', name: 'firefox' } as const;
const PLACE = { lasting: RULE, oomScoreAdj: -250, count: 1, file: '/rules.toml' };
const PREVIEW = { id: 'k1', computedAtMs: 0, writes: [], places: [PLACE], effects: [] };

async function considering() {
  const pair = createPair();
  const changes = new Changes();
  changes.attach(pair.client);
  await pair.answer({ state: 'allowed', via: 'root', sysResource: true });
  const keeping = new Keeping(changes);
  keeping.attach(pair.client);
  const container = { kind: 'container', container: 'docker:x', runtime: 'docker' } as const;
  void keeping.consider([PLACE, { lasting: container, oomScoreAdj: -250, count: 1 }]);
  return { pair, changes, keeping };
}

describe('Keeping', () => {
  it('writes nothing before it has shown what it would write', async () => {
    const { pair, changes, keeping } = await considering();
    expect(pair.asked.at(-1)).toMatchObject({
      request: 'change.previewKeep',
      input: { places: [{ lasting: RULE, oomScoreAdj: -250 }] },
    });
    await keeping.apply();
    expect(pair.asked.at(-1)?.request).toBe('change.previewKeep');
    await pair.answer(PREVIEW);
    void keeping.apply();
    expect(pair.asked.at(-1)).toMatchObject({ request: 'change.applyKeep', input: { id: 'k1' } });
    await pair.answer({ group: 4, places: [PLACE] });
    expect(changes.notice).toEqual({ kind: 'kept', lasting: [PLACE], group: 4 });
    expect(keeping.places).toBeUndefined();
  });

  it('says why nothing was kept', async () => {
    const { pair, changes, keeping } = await considering();
    await pair.answer(PREVIEW);
    void keeping.apply();
    const refused = fail('changed-meanwhile', { what: 'rules', path: '/rules.toml' }).error;
    await pair.answer({ group: 4, places: [{ ...PLACE, refused }] });
    expect(changes.notice).toEqual({ kind: 'failed', failure: refused });
  });

  it('keeps the preview where root is refused, with the reason', async () => {
    const { pair, keeping } = await considering();
    await pair.answer(PREVIEW);
    void keeping.apply();
    await pair.refuse(fail('elevation-dismissed', {}).error);
    expect(keeping).toMatchObject({ preview: PREVIEW, failure: { code: 'elevation-dismissed' } });
  });
});
