// Over 300 lines: cases of one subject, which share what stands at the top.
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readHostFacts } from '../../../../../src-main/collect/machine/host-facts.ts';
import { ProcessTable } from '../../../../../src-main/collect/processes/process-table.ts';
import { type ProcessReading } from '../../../../../src-main/collect/processes/read-process.ts';
import { HOST_FILES, type KernelFiles } from '../../../../../src-main/proc/kernel-files.ts';
import { procFile, setAdj, startSleep } from '../../../../helpers/processes/process-children.ts';
import { testTree } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

const MANY = Number.MAX_SAFE_INTEGER;

function tableOn(files: KernelFiles, mostKept = MANY) {
  const host = readHostFacts(files);
  if (!host.ok) throw new Error(host.error.code);
  const reading: ProcessReading = { files, host: host.value, users: new Map([[0, 'root']]) };
  const table = new ProcessTable(files, mostKept);
  let seq = 0;
  return {
    table,
    /** One tick; returns the pids of the newcomers. */
    refresh: () => {
      const newcomers = table.refresh(++seq, reading);
      if (!newcomers.ok) throw new Error(`${newcomers.path}: ${newcomers.why}`);
      table.lookAround(seq);
      return newcomers.value.map(({ pid }) => pid);
    },
    tryRefresh: () => table.refresh(++seq, reading),
    reread: (pid: number) => {
      const tracked = table.get(pid);
      return tracked !== undefined && table.reread(tracked, ++seq, reading, true);
    },
    rereadAll: (pid: number) => {
      const tracked = table.get(pid);
      return tracked !== undefined && table.rereadAll(tracked, ++seq, reading);
    },
    pids: () => [...table.all()].map(({ pid }) => pid),
  };
}

function treeTable(spec: ProcTreeSpec, mostKept?: number) {
  const tree = testTree(spec);
  return { tree, ...tableOn(tree, mostKept) };
}

