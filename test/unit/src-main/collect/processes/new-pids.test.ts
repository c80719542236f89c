import { describe, expect, it, onTestFinished } from 'vitest';
import { NewPids } from '../../../../../src-main/collect/processes/new-pids.ts';
import { HOST_FILES, type KernelFiles } from '../../../../../src-main/proc/kernel-files.ts';
import { startSleep } from '../../../../helpers/processes/process-children.ts';
import { testTree } from '../../../../helpers/processes/process-sampler.ts';

function watchOn(files: KernelFiles) {
  const newPids = new NewPids(files);
  onTestFinished(() => {
    newPids.close();
  });
  let seq = 0;
  return () => {
    const read = newPids.look();
    if (!read.ok) throw new Error(`${read.path}: ${read.why}`);
    newPids.listAhead(++seq);
    return read.value;
  };
}

/** A machine on which pids 10 and 20 run, and that has been looked at twice. */
function watchedTree(lastPid = 20) {
  const tree = testTree({ processes: [{ pid: 10 }, { pid: 20 }] });
  const setLast = (pid: number) => {
    tree.write('/proc/loadavg', `0.20 0.18 0.12 1/80 ${pid}\n`);
  };
  setLast(lastPid);
  const look = watchOn(tree);
  look();
  look();
  return { tree, setLast, look };
}

const ALL = { pids: [10, 20], complete: true };

describe('NewPids', () => {
  it('lists all processes at first, and none while no pid was given out', () => {
    const tree = testTree({ processes: [{ pid: 10 }, { pid: 20 }] });
    tree.write('/proc/loadavg', '0.20 0.18 0.12 1/80 20\n');
    const look = watchOn(tree);
    expect(look()).toEqual(ALL);
    look();
    expect(look()).toEqual({ pids: [], complete: false });
  });

  it('finds new processes without listing /proc', () => {
    const { tree, setLast, look } = watchedTree();
    tree.setProcess({ pid: 22 });
    tree.setProcess({ pid: 23 });
    setLast(23);
    expect(look()).toEqual({ pids: [22, 23], complete: false });
  });

  it('does not take threads for processes', () => {
    const { tree, setLast, look } = watchedTree();
    tree.write('/proc/21/status', 'Name:\tpool\nState:\tS (sleeping)\nTgid:\t20\nNgid:\t0\nPid:\t21\n');
    setLast(21);
    expect(look()).toEqual({ pids: [], complete: false });
  });

  it('looks each pid up twice, since it is given out before it is visible', () => {
    const { tree, setLast, look } = watchedTree();
    setLast(21);
    expect(look().pids).toEqual([]);
    tree.setProcess({ pid: 21 });
    expect(look().pids).toEqual([21]);
    look();
    expect(look().pids).toEqual([]);
  });

  it.for([
    { what: 'many processes are new', before: 20, after: 90 },
    { what: 'the pids wrapped around', before: 32_000, after: 301 },
  ])('lists all processes when $what', ({ before, after }) => {
    const { setLast, look } = watchedTree(before);
    setLast(after);
    expect(look()).toEqual(ALL);
    expect(look()).toEqual(ALL);
    expect(look()).toEqual({ pids: [], complete: false });
  });

  it('lists all processes every time where the last pid cannot be read', () => {
    const { tree, look } = watchedTree();
    tree.remove('/proc/loadavg');
    for (let tick = 0; tick < 4; tick++) expect(look()).toEqual(ALL);
  });

  it('lists all processes every 32 ticks all the same', () => {
    const { look } = watchedTree();
    const listed = Array.from({ length: 64 }, () => look().complete).filter(Boolean);
    expect(listed).toHaveLength(2);
  });

  it('fails while /proc cannot be listed, and lists it when it is back', () => {
    const { tree, setLast } = watchedTree();
    const newPids = new NewPids(tree);
    tree.remove('/proc');
    expect(newPids.look()).toMatchObject({ ok: false, why: 'missing', path: tree.proc });
    tree.setProcess({ pid: 10 });
    tree.setProcess({ pid: 20 });
    setLast(20);
    expect(newPids.look()).toEqual({ ok: true, value: ALL });
    newPids.close();
  });

  it('finds a child of this very process', { timeout: 30_000 }, async () => {
    const look = watchOn(HOST_FILES);
    look();
    look();
    const child = await startSleep();
    expect(look().pids).toContain(child.pid);
  });
});
