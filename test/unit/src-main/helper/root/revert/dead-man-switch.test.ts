import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownIdentity } from '../../../../../../src-main/helper/root/register/process-identity.ts';
import { Register } from '../../../../../../src-main/helper/root/register/register.ts';
import { type Armed, DeadManSwitch } from '../../../../../../src-main/helper/root/revert/dead-man-switch.ts';
import { type Reverted, type Undo } from '../../../../../../src-main/helper/root/revert/undo.ts';
import { planCgroup } from '../../../../../../src-main/helper/root/cgroup/set-cgroup.ts';
import { HelperTree } from '../../../../../helpers/helper-tree.ts';

const MIB = 1 << 20;
const MAX = 'sys/fs/cgroup/a/memory.max';
const SWAPPINESS: Undo = {
  kind: 'sysctls',
  values: [{ name: 'vm.swappiness', before: '60', ours: '10' }],
};

let tree: HelperTree;
let register: Register;
let reverted: [number, Reverted][];
let refused: [number, Reverted][];
let changes: DeadManSwitch;
beforeEach(() => {
  tree = new HelperTree();
  register = new Register(tree);
  reverted = [];
  refused = [];
  changes = new DeadManSwitch(tree, register, {
    onReverted: (...event) => reverted.push(event),
    onRefused: (...event) => refused.push(event),
  });
  tree.write('proc/sys/vm/swappiness', '10\n');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  tree.remove();
});

async function registered(undo: Undo, ...subjects: string[]): Promise<Armed> {
  const entry = await register.add({ subjects, undo }, ownIdentity());
  if (!entry.ok) throw new Error(entry.error.code);
  return { entry: entry.value, undo };
}

/** A limit of 32 MiB that was taken away, in a cgroup that uses more by now. */
async function stuckLimit(): Promise<Armed> {
  tree.addCgroup(2, 'a', { 'memory.max': `${32 * MIB}\n`, 'memory.current': '0\n' });
  const plan = planCgroup(tree, { verb: 'set-cgroup', path: 'a', file: 'memory.max', value: 'max' });
  if (!plan.ok) throw new Error(plan.error.code);
  tree.write(MAX, 'max\n');
  tree.write('sys/fs/cgroup/a/memory.current', `${33 * MIB}\n`);
  return registered(plan.value.undo, 'a memory.max');
}

describe('DeadManSwitch', () => {
  it('does not keep a change that stays in the register, where the next helper would find it', async () => {
    changes.arm(1, await registered(SWAPPINESS, 'vm.swappiness'), 20_000);
    // Nothing is done in a folder that others may change.
    chmodSync(tree.path('run/lifeboat'), 0o777);
    expect(changes.keep(1)).toBe(false);
    vi.advanceTimersByTime(20_000);
    expect(tree.value('proc/sys/vm/swappiness')).toBe('60');
    expect(reverted).toMatchObject([[1, { written: [{ after: '60' }] }]]);
  });

  it('starts a clock again while it runs, and not once its time was up', async () => {
    changes.arm(1, await registered(SWAPPINESS, 'vm.swappiness'), 20_000);
    vi.advanceTimersByTime(15_000);
    expect(changes.extend(1, 20_000)).toBe(true);
    vi.advanceTimersByTime(19_999);
    expect(tree.value('proc/sys/vm/swappiness')).toBe('10');
    vi.advanceTimersByTime(1);
    expect(tree.value('proc/sys/vm/swappiness')).toBe('60');
    expect(reverted.map(([change]) => change)).toEqual([1]);
    expect(changes.extend(1, 20_000)).toBe(false);
    expect(changes.size).toBe(0);
    // One that the system does not let go back is overdue, and is tried again as often as before.
    changes.arm(2, await stuckLimit(), 1000);
    vi.advanceTimersByTime(1000);
    expect(refused.map(([change]) => change)).toEqual([2]);
    expect(changes.extend(2, 600_000)).toBe(false);
    tree.write('sys/fs/cgroup/a/memory.current', '0\n');
    vi.advanceTimersByTime(1000);
    expect(tree.value(MAX)).toBe(String(32 * MIB));
  });

  it('takes a change back when its time is up, and not before', async () => {
    changes.arm(1, await registered(SWAPPINESS, 'vm.swappiness'), 20_000);
    vi.advanceTimersByTime(19_999);
    expect(tree.value('proc/sys/vm/swappiness')).toBe('10');
    vi.advanceTimersByTime(1);
    expect(tree.value('proc/sys/vm/swappiness')).toBe('60');
    const written = [{ subject: 'vm.swappiness', before: '10', asked: '60', after: '60' }];
    expect(reverted).toEqual([[1, { written }]]);
    expect(changes.size).toBe(0);
  });

  it('keeps a change that is confirmed in time', async () => {
    changes.arm(1, await registered(SWAPPINESS, 'vm.swappiness'), 20_000);
    expect(changes.keep(1)).toBe(true);
    vi.advanceTimersByTime(60_000);
    changes.revertAll();
    expect([reverted, tree.value('proc/sys/vm/swappiness')]).toEqual([[], '10']);
  });

  it('takes a change back when asked, once', async () => {
    changes.arm(1, await registered(SWAPPINESS, 'vm.swappiness'), 20_000);
    expect(changes.revert(1)).toMatchObject({ written: [{ after: '60' }] });
    expect(changes.revert(1)).toBeUndefined();
    expect(changes.keep(1)).toBe(false);
  });

  it('goes on trying while the system refuses, with pauses of at most a minute', async () => {
    changes.arm(1, await stuckLimit(), 20_000);
    vi.advanceTimersByTime(3_600_000);
    expect([refused.length, reverted.length]).toEqual([1, 0]);
    expect(refused).toMatchObject([[1, { refused: { code: 'would-kill' }, written: [{ after: 'max' }] }]]);
    tree.write('sys/fs/cgroup/a/memory.current', '0\n');
    vi.advanceTimersByTime(60_000);
    expect(reverted).toMatchObject([[1, { written: [{ before: 'max', after: '33554432' }] }]]);
    expect(tree.value(MAX)).toBe('33554432');
  });

  it('stops trying once another program has set the value', async () => {
    changes.arm(1, await stuckLimit(), 0);
    vi.advanceTimersByTime(0);
    tree.write(MAX, '12345\n');
    vi.advanceTimersByTime(60_000);
    expect(reverted).toMatchObject([[1, { written: [{ before: '12345', after: '12345' }] }]]);
    expect(changes.size).toBe(0);
  });

  it('leaves the register to others only when a change is kept or went back', async () => {
    const again = () => register.add({ subjects: ['a memory.max'], undo: SWAPPINESS }, ownIdentity());
    changes.arm(1, await stuckLimit(), 0);
    vi.advanceTimersByTime(0);
    expect(await again()).toMatchObject({ error: { code: 'changed-meanwhile' } });
    tree.write('sys/fs/cgroup/a/memory.current', '0\n');
    vi.advanceTimersByTime(60_000);
    expect(await again()).toMatchObject({ ok: true });
  });
});
