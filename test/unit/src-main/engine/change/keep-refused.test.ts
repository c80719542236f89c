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
