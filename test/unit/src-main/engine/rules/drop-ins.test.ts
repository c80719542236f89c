import { describe, expect, it } from 'vitest';
import { ok } from '#shared/result.ts';
import { type Unit } from '#shared/model/unit.ts';
import { writingStage } from '../change/planned-world.ts';

const SYSTEM: Unit = { manager: 'system', name: 'svc.service' };
const OWN: Unit = { manager: 'user:1000', name: 'own.service' };

function stage() {
  const made = writingStage({});
  const listed = () => {
    const read = made.actions.readProtections();
    return read.ok ? read.value.protections : expect.unreachable();
  };
  return { ...made, listed };
}

describe('drop-ins that the journal does not know', () => {
  it.for([SYSTEM, OWN])(
    'are listed, removed as the preview says, recorded, and put back: $name',
    async (unit) => {
      const { actions, systemUnits, userUnits, entries, listed } = stage();
      const units = unit.manager === 'system' ? systemUnits : userUnits;
      units.set(unit.name, '-7');
      expect(listed()).toMatchObject([{ kind: 'unit', unit, oomScoreAdj: -7, groups: [] }]);
      const plan = actions.previewRemoveDropIn(unit);
      if (!plan.ok) expect.unreachable();
      expect(plan.value).toMatchObject({
        unit,
        oomScoreAdj: -7,
        writes: [{ mechanism: 'unit', subject: unit.name, seen: '-7', value: '' }],
      });
      expect(units.get(unit.name)).toBe('-7');
      expect(entries()).toEqual([]);
      const removed = await actions.removeDropIn(plan.value.id);
      expect(removed).toMatchObject({ ok: true, value: { file: plan.value.file } });
      expect(units.get(unit.name)).toBe('');
      expect(entries()).toMatchObject([{ subject: unit.name, before: '-7', after: '', state: 'done' }]);
      expect(listed()).toEqual([]);
      expect((await actions.undo('all')).ok).toBe(true);
      expect(units.get(unit.name)).toBe('-7');
    },
  );

  it('are left alone where the value is not the one that was seen', async () => {
    const { actions, userUnits, entries } = stage();
    userUnits.set(OWN.name, '-7');
    const plan = actions.previewRemoveDropIn(OWN);
    if (!plan.ok) expect.unreachable();
    userUnits.set(OWN.name, '-8');
    expect(await actions.removeDropIn(plan.value.id)).toMatchObject({
      ok: false,
      error: { code: 'changed-meanwhile' },
    });
    expect(userUnits.get(OWN.name)).toBe('-8');
    expect(entries()).toEqual([]);
  });

  it('are removed, and not undone, where another has written another value since', async () => {
    const { actions, userUnits, listed } = stage();
    const kept = await actions.keepAdj({ kind: 'unit', unit: OWN }, -100);
    expect(kept.ok).toBe(true);
    expect(listed()).toMatchObject([{ oomScoreAdj: -100, groups: [1] }]);
    userUnits.set(OWN.name, '-7');
    expect(listed()).toMatchObject([{ oomScoreAdj: -7, groups: [] }]);
  });

  it('of others are listed and cannot be removed', () => {
    const { actions, world, listed } = stage();
    const file = '/etc/systemd/system/svc.service.d/90-lifeboat.conf';
    world.ownWrites.dropIns = () => [{ unit: SYSTEM, file, oomScoreAdj: -9 }];
    world.ownWrites.keptFor = () => ({
      ok: false,
      error: { code: 'not-ours', facts: { what: 'file', path: file } },
    });
    expect(listed()).toEqual([{ kind: 'foreign-unit', unit: SYSTEM, file, oomScoreAdj: -9, matches: [] }]);
    expect(actions.previewRemoveDropIn(SYSTEM)).toMatchObject({ ok: false, error: { code: 'not-ours' } });
    world.ownWrites.keptFor = () => ok({ file, value: '' });
    expect(actions.previewRemoveDropIn(SYSTEM)).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});
