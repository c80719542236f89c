import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fail } from '#shared/result.ts';
import { actionsOn } from './stage.ts';
import { pends, StrictHelper, wrote } from './strict-helper.ts';

const REFUSED = fail('refused-target', { what: 'link', path: '/etc/sysctl.d/90-lifeboat.conf' });

it('a setting that cannot be kept is refused before the helper is asked, and nothing is recorded', async () => {
  const { actions, starts, entries } = actionsOn({ mayKeep: REFUSED });
  expect(await actions.keepSysctl('vm.overcommit_kbytes', 0)).toEqual(REFUSED);
  expect(starts()).toBe(0);
  expect(entries()).toEqual([]);
});

it('a pending setting that cannot be kept on disk goes on waiting', async () => {
  const helper = new StrictHelper().expect(pends(7, wrote('vm.swappiness', '60', '10')));
  const { actions } = actionsOn({ helper, mayKeep: REFUSED, sysctls: { 'vm.swappiness': 60 } });
  await actions.applySysctls([{ name: 'vm.swappiness', value: 10 }]);
  expect(await actions.confirmPending(7, true)).toEqual(REFUSED);
  expect(actions.pending()?.id).toBe(7);
});

it('a rule is kept where root is refused for a unit of the system beside it', async () => {
  const refusal = fail('elevation-dismissed', { instead: '' });
  const { actions, rulesFile, entries } = actionsOn({ helper: refusal.error });
  const unit = { kind: 'unit', unit: { manager: 'system', name: 'a.service' } } as const;
  const rule = { kind: 'rule', name: 'p10' } as const;
  const plan = actions.previewKeep([
    { lasting: unit, oomScoreAdj: -5 },
    { lasting: rule, oomScoreAdj: -5 },
  ]);
  if (!plan.ok) throw new Error(plan.error.code);
  expect(await actions.applyKeep(plan.value.id)).toMatchObject({
    ok: true,
    value: { places: [{ lasting: unit, refused: refusal.error }, { lasting: rule }] },
  });
  expect(readFileSync(rulesFile, 'utf8')).toContain('adj = -5');
  expect(
    entries()
      .map(({ state }) => state)
      .toSorted(),
  ).toEqual(['done', 'failed']);
});

it('nothing is recorded where root is refused for all of it', async () => {
  const refusal = fail('elevation-dismissed', { instead: '' });
  const { actions, entries } = actionsOn({ helper: refusal.error });
  expect(await actions.keepAdj({ kind: 'unit', unit: { manager: 'system', name: 'a.service' } }, -5)).toEqual(
    refusal,
  );
  expect(entries()).toEqual([]);
});
