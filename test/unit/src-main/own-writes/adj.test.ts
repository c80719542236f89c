import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SeenProcess } from '#shared/model/process.ts';
import { writeOwnAdj } from '../../../../src-main/own-writes/adj.ts';
import { HelperTree } from '../../../helpers/helper-tree.ts';
import { seenNow } from '../../../helpers/seen-process.ts';

let child: ChildProcess;
let id: SeenProcess;
let inherited: number;
beforeEach(() => {
  child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  id = seenNow(pid);
  inherited = adj();
});
afterEach(() => {
  child.kill('SIGKILL');
});

function adj(): number {
  return Number(readFileSync(`/proc/${id.pid}/oom_score_adj`, 'utf8'));
}

describe('writeOwnAdj', () => {
  it('raises one’s own process, and lowers it back', () => {
    const before = String(inherited);
    expect(writeOwnAdj({ process: id, oomScoreAdj: 900, expected: inherited })).toMatchObject({
      value: { before, asked: '900', after: '900' },
    });
    expect(adj()).toBe(900);
    expect(writeOwnAdj({ process: id, oomScoreAdj: inherited })).toMatchObject({ value: { after: before } });
    expect(adj()).toBe(inherited);
  });

  it('writes nothing when the value is another by now', () => {
    expect(writeOwnAdj({ process: id, oomScoreAdj: 900, expected: inherited + 1 })).toMatchObject({
      error: { code: 'changed-meanwhile' },
    });
    expect(adj()).toBe(inherited);
  });

  it('writes nothing to another process of the same pid', () => {
    const process = { ...id, startTicks: id.startTicks - 1 };
    expect(writeOwnAdj({ process, oomScoreAdj: 900 })).toMatchObject({ error: { code: 'process-gone' } });
    expect(adj()).toBe(inherited);
  });

  it('says when the process has ended', async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(writeOwnAdj({ process: id, oomScoreAdj: 900 })).toMatchObject({ error: { code: 'process-gone' } });
  });

  it('says when a value is not one that the kernel takes', () => {
    expect(writeOwnAdj({ process: id, oomScoreAdj: 1001 })).toMatchObject({
      ok: false,
      error: { code: 'out-of-range', facts: { what: 'kernel' } },
    });
  });

  it('reads from the tree that it is given', () => {
    const tree = new HelperTree();
    tree.addProcess({ pid: 50, startTicks: 7 });
    const files = { proc: tree.path('proc'), sys: tree.path('sys'), etc: tree.path('etc') };
    const wrote = writeOwnAdj({ process: seenNow(50, 7, files.proc), oomScoreAdj: 300 }, files);
    expect(wrote).toMatchObject({ value: { subject: 'oom_score_adj of process 50', after: '300' } });
    expect(tree.value('proc/50/oom_score_adj')).toBe('300');
    tree.remove();
  });
});
