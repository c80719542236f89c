import { describe, expect, it } from 'vitest';
import { parseOomReports } from '#shared/kernel/oom-report/reader.ts';
import { type Evidence, judge } from '../../../kernel/judge.ts';
import { type Prediction } from '../../../kernel/prediction.ts';

/** A kill as the kernel prints it: 20 (leader dead, its thread 21 lives), 30 and 31 with one memory, 40. */
const log = `
push invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
memory: usage 40000kB, limit 40000kB, failcnt 1
[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[     21]     0    20     3346     3000    49152        0             0 dead
[     30]     0    30     3346     2000    49152        5             0 one
[     31]     0    31     3346     2000    49152        5             0 two
[     40]     0    40     3346     1000    49152        0            10 last
oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/lab,task_memcg=/lab,task=dead,pid=20,uid=0
Memory cgroup out of memory: Killed process 21 (dead) total-vm:13384kB, anon-rss:12000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:48kB oom_score_adj:0
`;

function row(pid: number, rssPages: number, swapPages = 0, oomScoreAdj = 0, diesWith: number[] = []) {
  const badnessPages = rssPages + swapPages + 12 + oomScoreAdj * 10;
  return {
    pid,
    name: `p${pid}`,
    badnessPages,
    rssPages,
    swapPages,
    pageTablePages: 12,
    oomScoreAdj,
    diesWith,
  };
}

const right: Prediction = {
  kernel: { release: '6.12', formula: '5.9' },
  totalPages: 10_000,
  panics: false,
  confidence: 'certain',
  either: [20],
  killsAllocatingTask: false,
  order: [row(20, 3000), row(31, 2000, 5, 0, [30]), row(40, 1000, 0, 10)],
  ineligible: [],
};

function evidence(prediction: Partial<Prediction> = {}, more: Partial<Evidence> = {}): Evidence {
  const [report] = parseOomReports(log);
  if (!report) throw new Error('no report');
  return {
    prediction: { ...right, ...prediction },
    report,
    pusherPid: 40,
    moving: new Set(),
    restless: false,
    known: new Set([20, 30, 31, 40]),
    died: new Set([20]),
    isFollower: false,
    swap: false,
    cpus: 2,
    ...more,
  };
}

