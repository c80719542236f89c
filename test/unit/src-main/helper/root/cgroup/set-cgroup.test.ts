import { renameSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HelperRequest } from '#shared/contract/helper.ts';
import { type CgroupFile } from '#shared/model/cgroup-change.ts';
import { planCgroup } from '../../../../../../src-main/helper/root/cgroup/set-cgroup.ts';
import { revertCgroup } from '../../../../../../src-main/helper/root/cgroup/revert-cgroup.ts';
import { HelperTree } from '../../../../../helpers/helper-tree.ts';

type Extra = Partial<Extract<HelperRequest, { verb: 'set-cgroup' }>>;
const MIB = 1 << 20;

let tree: HelperTree;
beforeEach(() => {
  tree = new HelperTree();
});
afterEach(() => {
  tree.remove();
});

function v2(): void {
  tree.addCgroup(2, 'a.slice/b', {
    'memory.max': 'max\n',
    'memory.high': 'max\n',
    'memory.oom.group': '0\n',
    'memory.current': `${20 * MIB}\n`,
  });
}

function act(file: CgroupFile, value: number | 'max', extra: Extra = {}) {
  const planned = planCgroup(tree, { verb: 'set-cgroup', path: 'a.slice/b', file, value, ...extra });
  return planned.ok ? planned.value.apply() : planned;
}

/** Sets a value, lets something happen, and takes the value back. */
function revertAfter(happens: () => void) {
  v2();
  const applied = act('memory.max', 64 * MIB);
  happens();
  if (!applied.ok || applied.value.undo.kind !== 'cgroup') throw new Error('it was not set');
  return revertCgroup(tree, applied.value.undo);
}

const value = (file: CgroupFile) => tree.value(`sys/fs/cgroup/a.slice/b/${file}`);

describe('planCgroup', () => {
  it('sets a limit, and knows how to take it back', () => {
    v2();
    const applied = act('memory.max', 64 * MIB);
    expect(applied).toMatchObject({
      value: {
        written: [{ subject: 'a.slice/b memory.max', before: 'max', asked: '67108864', after: '67108864' }],
      },
    });
    expect(applied.ok && applied.value.undo).toMatchObject({ before: 'max', ours: ['67108864'] });
  });

  it('knows each way in which a value may be rounded to pages before it is read back', () => {
    v2();
    const request = {
      verb: 'set-cgroup',
      path: 'a.slice/b',
      file: 'memory.max',
      value: 100_000_000,
    } as const;
    expect(planCgroup(tree, request)).toMatchObject({
      value: { undo: { before: 'max', ours: ['100000000', '99999744', '99991552', '99942400'] } },
    });
  });

  it('takes a value back, and tells what it read back', () => {
    expect(revertAfter(() => undefined)).toEqual({
      written: [{ subject: 'a.slice/b memory.max', before: '67108864', asked: 'max', after: 'max' }],
    });
    expect(value('memory.max')).toBe('max');
  });

  it('does not take back what another program has set since, also where it begins alike', () => {
    const reverted = revertAfter(() => {
      tree.write('sys/fs/cgroup/a.slice/b/memory.max', '6710886\n');
    });
    expect(reverted).toEqual({
      written: [{ subject: 'a.slice/b memory.max', before: '6710886', asked: 'max', after: '6710886' }],
    });
  });

  it('has nothing to take back when the cgroup is gone', () => {
    const reverted = revertAfter(() => {
      renameSync(tree.path('sys/fs/cgroup/a.slice/b'), tree.path('sys/fs/cgroup/a.slice/c'));
    });
    expect(reverted).toEqual({ written: [] });
  });

  it('leaves another cgroup alone that has the name of the one that was meant', () => {
    const reverted = revertAfter(() => {
      renameSync(tree.path('sys/fs/cgroup/a.slice/b'), tree.path('sys/fs/cgroup/a.slice/c'));
      tree.addCgroup(2, 'a.slice/b', { 'memory.max': '67108864\n', 'memory.current': '0\n' });
    });
    expect(reverted).toEqual({ written: [] });
    expect(value('memory.max')).toBe('67108864');
  });

  it('does not take back where that would kill, and does once it would not', () => {
    const use = (mib: number) => {
      tree.write('sys/fs/cgroup/a.slice/b/memory.current', `${mib * MIB}\n`);
    };
    v2();
    tree.write('sys/fs/cgroup/a.slice/b/memory.max', `${32 * MIB}\n`);
    const applied = act('memory.max', 'max');
    const undo = applied.ok ? applied.value.undo : undefined;
    if (undo?.kind !== 'cgroup') throw new Error('it was not set');
    use(33);
    expect(revertCgroup(tree, undo)).toMatchObject({
      written: [{ before: 'max', after: 'max' }],
      refused: { code: 'would-kill', facts: { usedBytes: 33 * MIB } },
    });
    expect(value('memory.max')).toBe('max');
    use(32);
    expect(revertCgroup(tree, undo)).toMatchObject({ written: [{ before: 'max', after: '33554432' }] });
    expect(value('memory.max')).toBe('33554432');
  });

  it('refuses a limit below what is in use, unless the request says that this may kill', () => {
    v2();
    expect(act('memory.max', 10 * MIB)).toMatchObject({
      error: { code: 'would-kill', facts: { usedBytes: 20971520 } },
    });
    expect(value('memory.max')).toBe('max');
    expect(act('memory.max', 10 * MIB, { mayKill: true })).toMatchObject({ ok: true });
  });

  it('lets memory.high be below what is in use: that never kills', () => {
    v2();
    expect(act('memory.high', 10 * MIB)).toMatchObject({ ok: true });
  });

  it('writes -1 for no limit in v1, and refuses one below what is in use there too', () => {
    tree.addCgroup(1, 'a.slice/b', {
      'memory.limit_in_bytes': '67108864\n',
      'memory.usage_in_bytes': `${20 * MIB}\n`,
    });
    expect(act('memory.limit_in_bytes', 10 * MIB)).toMatchObject({ error: { code: 'would-kill' } });
    // The kernel would print its largest number; a file shows what was written.
    expect(act('memory.limit_in_bytes', 'max')).toMatchObject({ error: { code: 'read-back-differs' } });
    expect(tree.value('sys/fs/cgroup/memory/a.slice/b/memory.limit_in_bytes')).toBe('67108864');
  });

  it.for([2, 3, -1])('takes no memory.oom.group of %i', (group) => {
    v2();
    expect(act('memory.oom.group', group)).toMatchObject({ error: { code: 'out-of-range' } });
  });

  it('takes no file of the other version', () => {
    v2();
    expect(act('memory.limit_in_bytes', 64 * MIB)).toMatchObject({ error: { code: 'not-supported' } });
  });

  it('takes nothing where there is no memory controller', () => {
    tree.write('proc/self/mountinfo', '30 20 0:32 / /sys rw - sysfs sysfs rw\n');
    expect(act('memory.max', 1)).toMatchObject({ error: { code: 'not-supported' } });
  });

  it('follows no link out of the hierarchy', () => {
    v2();
    tree.write('elsewhere/memory.max', 'max\n');
    tree.write('elsewhere/memory.current', '0\n');
    symlinkSync('../../../elsewhere', tree.path('sys/fs/cgroup/link'));
    const before = tree.snapshot();
    expect(act('memory.max', MIB, { path: 'link' })).toMatchObject({ error: { code: 'refused-target' } });
    expect(act('memory.max', MIB, { path: 'a.slice/none' })).toMatchObject({ error: { code: 'not-found' } });
    expect(tree.snapshot()).toEqual(before);
  });
});