/** How many descriptors of this process lead below a folder. */
function descriptorsBelow(folder: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${folder}/`);
    } catch {
      // The descriptor of the listing itself.
      return false;
    }
  }).length;
}

describe('ProcessTable', () => {
  it('reads all processes, in the order of their start', () => {
    const { refresh, pids } = treeTable({
      processes: [
        { pid: 300, startTicks: 50 },
        { pid: 7, startTicks: 900 },
        { pid: 40, startTicks: 50 },
      ],
    });
    expect(refresh()).toEqual([40, 300, 7]);
    expect(pids()).toEqual([40, 300, 7]);
    expect(refresh()).toEqual([]);
  });

  it('sorts in a process that could not be read when it was new', () => {
    const { tree, refresh, pids } = treeTable({ processes: [{ pid: 20, startTicks: 500 }] });
    refresh();
    tree.setProcess({ pid: 10, startTicks: 100 });
    expect(refresh()).toEqual([10]);
    expect(pids()).toEqual([10, 20]);
  });

  it.for([
    { how: 'with descriptors for all', mostKept: MANY, kept: 5 },
    { how: 'with descriptors for three', mostKept: 3, kept: 3 },
    { how: 'without descriptors', mostKept: 0, kept: 0 },
  ])('reads the scores of all $how', ({ mostKept, kept }) => {
    const { tree, table, refresh } = treeTable(
      { processes: [1, 2, 3, 4, 5].map((pid) => ({ pid: 100 + pid, oomScore: 600 + pid })) },
      mostKept,
    );
    refresh();
    expect(table.keptCount).toBe(kept);
    expect(descriptorsBelow(tree.proc)).toBe(kept);
    for (const pid of [1, 2, 3, 4, 5]) tree.write(`/proc/${100 + pid}/oom_score`, `${700 + pid}\n`);
    refresh();
    expect([...table.all()].map(({ oomScore }) => oomScore)).toEqual([701, 702, 703, 704, 705]);
    table.close();
    expect(descriptorsBelow(tree.proc)).toBe(0);
  });

  it.for([
    { how: 'with a kept descriptor', mostKept: MANY },
    { how: 'without one', mostKept: 0 },
  ])('tells a new process with an old pid apart $how', ({ mostKept }) => {
    const { tree, table, refresh } = treeTable(
      { processes: [{ pid: 55, startTicks: 100, name: 'old' }] },
      mostKept,
    );
    refresh();
    tree.removeProcess(55);
    tree.setProcess({ pid: 55, startTicks: 200, name: 'new' });
    expect(refresh()).toEqual([55]);
    expect(table.get(55)).toMatchObject({ startTicks: 200, observed: { name: 'new' } });
    expect(table.size).toBe(1);
    table.close();
    expect(descriptorsBelow(tree.proc)).toBe(0);
  });

  it('does not take the figures of a new process for those of the old one', () => {
    const { tree, table, refresh, reread } = treeTable({
      processes: [{ pid: 55, startTicks: 100, rssAnonPages: 1 }],
    });
    refresh();
    tree.setProcess({ pid: 55, startTicks: 200, rssAnonPages: 999 });
    expect(reread(55)).toBe(false);
    expect(table.get(55)?.observed.memory?.rssAnonPages).toBe(1);
    table.close();
  });

  describe('holds the files of one open who is read again and again', () => {
    const eater = { pid: 55, rssAnonPages: 1 };
    const others = Array.from({ length: 100 }, (_, index) => ({ pid: 1000 + index }));
    const held = (proc: string) => descriptorsBelow(`${proc}/55`);

    it('and reads what they say now', () => {
      const { tree, table, refresh, reread } = treeTable({ processes: [eater] });
      refresh();
      reread(55);
      expect(held(tree.proc)).toBe(4);
      const before = table.get(55)?.observed;
      reread(55);
      expect(table.get(55)?.observed).toBe(before);
      tree.setProcess({ ...eater, rssAnonPages: 2, adj: 7 });
      reread(55);
      expect(table.get(55)?.observed).toMatchObject({ oomScoreAdj: 7, memory: { rssAnonPages: 2 } });
      table.close();
      expect(descriptorsBelow(tree.proc)).toBe(0);
    });

    it('and is not misled when they say again what they said before', () => {
      const { tree, table, refresh, reread, rereadAll } = treeTable({ processes: [eater] });
      refresh();
      reread(55);
      tree.setProcess({ ...eater, rssAnonPages: 2 });
      rereadAll(55);
      expect(table.get(55)?.observed.memory?.rssAnonPages).toBe(2);
      tree.setProcess(eater);
      reread(55);
      expect(table.get(55)?.observed.memory?.rssAnonPages).toBe(1);
      table.close();
    });

    it('unless it is a dead leader, whose threads tell', () => {
      const leader = { pid: 55, memory: 'none' as const };
      const { tree, table, refresh, reread } = treeTable({
        processes: [{ ...leader, otherThreads: [{ tid: 56, rssAnonPages: 1 }] }],
      });
      refresh();
      reread(55);
      tree.setProcess({ ...leader, otherThreads: [{ tid: 56, rssAnonPages: 9 }] });
      reread(55);
      expect(table.get(55)?.observed.memory?.rssAnonPages).toBe(9);
      table.close();
    });

    it('until it is not read any more', () => {
      const { tree, table, refresh, reread } = treeTable({ processes: [eater] });
      refresh();
      reread(55);
      for (let tick = 0; tick < 6; tick++) refresh();
      expect(held(tree.proc)).toBe(1);
      table.close();
    });

    it('and of few at a time', () => {
      const { tree, table, refresh, reread } = treeTable({ processes: others }, 100_000);
      refresh();
      for (const { pid } of others) expect(reread(pid)).toBe(true);
      expect(descriptorsBelow(tree.proc)).toBe(100 + 3 * 48);
      table.close();
    });
  });

  it('gives the descriptor of an ended process to the next one', () => {
    const { tree, table, refresh } = treeTable({ processes: [{ pid: 11 }, { pid: 12 }, { pid: 13 }] }, 2);
    refresh();
    expect(table.keptCount).toBe(2);
    tree.removeProcess(11);
    tree.setProcess({ pid: 14 });
    refresh();
    expect(table.keptCount).toBe(2);
    expect(table.get(14)?.descriptor).toBeTypeOf('number');
    expect(descriptorsBelow(tree.proc)).toBe(2);
    table.close();
  });

  it.for(['stat', 'status', 'oom_score', 'oom_score_adj'])(
    'passes over a process whose %s vanished between two reads',
    (name) => {
      const { tree, table, refresh, pids } = treeTable({ processes: [{ pid: 11 }, { pid: 12 }] });
      tree.remove(`/proc/11/${name}`);
      refresh();
      expect(pids()).toEqual([12]);
      expect(descriptorsBelow(tree.proc)).toBe(1);
      table.close();
    },
  );

  it.for(['stat', 'status', 'oom_score', 'oom_score_adj'])(
    'passes over a process whose %s cannot be read',
    (name) => {
      const { tree, table, refresh, pids } = treeTable({ processes: [{ pid: 11 }, { pid: 12 }] });
      tree.breakFile(`/proc/11/${name}`);
      refresh();
      expect(pids()).toEqual([12]);
      expect(table.unreadableCount).toBe(1);
      table.close();
    },
  );

  it.for([
    { what: 'a score that is no number', name: 'oom_score', text: 'none\n' },
    { what: 'an empty score', name: 'oom_score', text: '' },
    { what: 'half a line of stat', name: 'stat', text: '11 (half' },
    { what: 'an adjustment out of range', name: 'oom_score_adj', text: '1001\n' },
  ])('passes over a process with $what', ({ name, text }) => {
    const { tree, table, refresh, pids } = treeTable({ processes: [{ pid: 11 }, { pid: 12 }] });
    tree.write(`/proc/11/${name}`, text);
    refresh();
    expect(pids()).toEqual([12]);
    table.close();
  });

  it('drops one whose score can no longer be read', () => {
    const { tree, table, refresh, pids } = treeTable({ processes: [{ pid: 11 }, { pid: 12 }] });
    refresh();
    tree.removeProcess(11);
    refresh();
    expect(pids()).toEqual([12]);
    expect(table.keptCount).toBe(1);
    table.close();
  });

  it('counts unreadable processes as long as they exist', () => {
    const { tree, table, refresh } = treeTable({ processes: [{ pid: 11 }, { pid: 12 }] });
    tree.breakFile('/proc/11/stat');
    refresh();
    expect(table.unreadableCount).toBe(1);
    tree.remove('/proc/11');
    refresh();
    expect(table.unreadableCount).toBe(0);
    tree.setProcess({ pid: 13 });
    tree.removeProcess(12);
    refresh();
    expect(table.unreadableCount).toBe(0);
    table.close();
  });

  it('ignores what is in /proc besides processes', () => {
    const { tree, table, refresh, pids } = treeTable({ processes: [{ pid: 11 }] });
    tree.write('/proc/0/stat', '');
    tree.write('/proc/uptime', '1 2\n');
    tree.write('/proc/sys/kernel/pid_max', '4194304\n');
    refresh();
    expect(pids()).toEqual([11]);
    table.close();
  });

  it('fails as a value while /proc is gone, and goes on when it is back', () => {
    const { tree, table, tryRefresh, refresh } = treeTable({ processes: [{ pid: 11 }] });
    refresh();
    rmSync(tree.proc, { recursive: true });
    expect(tryRefresh()).toMatchObject({ ok: false, why: 'missing', path: tree.proc });
    tree.setProcess({ pid: 12, startTicks: 3 });
    expect(refresh()).toEqual([12]);
    table.close();
  });

  describe('where the kernel tells the last pid', () => {
    const loadavg = (lastPid: number) => `0.20 0.18 0.12 1/80 ${lastPid}\n`;

    it('lists /proc only when a process was started', () => {
      const { tree, table, refresh } = treeTable({ processes: [{ pid: 11 }] });
      tree.write('/proc/loadavg', loadavg(11));
      refresh();
      refresh();
      // No process has a pid above the last one; finding this one means that /proc was listed.
      tree.setProcess({ pid: 12 });
      expect(refresh()).toEqual([]);
      tree.write('/proc/loadavg', loadavg(12));
      expect(refresh()).toEqual([12]);
      table.close();
    });

    it('looks once more for a process that has its pid and is not yet in /proc', () => {
      const { tree, table, refresh } = treeTable({ processes: [{ pid: 11 }] });
      tree.write('/proc/loadavg', loadavg(11));
      refresh();
      refresh();
      tree.write('/proc/loadavg', loadavg(12));
      expect(refresh()).toEqual([]);
      tree.setProcess({ pid: 12 });
      expect(refresh()).toEqual([12]);
      table.close();
    });

    it('reads no score of kernel threads while no process was started', () => {
      const thread = { pid: 11, kernelThread: true };
      const { tree, table, refresh, pids } = treeTable({ processes: [thread, { pid: 12 }] });
      tree.write('/proc/loadavg', loadavg(12));
      refresh();
      refresh();
      tree.removeProcess(11);
      refresh();
      expect(pids()).toEqual([11, 12]);
      // The pids began again.
      tree.write('/proc/loadavg', loadavg(11));
      tree.setProcess({ pid: 11, startTicks: 5_000, name: 'heir' });
      expect(refresh()).toEqual([11]);
      expect(table.get(11)?.observed).toMatchObject({ name: 'heir', kernelThread: false });
      table.close();
    });

    it('sees deaths without listing', () => {
      const { tree, table, refresh, pids } = treeTable({ processes: [{ pid: 11 }, { pid: 12 }] });
      tree.write('/proc/loadavg', loadavg(12));
      refresh();
      refresh();
      tree.removeProcess(11);
      refresh();
      expect(pids()).toEqual([12]);
      table.close();
    });

    it('lists now and then all the same', () => {
      const { tree, table, refresh, pids } = treeTable({ processes: [{ pid: 11 }] });
      tree.write('/proc/loadavg', loadavg(11));
      refresh();
      refresh();
      tree.setProcess({ pid: 12 });
      for (let tick = 0; tick < 32; tick++) refresh();
      expect(pids()).toEqual([11, 12]);
      table.close();
    });
  });

  describe('on this machine', { timeout: 30_000 }, () => {
    it.for([
      { how: 'through kept descriptors', mostKept: MANY },
      { how: 'by path', mostKept: 0 },
    ])('reads the scores that the kernel prints $how', async ({ mostKept }) => {
      const child = await startSleep();
      setAdj(child.pid, 300);
      const { table, refresh } = tableOn(HOST_FILES, mostKept);
      refresh();
      expect(table.get(child.pid)?.oomScore).toBe(Number(procFile(child.pid, 'oom_score')));
      setAdj(child.pid, 600);
      refresh();
      const after = Number(procFile(child.pid, 'oom_score'));
      expect(table.get(child.pid)?.oomScore).toBe(after);
      expect(after).toBeGreaterThan(1000);
      table.close();
    });

    it('sees by the kept descriptor that its process died', async () => {
      const child = await startSleep();
      const { table, refresh } = tableOn(HOST_FILES);
      refresh();
      expect(table.get(child.pid)?.descriptor).toBeTypeOf('number');
      await child.kill();
      refresh();
      expect(table.get(child.pid)).toBeUndefined();
      table.close();
    });

    it('knows when each one was started', () => {
      const { table, refresh } = tableOn(HOST_FILES);
      refresh();
      const stat = procFile(process.pid, 'stat');
      const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
      expect(table.get(process.pid)?.startTicks).toBe(startTicks);
      const starts = [...table.all()].map((tracked) => tracked.startTicks);
      expect(starts).toEqual(starts.toSorted((a, b) => a - b));
      table.close();
    });
  });
});
