import { describe, expect, it } from 'vitest';
import { fail, ok, type Failure, type Result } from '#shared/result.ts';
import { type Written } from '#shared/contract/helper.ts';
import { type AdjChange } from '#shared/model/change.ts';
import { type ObservedProcess } from '../../../../../src-main/collect/processes/observed-process.ts';
import { parseRules } from '../../../../../src-main/engine/rules/parse-rules.ts';
import { RuleRunner } from '../../../../../src-main/engine/rules/rule-runner.ts';
import { type JournalRecord, type JournalUpdate } from '../../../../../src-main/store/journal.ts';

function rulesOf(text: string) {
  const parsed = parseRules(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

const A_TO_5 = rulesOf('[[rule]]\nname = "a"\nadj = 5\n');

function process(pid: number, more: Partial<ObservedProcess> = {}): ObservedProcess {
  return {
    pid,
    startTicks: pid * 10,
    name: 'a',
    command: '/bin/a',
    user: 'alice',
    kernelThread: false,
    oomScoreAdj: 0,
    ...more,
  } as ObservedProcess;
}

/** A machine whose values are written for real, and a journal that is a list. */
function bench({
  mayWrite = true,
  before = [] as { pid: number; startTicks: number; oomScoreAdj: number }[],
} = {}) {
  const writes: AdjChange[] = [];
  const journal: (JournalRecord & Partial<JournalUpdate>)[] = [];
  const troubles: Failure[] = [];
  const answers: (() => Result<Written>)[] = [];
  const state = { mayWrite };
  const runner = new RuleRunner({
    writer: {
      canWrite: () => state.mayWrite,
      write: (change) => {
        writes.push(change);
        const subject = `${change.name} (${change.pid})`;
        const done = {
          subject,
          before: String(change.before),
          asked: String(change.after),
          after: String(change.after),
        };
        return Promise.resolve(answers.shift()?.() ?? ok(done));
      },
    },
    journal: {
      add: (records) => {
        const first = journal.length;
        journal.push(...records);
        return ok(
          records.map((record, index) => ({ ...record, id: first + index, timeMs: 0, group: first })),
        );
      },
      update: (ids, update) => {
        for (const id of ids) Object.assign(journal[id] ?? {}, update);
        return ok([]);
      },
      ruledProcesses: () => ok(before),
    },
    who: 'alice',
    onTrouble: (trouble) => troubles.push(trouble),
  });
  return { runner, writes, journal, troubles, answers, state };
}

describe('a process that a rule means', () => {
  it('gets the value, and the journal says so', async () => {
    const { runner, writes, journal } = bench();
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7), process(8, { name: 'b' })]);
    expect(writes).toEqual([{ pid: 7, startTicks: 70, name: 'a', before: 0, after: 5 }]);
    expect(journal).toEqual([
      {
        who: 'alice',
        action: 'rule',
        subject: 'a (7)',
        process: { pid: 7, startTicks: 70 },
        before: '0',
        asked: '5',
        after: '5',
        state: 'done',
        note: 'rule 1: name = "a"',
      },
    ]);
  });

  it('gets it once: a value set afterwards stays', async () => {
    const { runner, writes } = bench();
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7)]);
    await runner.onProcesses([process(7, { oomScoreAdj: 5 })]);
    await runner.onProcesses([process(7, { oomScoreAdj: -100 })]);
    expect(writes).toHaveLength(1);
  });

  it('gets it again when its pid is another process’s', async () => {
    const { runner, writes } = bench();
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7)]);
    await runner.onProcesses([process(7, { startTicks: 999 })]);
    expect(writes.map(({ startTicks }) => startTicks)).toEqual([70, 999]);
  });

  it('gets it when it becomes one that is meant', async () => {
    const { runner, writes } = bench();
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7, { name: 'sh' })]);
    expect(writes).toEqual([]);
    await runner.onProcesses([process(7)]);
    expect(writes).toHaveLength(1);
  });

  it('is left alone when it has the value already, also if that is changed later', async () => {
    const { runner, writes, journal } = bench();
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7, { oomScoreAdj: 5 })]);
    await runner.onProcesses([process(7, { oomScoreAdj: 0 })]);
    expect([writes, journal]).toEqual([[], []]);
  });

  it('is left alone when a Lifeboat before has applied the rule to it', async () => {
    const { runner, writes } = bench({ before: [{ pid: 7, startTicks: 70, oomScoreAdj: 5 }] });
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7)]);
    expect(writes).toEqual([]);
  });

  it('gets another value when the rule asks for another', async () => {
    const { runner, writes } = bench();
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7)]);
    runner.setRules(rulesOf('[[rule]]\nname = "a"\nadj = 6\n'));
    await runner.onProcesses([process(7, { oomScoreAdj: 5 })]);
    expect(writes.map(({ after }) => after)).toEqual([5, 6]);
  });

  it('is found by ruleFor', () => {
    const { runner } = bench();
    runner.setRules(A_TO_5);
    expect(runner.ruleFor(process(7))?.number).toBe(1);
    expect(runner.ruleFor(process(7, { name: 'b' }))).toBeUndefined();
  });
});

