import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { type Applied, type Plan } from '../../../../../../src-main/helper/root/revert/undo.ts';
import { revertSysctls } from '../../../../../../src-main/helper/root/sysctl/revert-sysctls.ts';
import { planSysctls } from '../../../../../../src-main/helper/root/sysctl/set-sysctls.ts';
import { HelperTree } from '../../../../../helpers/helper-tree.ts';

type Changes = Parameters<typeof planSysctls>[1]['changes'];

let tree: HelperTree;
beforeEach(() => {
  tree = new HelperTree();
});
afterEach(() => {
  tree.remove();
});

function plan(...changes: Changes) {
  return planSysctls(tree, { verb: 'set-sysctls', changes });
}

function planned(...changes: Changes) {
  const result = plan(...changes);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

function apply(...changes: Changes): Applied {
  const result = planned(...changes).apply();
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

function revert({ undo }: Pick<Plan, 'undo'>) {
  if (undo.kind !== 'sysctls') throw new Error(undo.kind);
  return revertSysctls(tree, undo);
}

const value = (name: SysctlName) => tree.value(`proc/sys/${name.replace('.', '/')}`);

describe('planSysctls', () => {
  it('sets several, and knows how to take them back', () => {
    const applied = apply(
      { name: 'vm.swappiness', value: 10, expected: 60 },
      { name: 'kernel.panic', value: -1 },
    );
    expect(applied.written).toEqual([
      { subject: 'vm.swappiness', before: '60', asked: '10', after: '10' },
      { subject: 'kernel.panic', before: '0', asked: '-1', after: '-1' },
    ]);
    expect(revert(applied).refused).toBeUndefined();
    expect([value('vm.swappiness'), value('kernel.panic')]).toEqual(['60', '0']);
  });

  it('writes nothing when one of the values is another by now', () => {
    const before = tree.snapshot();
    const result = plan(
      { name: 'kernel.panic', value: 10, expected: 0 },
      { name: 'vm.swappiness', value: 10, expected: 61 },
    );
    expect(result).toMatchObject({ ok: false, error: { code: 'changed-meanwhile' } });
    expect(tree.snapshot()).toEqual(before);
  });

  it('writes nothing when a value has moved between planning and doing', () => {
    const { apply: act } = planned({ name: 'vm.swappiness', value: 10 });
    tree.write('proc/sys/vm/swappiness', '30\n');
    expect(act()).toMatchObject({ ok: false, error: { code: 'changed-meanwhile' } });
    expect(value('vm.swappiness')).toBe('30');
  });

  it('takes back the first when the second cannot be written', () => {
    const { apply: act } = planned({ name: 'vm.swappiness', value: 10 }, { name: 'kernel.panic', value: 10 });
    const panic = tree.path('proc/sys/kernel/panic');
    rmSync(panic);
    expect(act()).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(value('vm.swappiness')).toBe('60');
  });

  it('leaves a value that another program has set since, and says so by `after`', () => {
    const applied = apply({ name: 'vm.swappiness', value: 10 }, { name: 'kernel.panic', value: 10 });
    tree.write('proc/sys/vm/swappiness', '33\n');
    expect(revert(applied).written).toEqual([
      { subject: 'vm.swappiness', before: '33', asked: '60', after: '33' },
      { subject: 'kernel.panic', before: '10', asked: '0', after: '0' },
    ]);
    expect([value('vm.swappiness'), value('kernel.panic')]).toEqual(['33', '0']);
  });

  it('takes a whole value for ours, never one that begins alike', () => {
    const applied = apply({ name: 'vm.swappiness', value: 10 });
    tree.write('proc/sys/vm/swappiness', '1\n');
    expect(revert(applied)).toEqual({
      written: [{ subject: 'vm.swappiness', before: '1', asked: '60', after: '1' }],
    });
    expect(value('vm.swappiness')).toBe('1');
  });

  it('does not write kbytes of 0 a second time: that would clear the ratio', () => {
    const before = tree.snapshot();
    const { written } = apply({ name: 'vm.overcommit_kbytes', value: 0 });
    expect(written).toEqual([{ subject: 'vm.overcommit_kbytes', before: '0', asked: '0', after: '0' }]);
    expect(tree.snapshot()).toEqual(before);
  });

  it('puts back the ratio that setting kbytes cleared, by one write', () => {
    const plan = planned({ name: 'vm.overcommit_kbytes', value: 4096 });
    tree.write('proc/sys/vm/overcommit_ratio', '0\n');
    tree.write('proc/sys/vm/overcommit_kbytes', '4096\n');
    revert(plan);
    // The kernel clears kbytes with it; a file does not.
    expect([value('vm.overcommit_ratio'), value('vm.overcommit_kbytes')]).toEqual(['50', '4096']);
  });

  it('puts back kbytes that setting the ratio cleared, by one write', () => {
    tree.write('proc/sys/vm/overcommit_ratio', '0\n');
    tree.write('proc/sys/vm/overcommit_kbytes', '4096\n');
    const plan = planned({ name: 'vm.overcommit_ratio', value: 80 });
    tree.write('proc/sys/vm/overcommit_ratio', '80\n');
    tree.write('proc/sys/vm/overcommit_kbytes', '0\n');
    revert(plan);
    expect([value('vm.overcommit_ratio'), value('vm.overcommit_kbytes')]).toEqual(['80', '4096']);
  });

  it('fails where the kernel has no such setting', () => {
    rmSync(tree.path('proc/sys/vm/oom_dump_tasks'));
    expect(plan({ name: 'vm.oom_dump_tasks', value: 0 })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
  });

  it('fails where a setting is not one number', () => {
    tree.write('proc/sys/vm/swappiness', '1\t2\n');
    expect(plan({ name: 'vm.swappiness', value: 0 })).toMatchObject({
      ok: false,
      error: { code: 'io-failed' },
    });
  });
});
