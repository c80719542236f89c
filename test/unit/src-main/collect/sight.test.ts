import { describe, expect, it } from 'vitest';
import { readHostFacts } from '../../../../src-main/collect/machine/host-facts.ts';
import { testTree } from '../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../helpers/proc-tree.ts';

const PTRACE = (1n << 19n).toString(16).padStart(16, '0');

function outOfSight(
  spec: ProcTreeSpec,
  prepare: (tree: ReturnType<typeof testTree>) => void = () => undefined,
) {
  const tree = testTree(spec);
  prepare(tree);
  const facts = readHostFacts(tree);
  if (!facts.ok) throw new Error(facts.error.code);
  return facts.value.outOfSight;
}

describe('outOfSight', () => {
  it('is nothing on an ordinary machine', () => {
    expect(outOfSight({})).toBeUndefined();
  });

  it('is the rest of the machine in a container', () => {
    expect(outOfSight({ initialPidNamespace: false })).toBe('pid-namespace');
  });

  it.for([1, 2, 4, 'noaccess', 'invisible', 'ptraceable'] as const)(
    'is what hidepid=%s hides from a process that may not trace all',
    (hidePid) => {
      expect(outOfSight({ hidePid })).toBe('hidepid');
      expect(
        outOfSight({ hidePid }, (tree) => {
          tree.write(
            '/proc/self/status',
            `Name:\tx\nState:\tR (running)\nUid:\t0\t0\t0\t0\nThreads:\t1\nCapEff:\t${PTRACE}\n`,
          );
        }),
      ).toBeUndefined();
    },
  );

  it.for([
    { hidePid: 2, hidden: undefined },
    { hidePid: 4, hidden: 'hidepid' },
  ])('minds the group that hidepid=$hidePid does not concern', ({ hidePid, hidden }) => {
    const gid = process.getegid?.() ?? 0;
    const found = outOfSight({}, (tree) => {
      tree.write(
        '/proc/self/mountinfo',
        `22 27 0:21 / /proc rw,relatime - proc proc rw,gid=${gid},hidepid=${hidePid}\n`,
      );
    });
    expect(found).toBe(hidden);
  });
});
