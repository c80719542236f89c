import { describe, expect, it } from 'vitest';
import { AddressSpaces } from '../../../../../src-main/collect/processes/address-spaces.ts';
import { type ObservedProcess } from '../../../../../src-main/collect/processes/observed-process.ts';
import { processIn, sampledTree } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTree } from '../../../../helpers/proc-tree.ts';

const PAGE = 4096;
const STACK = 0x10000;
const PRESENT = 1n << 63n;
const EXCLUSIVE = 1n << 56n;

/** Gives a process one page of stack, in the page frame `frame`, mapped once in the whole system or more often. */
function mapStack(tree: ProcTree, pid: number, frame: number, exclusive = true, end = STACK + PAGE): void {
  const start = end - PAGE;
  tree.write(
    `/proc/${pid}/maps`,
    `${start.toString(16)}-${end.toString(16)} rw-p 00000000 00:00 0    [stack]\n`,
  );
  const entries = new BigUint64Array(end / PAGE);
  entries[start / PAGE] = PRESENT | (exclusive ? EXCLUSIVE : 0n) | BigInt(frame);
  tree.write(`/proc/${pid}/pagemap`, new Uint8Array(entries.buffer));
}

/** Processes of a machine that look alike, and what finds the sharers among them. */
function alike(pids: readonly number[]) {
  const { tree, sample } = sampledTree({ processes: pids.map((pid) => ({ pid, rssAnonPages: 321 })) });
  const snapshot = sample();
  const spaces = new AddressSpaces(tree, PAGE);
  const observed = pids.map((pid) => processIn(snapshot, pid));
  return { tree, spaces, observed };
}

const sharersIn = (spaces: AddressSpaces, processes: readonly ObservedProcess[], most?: number) =>
  Object.fromEntries(spaces.find(processes, most));

describe('AddressSpaces', () => {
  it('finds those that show the same page where the kernel says it is mapped once', () => {
    const { tree, spaces, observed } = alike([10, 20, 30]);
    mapStack(tree, 10, 0x777);
    mapStack(tree, 20, 0x555);
    mapStack(tree, 30, 0x777);
    expect(sharersIn(spaces, observed)).toEqual({ 10: 10, 30: 10 });
  });

  it('takes forked processes that show the same page twice mapped for two', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0x777, false);
    mapStack(tree, 20, 0x777, false);
    expect(sharersIn(spaces, observed)).toEqual({});
  });

  it('says nothing where this user may not see page frames', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0);
    mapStack(tree, 20, 0);
    expect(sharersIn(spaces, observed)).toEqual({});
  });

  it('says nothing where mappings cannot be read, or are gone', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0x777);
    tree.breakFile('/proc/20/maps');
    expect(sharersIn(spaces, observed)).toEqual({});
  });

  it('does not compare those whose figures differ', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0x777);
    mapStack(tree, 20, 0x777);
    const [one, other] = observed;
    if (one === undefined || other === undefined) throw new Error('no processes');
    expect(sharersIn(spaces, [one, { ...other, addressSpaceKey: 'grown' }])).toEqual({});
    expect(sharersIn(spaces, [one, other])).toEqual({ 10: 10, 20: 10 });
  });

  it('looks at no page twice: what is found stays found', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0x777);
    mapStack(tree, 20, 0x777);
    spaces.find(observed);
    tree.remove('/proc/10/pagemap');
    expect(sharersIn(spaces, observed)).toEqual({ 10: 10, 20: 10 });
  });

  it('forgets ended processes, since their pids come again', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0x777);
    mapStack(tree, 20, 0x777);
    spaces.find(observed);
    tree.remove('/proc/10/pagemap');
    spaces.forget((pid) => pid !== 20);
    expect(sharersIn(spaces, observed)).toEqual({});
  });

  it('keeps what it knows of running processes', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0x777);
    mapStack(tree, 20, 0x777);
    spaces.find(observed);
    tree.remove('/proc/10/pagemap');
    spaces.forget((pid, startTicks) =>
      observed.some((process) => process.pid === pid && process.startTicks === startTicks),
    );
    expect(sharersIn(spaces, observed)).toEqual({ 10: 10, 20: 10 });
  });

  it('asks again, in its own time, where the answer was unknown', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0x777, false);
    mapStack(tree, 20, 0x777, false);
    spaces.find(observed);
    mapStack(tree, 10, 0x777);
    mapStack(tree, 20, 0x777);
    expect(sharersIn(spaces, observed)).toEqual({});
    spaces.forget(() => true);
    expect(sharersIn(spaces, observed)).toEqual({ 10: 10, 20: 10 });
  });

  it('leaves comparisons above the limit for later', () => {
    const { tree, spaces, observed } = alike([10, 20]);
    mapStack(tree, 10, 0x777);
    mapStack(tree, 20, 0x777);
    expect(sharersIn(spaces, observed, 0)).toEqual({});
    expect(sharersIn(spaces, observed, 1)).toEqual({ 10: 10, 20: 10 });
  });

  it('gives up on a crowd that only looks alike', () => {
    const pids = Array.from({ length: 40 }, (_, index) => 100 + index);
    const { tree, spaces, observed } = alike(pids);
    for (const pid of pids) mapStack(tree, pid, pid);
    expect(sharersIn(spaces, observed)).toEqual({});
    // Ten comparisons were made among the first five; no other process was read.
    for (const pid of pids.slice(5)) tree.remove(`/proc/${pid}/maps`);
    for (const pid of pids.slice(0, 5)) mapStack(tree, pid, 0x777);
    expect(sharersIn(spaces, observed)).toEqual({});
  });

  it('has nothing to say of processes without memory', () => {
    const { sample, tree } = sampledTree({
      processes: [
        { pid: 10, memory: 'none' },
        { pid: 20, kernelThread: true },
      ],
    });
    expect(sharersIn(new AddressSpaces(tree, PAGE), sample().processes)).toEqual({});
  });
});