describe('judge', () => {
  it('agrees when all is as predicted: the dead leader is the victim, sharers are listed with another', () => {
    expect(judge(evidence())).toEqual({
      outcome: 'certain',
      isTie: false,
      problems: [],
      rowDifferences: [0, 0, 0],
    });
  });

  it.each([
    ['another victim', { either: [40], order: [row(40, 3100), row(20, 3000), row(31, 2000, 5)] }],
    ['"A or B", and it was neither', { confidence: 'close' as const, either: [31, 40] }],
    ['no process at all', { either: [], order: [] }],
  ])('%s is wrong', (_, prediction) => {
    expect(judge(evidence(prediction)).outcome).toBe('wrong');
  });

  it('"A or B" is right when it was one of them, and no tie when they are not equal', () => {
    expect(judge(evidence({ confidence: 'close', either: [31, 20] }))).toMatchObject({
      outcome: 'close',
      isTie: false,
    });
  });

  it.each([
    ['another process died', {}, { died: new Set([20, 40]) }, /died with 20 .*: 40/],
    ['a process lived', { order: [row(20, 3000, 0, 0, [40]), row(31, 2000, 5)] }, {}, /lives: 40/],
    ['another total', { totalPages: 9000 }, {}, /total pages: the kernel has 10000/],
    [
      'another adjustment',
      { order: [row(20, 3000), row(31, 2000, 5, 0, [30]), row(40, 1000, 0, 20)] },
      {},
      /40: /,
    ],
    [
      'a size far off',
      { order: [row(20, 3300), row(31, 2000, 5, 0, [30]), row(40, 1000, 0, 10)] },
      {},
      /20: /,
    ],
    [
      'a process that we do not know',
      { order: [row(20, 3000), row(31, 2000, 5, 0, [30])] },
      {},
      /not in ours: 40/,
    ],
    [
      'a process that is not there',
      { order: [...right.order, row(50, 1)] },
      {},
      /not in the kernel's table: 50/,
    ],
    [
      'a wrong sum',
      { order: [{ ...row(20, 3000), badnessPages: 5000 }, ...right.order.slice(1)] },
      {},
      /add up/,
    ],
    [
      'a wrong order',
      { order: right.order.toReversed(), confidence: 'close' as const, either: [20] },
      {},
      /order/,
    ],
  ])('%s is reported', (_, prediction, more, problem) => {
    expect(judge(evidence(prediction, more)).problems.join('\n')).toMatch(problem);
  });

  it('a row may be off by what all CPUs keep to themselves', () => {
    const order = [row(20, 3300), row(31, 2000, 5, 0, [30]), row(40, 1000, 0, 10)];
    expect(judge(evidence({ order }, { cpus: 4 })).problems).toEqual([]);
  });

  it('the process that asked dies with oom_kill_allocating_task only when the kernel says so', () => {
    const [report] = parseOomReports(
      log
        .replace('Memory cgroup out of memory', 'Out of memory (oom_kill_allocating_task)')
        .replace(/^memory: .*$/m, ''),
    );
    if (!report) throw new Error('no report');
    const asked = { prediction: { ...right, killsAllocatingTask: true }, report };
    expect(judge(evidence({}, { ...asked, pusherPid: 20 })).outcome).toBe('certain');
    expect(judge(evidence({}, { ...asked, pusherPid: 40 })).outcome).toBe('wrong');
    expect(judge(evidence({ killsAllocatingTask: true }, { pusherPid: 40 })).outcome).toBe('certain');
  });

  it('where another process asked, a pusher dies as the largest only when the kernel has it so', () => {
    const order = [row(31, 2000, 5, 0, [30]), row(40, 1000, 0, 10), row(20, 100)];
    const grown = { killsAllocatingTask: true, confidence: 'close' as const, either: [31], order };
    const outcomeFor = (pusherPid: number, prediction = {}) =>
      judge(evidence({ ...grown, ...prediction }, { pusherPid, moving: new Set([20]) })).outcome;
    expect(outcomeFor(20)).toBe('certain');
    expect(outcomeFor(40)).toBe('wrong');
    expect(outcomeFor(20, { killsAllocatingTask: false })).toBe('wrong');
  });

  it('a child of restless processes may die that was not started yet, when the kernel has it first', () => {
    const born = { either: [31], order: [row(31, 2000, 5, 0, [30]), row(40, 1000, 0, 10)] };
    const known = new Set([30, 31, 40]);
    const outcomeFor = (prediction: Partial<Prediction>, more: Partial<Evidence>) =>
      judge(evidence({ ...born, ...prediction }, { known, restless: true, ...more })).outcome;
    expect(outcomeFor({}, {})).toBe('certain');
    expect(outcomeFor({}, { restless: false })).toBe('wrong');
    expect(outcomeFor({}, { known: new Set([20]) })).toBe('wrong');
    expect(outcomeFor({ order: [...born.order, row(20, 100)] }, {})).toBe('wrong');
    expect(outcomeFor({ ineligible: [{ pid: 20, name: 'p20', reason: 'protected' }] }, {})).toBe('wrong');
    const [report] = parseOomReports(log.replace('3346     1000', '3346     9000'));
    if (!report) throw new Error('no report');
    expect(outcomeFor({}, { report })).toBe('wrong');
  });

  it('a pusher that dies already does not die again: the next of the order is right', () => {
    const [report] = parseOomReports(log.replace('3346     1000', '3346     9000'));
    if (!report) throw new Error('no report');
    const asked = { killsAllocatingTask: true, confidence: 'close' as const, either: [20] };
    expect(judge(evidence(asked, { report, pusherPid: 40, moving: new Set([40]) })).outcome).toBe('certain');
  });
});
