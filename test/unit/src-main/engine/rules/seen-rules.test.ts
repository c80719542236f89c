import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok } from '#shared/result.ts';
import { type AdjChange } from '#shared/model/change.ts';
import { processKey } from '#shared/model/process.ts';
import { type ObservedProcess } from '../../../../../src-main/collect/processes/observed-process.ts';
import { parseRules } from '../../../../../src-main/engine/rules/parse-rules.ts';
import { RuleRunner } from '../../../../../src-main/engine/rules/rule-runner.ts';
import { appliedValues, ruleEffects } from '../../../../../src-main/engine/rules/seen-rules.ts';

function rulesOf(text: string) {
  const parsed = parseRules(text);
  return parsed.ok ? parsed.rules : expect.unreachable(JSON.stringify(parsed.problems));
}

function process(pid: number, name = 'a'): ObservedProcess {
  const command = `/bin/${name}`;
  return { pid, startTicks: pid * 10, name, command, kernelThread: false, oomScoreAdj: 0 } as ObservedProcess;
}

/** A runner that may write everything, and what it has written. */
function runnerWithWrites() {
  const writes: AdjChange[] = [];
  const runner = new RuleRunner({
    writer: {
      canWrite: () => true,
      write: (change) => {
        writes.push(change);
        const after = `${change.after}`;
        return Promise.resolve(ok({ subject: change.name, before: `${change.before}`, asked: after, after }));
      },
    },
    journal: { add: () => ok([]), update: () => ok([]), ruledProcesses: () => ok([]) },
    who: 'alice',
    onTrouble: () => undefined,
  });
  return { runner, writes };
}

describe('the preview of other rules', () => {
  const rule = fc.record({
    name: fc.constantFrom('a', 'b'),
    adj: fc.constantFrom(-5, 5, 9),
    many: fc.boolean(),
  });
  const rules = fc
    .array(rule, { minLength: 1, maxLength: 3 })
    .map((all) =>
      all.map(({ name, adj, many }) => `[[rule]]\nname = "${name}"\nadj = ${adj}\nallow_many = ${many}\n`),
    )
    .map((blocks) => rulesOf(blocks.join('\n')));

  it('shows what the runner then writes, also where a rule was too wide before', async () => {
    await fc.assert(
      fc.asyncProperty(rules, rules, fc.constantFrom(1, 21), async (before, after, count) => {
        const { runner, writes } = runnerWithWrites();
        let processes = Array.from({ length: count }, (_, n) => process(100 + n)).concat(
          process(1),
          process(7, 'b'),
        );
        runner.setRules(before);
        await runner.onProcesses(processes);
        const applied = appliedValues(
          writes
            .splice(0)
            .map(({ pid, startTicks, after: oomScoreAdj }) => ({ pid, startTicks, oomScoreAdj })),
        );
        processes = processes.map((each) => ({
          ...each,
          oomScoreAdj: applied.get(processKey(each)) ?? each.oomScoreAdj,
        }));
        const machine = { processes, commandOf: () => '/bin/a', applied, canWrite: () => true };
        const shown = ruleEffects(before, after, machine);
        runner.setRules(after);
        await runner.onProcesses(processes);
        const byPid = (a: AdjChange, b: AdjChange) => a.pid - b.pid;
        expect(shown.toSorted(byPid)).toEqual(writes.toSorted(byPid));
      }),
      { numRuns: 200 },
    );
  });
});
