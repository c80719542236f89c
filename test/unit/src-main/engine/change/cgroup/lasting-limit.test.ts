import { describe, expect, it } from 'vitest';
import { type CgroupValue } from '#shared/model/cgroup-change.ts';
import { fail, ok } from '#shared/result.ts';
import {
  applyPlannedLimit,
  planLimit,
} from '../../../../../../src-main/engine/change/cgroup/lasting-limit.ts';
import { type LastingLimits } from '../../../../../../src-main/engine/world.ts';
import { idOf } from '../../../../../helpers/containers/fake-engine.ts';
import { actionsOn } from '../stage.ts';

const CONTAINER = `/docker/${idOf(1)}`;
const UNIT = '/system.slice/db.service';
const MIB = 2 ** 20;

/** A machine whose engine and systemd write the cgroup, and say what they were asked. */
function machine(cgroups: Record<string, CgroupValue>, limits: Partial<LastingLimits> = {}) {
  const asked: unknown[] = [];
  const stage: ReturnType<typeof actionsOn> = actionsOn({
    cgroups,
    limits: {
      engineOf: () => 'docker',
      update: (path, wanted) => {
        asked.push(wanted);
        stage.cgroups.set(path, wanted.memoryBytes);
        return Promise.resolve(ok(null));
      },
      setProperty: ({ unit, property, value, lasting }) => {
        asked.push(`${unit.name} ${property}=${value} ${String(lasting)}`);
        stage.cgroups.set(UNIT, value === 'infinity' ? 'max' : Number(value));
        return Promise.resolve(ok(null));
      },
      ...limits,
    },
  });
  return { ...stage, asked };
}

function planned(stage: ReturnType<typeof machine>, path: string, value: CgroupValue, lasting = true) {
  const plan = planLimit(stage.world, { path, setting: 'max', value, lasting });
  if (!plan.ok) throw new Error(plan.error.code);
  return plan.value;
}

const apply = (stage: ReturnType<typeof machine>, { id }: { readonly id: string }) =>
  applyPlannedLimit(stage.world, { id, mayKill: false });

describe('a limit that lasts', () => {
  it('of a container is set by its engine, with memory and swap together, and is put back by it', async () => {
    const stage = machine({ [CONTAINER]: 64 * MIB });
    const plan = planned(stage, CONTAINER, 128 * MIB);
    expect(plan.way).toMatchObject({ kind: 'engine', engine: 'docker', memoryBytes: 128 * MIB });
    expect(plan.effects.map(({ fact }) => fact.kind)).not.toContain('container-rewrites');
    expect(await apply(stage, plan)).toMatchObject({
      ok: true,
      value: { kind: 'written', before: 64 * MIB, after: 128 * MIB },
    });
    const [entry] = stage.entries();
    expect(entry).toMatchObject({ action: 'set-limit', state: 'done', after: String(128 * MIB) });
    expect(await stage.actions.undo(entry?.group ?? 0)).toMatchObject({ value: [{ result: 'undone' }] });
    expect(stage.asked).toMatchObject([{ memoryBytes: 128 * MIB }, { memoryBytes: 64 * MIB }]);
    for (const wanted of stage.asked as { memoryBytes: number; memorySwapBytes: number }[])
      expect(wanted.memorySwapBytes).toBeGreaterThanOrEqual(wanted.memoryBytes);
    expect(stage.starts()).toBe(0);
  });

  it('of a container is taken off by one that no machine reaches: engines know no other way', async () => {
    const stage = machine({ [CONTAINER]: 64 * MIB });
    const applied = await apply(stage, planned(stage, CONTAINER, 'max'));
    expect(applied).toMatchObject({ ok: true, value: { after: 2 ** 52 } });
  });

  it.each([
    [true, 'set-limit'],
    [false, 'set-limit-until-boot'],
  ] as const)(
    'of a unit is set by systemd (for later starts: %s), and put back the same way',
    async (lasting, action) => {
      const stage = machine({ [UNIT]: 64 * MIB });
      expect(await apply(stage, planned(stage, UNIT, 128 * MIB, lasting))).toMatchObject({ ok: true });
      const [entry] = stage.entries();
      expect(entry?.action).toBe(action);
      await stage.actions.undo(entry?.group ?? 0);
      const said = String(lasting);
      expect(stage.asked).toEqual([
        `db.service MemoryMax=${128 * MIB} ${said}`,
        `db.service MemoryMax=${64 * MIB} ${said}`,
      ]);
    },
  );

  it('is recorded as failed where the engine refuses it', async () => {
    const why = fail('engine-refused', { engine: 'docker', why: 'in-use', message: undefined });
    const stage = machine({ [CONTAINER]: 64 * MIB }, { update: () => Promise.resolve(why) });
    expect(await apply(stage, planned(stage, CONTAINER, 128 * MIB))).toEqual(why);
    expect(stage.entries()).toMatchObject([{ state: 'failed', why: { code: 'engine-refused' } }]);
  });

  it('is not written where the value has changed since it was shown', async () => {
    const stage = machine({ [CONTAINER]: 64 * MIB });
    const plan = planned(stage, CONTAINER, 128 * MIB);
    stage.cgroups.set(CONTAINER, 96 * MIB);
    expect(await apply(stage, plan)).toMatchObject({ error: { code: 'changed-meanwhile' } });
    expect(stage.asked).toEqual([]);
  });

  it('is refused below what an engine can set', () => {
    const stage = machine({ [CONTAINER]: 64 * MIB });
    const plan = planLimit(stage.world, { path: CONTAINER, setting: 'max', value: 4 * MIB, lasting: true });
    expect(plan).toMatchObject({ error: { code: 'engine-refused', facts: { why: 'too-small' } } });
  });

  it('goes to the file of the cgroup where no engine answers', () => {
    const stage = machine({ [CONTAINER]: 64 * MIB, '/plain': 'max' }, { engineOf: () => undefined });
    expect(planned(stage, CONTAINER, 128 * MIB).way).toEqual({ kind: 'cgroup' });
    expect(planned(stage, '/plain', 128 * MIB).way).toEqual({ kind: 'cgroup' });
  });

  it('needs the permission that every change needs', async () => {
    const stage = actionsOn({
      cgroups: { [CONTAINER]: 64 * MIB },
      policy: { readOnly: true },
      limits: {
        engineOf: () => 'docker',
        update: () => Promise.reject(new Error('asked')),
        setProperty: () => Promise.reject(new Error('asked')),
      },
    });
    const plan = planLimit(stage.world, { path: CONTAINER, setting: 'max', value: 128 * MIB, lasting: true });
    expect(
      plan.ok && (await applyPlannedLimit(stage.world, { id: plan.value.id, mayKill: true })),
    ).toMatchObject({
      error: { code: 'read-only' },
    });
  });
});
