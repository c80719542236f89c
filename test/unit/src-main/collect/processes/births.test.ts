import { describe, expect, it, onTestFinished } from 'vitest';
import { BirthWatch } from '../../../../../src-main/collect/processes/births.ts';
import { HOST_FILES, type KernelFiles } from '../../../../../src-main/proc/kernel-files.ts';
import { startSleep } from '../../../../helpers/processes/process-children.ts';
import { testTree } from '../../../../helpers/processes/process-sampler.ts';

function watchOn(files: KernelFiles) {
  const births = new BirthWatch(files);
  onTestFinished(() => {
    births.close();
  });
  let seq = 0;
  return () => {
    const read = births.look();
    if (!read.ok) throw new Error(`${read.path}: ${read.why}`);
    births.listAhead(++seq);
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

const EVERYBODY = { pids: [10, 20], everybody: true };

describe('BirthWatch', () => {
  it('lists everybody at first, and nobody while no pid was given out', () => {
    const tree = testTree({ processes: [{ pid: 10 }, { pid: 20 }] });
    tree.write('/proc/loadavg', '0.20 0.18 0.12 1/80 20\n');
    const look = watchOn(tree);
    expect(look()).toEqual(EVERYBODY);
    look();
    expect(look()).toEqual({ pids: [], everybody: false });
  });

  it('finds who was born without listing', () => {
    const { tree, setLast, look } = watchedTree();
    tree.setProcess({ pid: 22 });
    tree.setProcess({ pid: 23 });
    setLast(23);
    expect(look()).toEqual({ pids: [22, 23], everybody: false });
  });

  it('does not take threads for processes', () => {
    const { tree, setLast, look } = watchedTree();
    tree.write('/proc/21/status', 'Name:\tpool\nState:\tS (sleeping)\nTgid:\t20\nNgid:\t0\nPid:\t21\n');
    setLast(21);
    expect(look()).toEqual({ pids: [], everybody: false });
  });

  it('looks for each pid twice, since it is given out before it is seen', () => {
    const { tree, setLast, look } = watchedTree();
    setLast(21);
    expect(look().pids).toEqual([]);
    tree.setProcess({ pid: 21 });
    expect(look().pids).toEqual([21]);
    look();
    expect(look().pids).toEqual([]);
  });

  it.for([
    { what: 'many were born', before: 20, after: 90 },
    { what: 'the pids began again', before: 32_000, after: 301 },
  ])('lists everybody when $what', ({ before, after }) => {
    const { setLast, look } = watchedTree(before);
    setLast(after);
    expect(look()).toEqual(EVERYBODY);
    expect(look()).toEqual(EVERYBODY);
    expect(look()).toEqual({ pids: [], everybody: false });
  });

  it('lists everybody every time where the kernel does not tell', () => {
    const { tree, look } = watchedTree();
    tree.remove('/proc/loadavg');
    for (let tick = 0; tick < 4; tick++) expect(look()).toEqual(EVERYBODY);
  });

  it('lists everybody now and then all the same', () => {
    const { look } = watchedTree();
    const listed = Array.from({ length: 64 }, () => look().everybody).filter(Boolean);
    expect(listed).toHaveLength(2);
  });

  it('fails while /proc cannot be listed, and lists it when it is back', () => {
    const { tree, setLast } = watchedTree();
    const births = new BirthWatch(tree);
    tree.remove('/proc');
    expect(births.look()).toMatchObject({ ok: false, why: 'missing', path: tree.proc });
    tree.setProcess({ pid: 10 });
    tree.setProcess({ pid: 20 });
    setLast(20);
    expect(births.look()).toEqual({ ok: true, value: EVERYBODY });
    births.close();
  });

  it('meets a child of this very process', { timeout: 30_000 }, async () => {
    const look = watchOn(HOST_FILES);
    look();
    look();
    const child = await startSleep();
    expect(look().pids).toContain(child.pid);
  });
});