describe('what is never done', () => {
  it('asking for a password: it waits until it may write', async () => {
    const { runner, writes, journal, state } = bench({ mayWrite: false });
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7)]);
    expect([writes, journal]).toEqual([[], []]);
    state.mayWrite = true;
    await runner.onProcesses([process(7)]);
    expect(writes).toHaveLength(1);
  });

  it('writing to init, even where many are allowed', async () => {
    const { runner, writes } = bench();
    runner.setRules(rulesOf('[[rule]]\nname = "a"\nadj = 5\nallow_many = true\n'));
    await runner.onProcesses([process(1), process(2)]);
    expect(writes.map(({ pid }) => pid)).toEqual([2]);
  });

  it('applying a rule that means too many, which is reported once', async () => {
    const { runner, writes, troubles } = bench();
    runner.setRules(A_TO_5);
    const many = Array.from({ length: 21 }, (_, index) => process(2 + index));
    await runner.onProcesses(many);
    await runner.onProcesses(many);
    expect(writes).toEqual([]);
    expect(troubles.map(({ code }) => code)).toEqual(['rule-too-wide']);
    // Those of an earlier rule are not counted to a later one.
    runner.setRules([
      ...rulesOf('[[rule]]\nuser = "alice"\nname = "a"\nadj = 5\nallow_many = true\n'),
      ...A_TO_5,
    ]);
    await runner.onProcesses(many);
    expect(writes).toHaveLength(21);
  });

  it('writing twice at the same time', async () => {
    const { runner, writes } = bench();
    runner.setRules(A_TO_5);
    await Promise.all([runner.onProcesses([process(7)]), runner.onProcesses([process(7)])]);
    expect(writes).toHaveLength(1);
  });
});

describe('what fails', () => {
  it('is in the journal, and not tried again and again', async () => {
    const { runner, writes, journal, answers } = bench();
    answers.push(() => fail('no-cap-sys-resource', { subject: 'oom_score_adj' }));
    runner.setRules(A_TO_5);
    for (let round = 0; round < 5; round += 1) await runner.onProcesses([process(7)]);
    expect(writes).toHaveLength(1);
    expect(journal).toMatchObject([{ state: 'failed', why: { code: 'no-cap-sys-resource' } }]);
  });

  it('is tried three times when the program’s own value comes between', async () => {
    const { runner, writes, answers } = bench();
    for (let count = 0; count < 9; count += 1)
      answers.push(() => fail('changed-meanwhile', { what: 'race', subject: 'x' }));
    runner.setRules(A_TO_5);
    for (let round = 0; round < 9; round += 1) await runner.onProcesses([process(7)]);
    expect(writes).toHaveLength(3);
  });

  it('a journal that fails is reported and stops nothing', async () => {
    const troubles: Failure[] = [];
    const failure = () => fail('journal-failed', { what: 'none' });
    let writes = 0;
    const runner = new RuleRunner({
      writer: {
        canWrite: () => true,
        write: () => {
          writes += 1;
          return Promise.resolve(ok({ subject: '', before: '', asked: '', after: '' }));
        },
      },
      journal: { add: failure, update: failure, ruledProcesses: failure },
      who: 'alice',
      onTrouble: (trouble) => troubles.push(trouble),
    });
    runner.setRules(A_TO_5);
    await runner.onProcesses([process(7)]);
    expect([writes, troubles.length]).toEqual([1, 2]);
  });
});

describe('cost', () => {
  it('2,000 processes that have not changed cost next to nothing a tick', async () => {
    const { runner } = bench({ mayWrite: false });
    const text = Array.from(
      { length: 20 },
      (_, index) => `[[rule]]\ncommand = '^/opt/x${index}/.*server'\nadj = 5\n`,
    );
    runner.setRules(rulesOf(text.join('')));
    const processes = Array.from({ length: 2_000 }, (_, index) =>
      process(index + 2, { command: `/usr/bin/p${index} --flag` }),
    );
    await runner.onProcesses(processes);
    const tookMs: number[] = [];
    for (let tick = 0; tick < 21; tick += 1) {
      const before = performance.now();
      await runner.onProcesses(processes);
      tookMs.push(performance.now() - before);
    }
    // What the runner costs it costs in most ticks; where the machine stalls, a few are long.
    expect(tookMs.toSorted((a, b) => a - b)[10]).toBeLessThan(20);
  });
});
