import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdjIntent } from '#shared/model/change.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { actionsOn, pends, StrictHelper, wrote } from './stage.ts';

const intents: fc.Arbitrary<AdjIntent> = fc.oneof(
  fc.constantFrom<AdjIntent>({ kind: 'later' }, { kind: 'strong' }, { kind: 'never' }, { kind: 'first' }),
  fc.integer({ min: 1, max: 3 }).map((n): AdjIntent => ({ kind: 'behind', n })),
  fc.integer({ min: -1000, max: 1000 }).map((oomScoreAdj): AdjIntent => ({ kind: 'adj', oomScoreAdj })),
);

describe('what is applied', () => {
  it('is what the preview said of adjustments: written, read back and journaled, no more and no less', async () => {
    await fc.assert(
      fc.asyncProperty(intents, fc.constantFrom('p10', 'p20'), async (intent, name) => {
        const { actions, entries, ownWrites } = actionsOn({ ownLeast: -1000 });
        const plan = actions.planAdj({ target: { kind: 'name', name }, intent, scope: GLOBAL_SCOPE });
        expect(plan.ok).toBe(true);
        if (!plan.ok) return;
        const before = entries().length;
        const written = ownWrites.length;
        const applied = await actions.applyPlannedAdj(plan.value.id);
        expect(applied.ok).toBe(true);
        const recorded = entries().slice(0, entries().length - before);
        const said = plan.value.writes.map(({ subject, seen, value }) => ({
          subject,
          before: seen,
          asked: value,
          after: value,
        }));
        expect(
          recorded.map(({ subject, before: was, asked, after }) => ({ subject, before: was, asked, after })),
        ).toEqual(said);
        // Lowering is tried first and put back, so that the last write of each process counts.
        const last = ownWrites.slice(written).at(-1);
        expect(last).toBe(said[0] === undefined ? undefined : `adj ${name.slice(1)} ${said[0].asked}`);
      }),
      { numRuns: 40 },
    );
  });

  it('is what the preview said of a limit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 20 }), async (pages) => {
        const value = pages * 4096;
        const helper = new StrictHelper().expect(pends(7, wrote('a memory.max', 'max', value.toString())));
        const { actions, entries } = actionsOn({ helper, cgroups: { '/a': 'max' } });
        const plan = actions.planCgroup({ path: '/a', setting: 'max', value });
        if (!plan.ok) throw new Error(plan.error.code);
        expect((await actions.applyPlannedCgroup(plan.value.id)).ok).toBe(true);
        expect(helper.asked).toMatchObject([{ verb: 'set-cgroup', path: '/a', file: 'memory.max', value }]);
        expect(
          entries().map(({ subject, before, asked }) => ({ subject, seen: before, value: asked })),
        ).toEqual(
          plan.value.writes.map(({ subject, seen, value: asked }) => ({ subject, seen, value: asked })),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('is refused where no such preview was shown', async () => {
    const { actions, entries } = actionsOn();
    expect(await actions.applyPlannedAdj('another-1')).toMatchObject({
      ok: false,
      error: { code: 'changed-meanwhile', facts: { what: 'preview' } },
    });
    expect(entries()).toEqual([]);
  });
});
