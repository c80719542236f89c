import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setAdj } from '../../../../../src-main/helper/root/set-adj.ts';
import { HelperTree } from '../../../../helpers/helper-tree.ts';
import { seenNow } from '../../../../helpers/seen-process.ts';

let tree: HelperTree;
beforeEach(() => {
  tree = new HelperTree();
});
afterEach(() => {
  tree.remove();
});

function set(pid: number, startTicks: number, oomScoreAdj: number, expected?: number) {
  const request = {
    verb: 'set-adj',
    process: seenNow(pid, startTicks, tree.path('proc')),
    oomScoreAdj,
  } as const;
  return setAdj(tree, expected === undefined ? request : { ...request, expected });
}

describe('setAdj', () => {
  it('writes, reads back, and tells what was there before', () => {
    tree.addProcess({ pid: 50, startTicks: 7, oomScoreAdj: 200, name: 'a) S 1 (b' });
    expect(set(50, 7, -500, 200)).toEqual({
      ok: true,
      value: {
        written: [{ subject: 'oom_score_adj of process 50', before: '200', asked: '-500', after: '-500' }],
      },
    });
    expect(tree.value('proc/50/oom_score_adj')).toBe('-500');
  });

  it.for([
    { what: 'process 1', pid: 1, ticks: 7, code: 'refused-target' },
    { what: 'a pid that no process has', pid: 51, ticks: 7, code: 'process-gone' },
    { what: 'a pid that another one has now', pid: 50, ticks: 8, code: 'process-gone' },
    { what: 'a thread of the kernel', pid: 2, ticks: 7, code: 'kernel-thread' },
    { what: 'a thread of a process', pid: 60, ticks: 7, code: 'refused-target' },
    { what: 'a value that is another by now', pid: 50, ticks: 7, expected: 100, code: 'changed-meanwhile' },
  ])('refuses $what, and writes nothing', ({ pid, ticks, expected, code }) => {
    tree.addProcess({ pid: 1, startTicks: 7 });
    tree.addProcess({ pid: 2, startTicks: 7, kernelThread: true });
    tree.addProcess({ pid: 50, startTicks: 7 });
    tree.addProcess({ pid: 60, startTicks: 7, threadOf: 50 });
    const before = tree.snapshot();
    expect(set(pid, ticks, 500, expected)).toMatchObject({ ok: false, error: { code } });
    expect(tree.snapshot()).toEqual(before);
  });

  it.for([
    { what: 'another name', look: { name: 'b' } },
    { what: 'another user', look: { uid: 7 } },
    { what: 'another parent', look: { parentPid: 99 } },
    { what: 'another program', look: { program: '1:1' } },
    { what: 'the look of the tick in which it began', look: { seenAtTicks: 7 } },
  ])('leaves a process alone that was seen with $what', ({ look }) => {
    tree.addProcess({ pid: 50, startTicks: 7 });
    const stat = tree.read('proc/50/stat').split(') ')[1]?.split(' ') ?? [];
    const uid = Number(/^Uid:\t\d+\t(\d+)/m.exec(tree.read('proc/50/status'))?.[1]);
    const seen = { name: 'a', uid, parentPid: Number(stat[1]), seenAtTicks: 8 };
    const request = (changed: object) =>
      ({
        verb: 'set-adj',
        process: { pid: 50, startTicks: 7, look: { ...seen, ...changed } },
        oomScoreAdj: 500,
      }) as const;
    expect(setAdj(tree, request(look))).toMatchObject({
      error: { code: 'changed-meanwhile', facts: { what: 'look', pid: 50 } },
    });
    expect(tree.value('proc/50/oom_score_adj')).toBe('0');
    expect(setAdj(tree, request({}))).toMatchObject({ ok: true });
  });

  it.for([
    {
      what: 'its file is gone',
      end: () => {
        rmSync(tree.path('proc/50/oom_score_adj'));
      },
    },
    {
      what: 'it is in no thread group any more',
      end: () => {
        tree.write('proc/50/status', tree.read('proc/50/status').replace(/^Tgid:\t50$/m, 'Tgid:\t0'));
      },
    },
  ])('says of a process that ends while it is looked at that it is gone: $what', ({ end }) => {
    tree.addProcess({ pid: 50, startTicks: 7 });
    end();
    expect(set(50, 7, 500)).toMatchObject({ ok: false, error: { code: 'process-gone' } });
  });

  it('does not make the helper itself an earlier victim, but a later one', () => {
    tree.addProcess({ pid: process.pid, startTicks: 7, oomScoreAdj: 100 });
    expect(set(process.pid, 7, 101)).toMatchObject({ ok: false, error: { code: 'refused-target' } });
    expect(set(process.pid, 7, 99)).toMatchObject({ ok: true });
  });

  it('follows no link in the place of a process', () => {
    tree.addProcess({ pid: 50, startTicks: 7 });
    symlinkSync('50', tree.path('proc/51'));
    expect(set(51, 7, 500)).toMatchObject({ ok: false, error: { code: 'refused-target' } });
    expect(tree.value('proc/50/oom_score_adj')).toBe('0');
  });

  it('follows no link in the place of oom_score_adj', () => {
    tree.addProcess({ pid: 50, startTicks: 7 });
    tree.write('victim', '0\n');
    rmSync(tree.path('proc/50/oom_score_adj'));
    symlinkSync('../../victim', tree.path('proc/50/oom_score_adj'));
    expect(set(50, 7, 500)).toMatchObject({ ok: false, error: { facts: { errno: 'ELOOP' } } });
    expect(tree.value('victim')).toBe('0');
  });

  it('refuses a stat that is not as the kernel writes it', () => {
    mkdirSync(tree.path('proc/50'));
    tree.write('proc/50/stat', 'nonsense');
    expect(set(50, 7, 500)).toMatchObject({ ok: false, error: { code: 'process-gone' } });
  });
});
