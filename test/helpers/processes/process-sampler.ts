import { onTestFinished } from 'vitest';
import { type Clock } from '../../../src-main/collect/clock.ts';
import { Sampler, type Interest } from '../../../src-main/collect/sampler.ts';
import { type Snapshot } from '../../../src-main/collect/snapshot.ts';
import { type FakeProcess, procTree, type ProcTree, type ProcTreeSpec } from '../proc-tree.ts';

/** A clock that stands still until the test sets it. */
export class FakeClock implements Clock {
  #nowMs = 1_700_000_000_000;
  #monotonicMs = 50_000;

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    this.#monotonicMs += ms;
  }

  /** As settimeofday(2): the monotonic clock does not notice. */
  setBack(ms: number): void {
    this.#nowMs -= ms;
  }
}

/** The figures of all processes in every tick, as the commands ask for them. */
export const EVERYTHING: Interest = {
  orderCount: Number.MAX_SAFE_INTEGER,
  watched: [],
  scopes: [],
  everything: true,
  glance: false,
};

/** What the server asks for without a client. */
export const IDLE: Interest = { orderCount: 10, watched: [], scopes: [], everything: false, glance: true };

/** Idle processes that all share one score. */
export function crowd(count: number, firstPid = 1000): FakeProcess[] {
  return Array.from({ length: count }, (_, index) => ({ pid: firstPid + index, oomScore: 666 }));
}

/** A built machine with a sampler on it. */
export interface SampledTree {
  readonly tree: ProcTree;
  readonly clock: FakeClock;
  readonly sampler: Sampler;
  /** One tick, a second after the last one. Throws where it fails. */
  readonly sample: (interest?: Interest) => Snapshot;
}

/** A tree that is taken away when the test is over. */
export function testTree(spec: ProcTreeSpec = {}): ProcTree {
  const tree = procTree(spec);
  onTestFinished(() => {
    tree.cleanup();
  });
  return tree;
}

/** Opens a sampler on a built tree; both are closed when the test is over. */
export function sampledTree(spec: ProcTreeSpec = {}, mostKept?: number): SampledTree {
  const tree = testTree(spec);
  const clock = new FakeClock();
  const opened = Sampler.open(tree, clock, mostKept);
  if (!opened.ok) throw new Error(opened.error.code);
  const sampler = opened.value;
  onTestFinished(() => {
    sampler.close();
  });
  return {
    tree,
    clock,
    sampler,
    sample: (interest = EVERYTHING) => {
      clock.advance(1000);
      const sampled = sampler.sample(interest);
      if (!sampled.ok) throw new Error(sampled.error.code);
      sampler.lookAround();
      return sampled.value;
    },
  };
}

/** One look at a built machine. */
export function snapshotOf(spec: ProcTreeSpec, interest: Interest = EVERYTHING): Snapshot {
  return sampledTree(spec).sample(interest);
}

/** The process of a snapshot with that pid; throws where there is none. */
export function processIn({ processes }: Snapshot, pid: number) {
  const found = processes.find((process) => process.pid === pid);
  if (found === undefined) throw new Error(`no process ${pid} in the snapshot`);
  return found;
}
