// Over 300 lines: cases of one subject, which share what stands at the top.
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdjIntent } from '#shared/model/change.ts';
import { type PlannedWrite } from '#shared/model/planned-change.ts';
import { type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { type UndoClick } from '#shared/model/undo.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { parseRules } from '../../../../../src-main/engine/rules/parse-rules.ts';
import { RuleRunner } from '../../../../../src-main/engine/rules/rule-runner.ts';
import { actionsOn } from './stage.ts';
import { wrote } from './strict-helper.ts';
import { writingStage } from './planned-world.ts';

/** More with LIFEBOAT_RUNS, and the same again with LIFEBOAT_SEED, as `npm run fuzz -- plans` does. */
const RUNS = Number(process.env['LIFEBOAT_RUNS'] ?? 25);
const SEED = process.env['LIFEBOAT_SEED'];
const PARAMETERS = { endOnFailure: false, ...(SEED === undefined ? {} : { seed: Number(SEED) }) };

/** One thing that a user may do on a page or in a terminal. */
type Deed =
  | { readonly do: 'adj'; readonly name: string; readonly intent: AdjIntent }
  | { readonly do: 'sysctls'; readonly changes: Partial<Record<SysctlName, number>>; readonly keep: boolean }
  | { readonly do: 'keep-sysctl'; readonly name: SysctlName; readonly value: number | undefined }
  | { readonly do: 'cgroup'; readonly value: number; readonly keep: boolean }
  | { readonly do: 'rule'; readonly name: string; readonly value: number }
  | { readonly do: 'remove-rule'; readonly number: number }
  | { readonly do: 'keep'; readonly unit: 'system' | 'user:1000' | undefined; readonly value: number }
  | { readonly do: 'undo'; readonly groups: readonly number[] | 'all'; readonly also: number }
  /** Another program writes in between: what was shown is no longer so. */
  | { readonly do: 'meddle'; readonly value: number };

const adj = fc.integer({ min: -1000, max: 1000 });
const intents: fc.Arbitrary<AdjIntent> = fc.oneof(
  fc.constantFrom<AdjIntent>({ kind: 'later' }, { kind: 'strong' }, { kind: 'never' }, { kind: 'first' }),
  fc.integer({ min: 1, max: 3 }).map((n): AdjIntent => ({ kind: 'behind', n })),
  adj.map((oomScoreAdj): AdjIntent => ({ kind: 'adj', oomScoreAdj })),
);
const name = fc.constantFrom('p10', 'p20', 'p30');
const SETTINGS = ['vm.swappiness', 'vm.overcommit_ratio', 'vm.overcommit_kbytes'] as const;
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant('adj' as const), name, intent: intents }),
  fc.record({
    do: fc.constant('sysctls' as const),
    changes: fc.oneof(
      fc.record({ 'vm.swappiness': fc.integer({ min: 0, max: 100 }) }),
      fc.record({
        'vm.swappiness': fc.integer({ min: 0, max: 100 }),
        'vm.overcommit_ratio': fc.integer({ min: 1, max: 99 }),
      }),
      fc.record({ 'vm.overcommit_kbytes': fc.integer({ min: 1, max: 9_000_000 }) }),
    ),
    keep: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('keep-sysctl' as const),
    name: fc.constantFrom(...SETTINGS),
    value: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
  }),
  fc.record({
    do: fc.constant('cgroup' as const),
    value: fc.integer({ min: 1, max: 2 ** 20 }).map((pages) => pages * 4096),
    keep: fc.boolean(),
  }),
  fc.record({ do: fc.constant('rule' as const), name, value: adj }),
  fc.record({ do: fc.constant('remove-rule' as const), number: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    do: fc.constant('keep' as const),
    unit: fc.constantFrom('system' as const, 'user:1000' as const, undefined),
    value: adj,
  }),
  fc.record({
    do: fc.constant('undo' as const),
    groups: fc.oneof(
      fc.constant('all' as const),
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
    ),
    also: fc.nat(),
  }),
  fc.record({ do: fc.constant('meddle' as const), value: fc.integer({ min: 0, max: 99 }) }),
);

type Stage = ReturnType<typeof writingStage>;

const rulesOf = ({ rulesFile }: Stage): string =>
  existsSync(rulesFile) ? readFileSync(rulesFile, 'utf8') : '';
const stateOf = (stage: Stage): Record<string, string> => {
  const parsed = parseRules(rulesOf(stage));
  const rules = parsed.ok
    ? parsed.rules.map(({ name: of, oomScoreAdj }) => [`rule ${of}`, `${oomScoreAdj}`])
    : [];
  const { rules: _, ...state } = stage.state('');
  return { ...state, ...(Object.fromEntries(rules) as Record<string, string>) };
};

/** Where a planned write is found in the state of the stage. */
function keyOf({ mechanism, subject, process }: PlannedWrite, { userUnits }: Stage): string {
  switch (mechanism) {
    case 'oom-score-adj':
      return `adj ${process?.pid ?? ''}`;
    case 'sysctl':
      return `sysctl ${subject}`;
    case 'sysctl-file':
      return `kept ${subject}`;
    case 'cgroup-file':
    case 'limit':
      return `cgroup ${subject.replace(/ memory.max$/, '')}`;
    case 'unit':
      return `${userUnits.has(subject) || subject.startsWith('own') ? 'user' : 'system'} ${subject}`;
    case 'rule':
      return `rule ${/name = "(\w+)"/.exec(subject)?.[1] ?? ''}`;
  }
}

/** What is expected of the machine after the writes of a plan: those values, one after the other, and all others as they were. */
function after(before: Record<string, string>, writes: readonly PlannedWrite[], stage: Stage) {
  const state = { ...before };
  for (const write of writes) {
    const key = keyOf(write, stage);
    // What a preview saw is what is there: empty and absent are the same.
    expect(state[key] ?? '', `${key} as it was seen`).toBe(write.seen ?? '');
    if (write.value === '') Reflect.deleteProperty(state, key);
    else state[key] = write.value;
  }
  return state;
}

/** What the journal has more than before, as writes: subject, value before, value after. */
function recordedSince(stage: Stage, count: number) {
  const entries = stage.entries();
  return entries
    .slice(0, entries.length - count)
    .filter(({ state }) => state === 'done')
    .map(({ subject, before, after: value }) => `${subject}: ${before ?? ''} → ${value ?? ''}`)
    .toSorted();
}

const said = (writes: readonly PlannedWrite[]): readonly string[] =>
  writes.map(({ subject, seen, value }) => `${subject}: ${seen ?? ''} → ${value}`).toSorted();

const value = <T>(result: Result<T>): T => (result.ok ? result.value : expect.unreachable(result.error.code));

/** Looks at a deed and does it. Returns the plan; undefined where nothing can be planned. */
async function doIt(
  stage: Stage,
  deed: Exclude<Deed, { do: 'meddle' }>,
): Promise<readonly PlannedWrite[] | undefined> {
  const { actions } = stage;
  switch (deed.do) {
    case 'adj': {
      const target = { kind: 'name', name: deed.name } as const;
      const plan = actions.planAdj({ target, intent: deed.intent, scope: GLOBAL_SCOPE });
      if (!plan.ok) return undefined;
      expect((await actions.applyPlannedAdj(plan.value.id)).ok).toBe(true);
      return plan.value.writes;
    }
    case 'sysctls': {
      const changes = Object.entries(deed.changes).map(([of, to]) => ({ name: of as SysctlName, value: to }));
      const plan = value(actions.planSysctls(changes));
      const pending = value(await actions.applyPlannedSysctls(plan.id));
      await actions.confirmPending(pending.id, false);
      return plan.writes;
    }
    case 'keep-sysctl': {
      const plan = value(actions.previewKeepSysctl(deed.name, deed.value));
      const done = await actions.applyKeepSysctl(plan.id);
      expect(done.ok).toBe(true);
      return plan.writes.filter(({ seen = '', value: to }) => seen !== to);
    }
    case 'cgroup': {
      const plan = actions.planCgroup({ path: '/a', setting: 'max', value: deed.value });
      if (!plan.ok) return undefined;
      const pending = value(await actions.applyPlannedCgroup(plan.value.id));
      await actions.confirmPending(pending.id, false);
      return plan.value.writes;
    }
    case 'rule': {
      const plan = value(actions.previewAddRule({ name: deed.name, oomScoreAdj: deed.value }));
      value(actions.applyRule(plan.id));
      return plan.writes;
    }
    case 'remove-rule': {
      const plan = actions.previewRemoveRule(deed.number);
      if (!plan.ok) return undefined;
      value(actions.applyRule(plan.value.id));
      return plan.value.writes;
    }
    case 'keep': {
      const unit = deed.unit === 'system' ? 'svc.service' : 'own.service';
      const lasting =
        deed.unit === undefined
          ? ({ kind: 'rule', name: 'p10' } as const)
          : ({ kind: 'unit', unit: { manager: deed.unit, name: unit } } as const);
      const plan = value(actions.previewKeep([{ lasting, oomScoreAdj: deed.value }]));
      value(await actions.applyKeep(plan.id));
      return plan.writes;
    }
    case 'undo': {
      const { groups } = deed;
      const list = actions.previewUndo({ groups });
      if (!list.ok) return undefined;
      // What a person ticks, beside what is ticked.
      const isTicked = ({ group, isChosen }: UndoClick) => isChosen || (deed.also >> (group % 8)) % 2 === 1;
      const chosen = list.value.clicks.filter(isTicked).map(({ group }) => group);
      const plan = value(actions.previewUndo({ groups, chosen }));
      const undone = value(await actions.applyUndo(plan.id));
      expect(undone.filter(({ result }) => result === 'failed')).toEqual([]);
      return plan.writes;
    }
  }
}

function meddle({ values, sysctls, kept }: Stage, by: number): void {
  values.set(10 + (by % 3) * 10, by);
  if (by % 2 === 0) sysctls.set('vm.swappiness', by);
  if (by % 5 === 0) kept.set('vm.swappiness', by);
}

describe('what is applied', () => {
  it('is what the preview said: written, read back and journaled, no more and no less, whatever came before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deeds, { minLength: 1, maxLength: 8 }), async (all) => {
        const stage = writingStage({
          'vm.swappiness': 60,
          'vm.overcommit_ratio': 50,
          'vm.overcommit_kbytes': 0,
        });
        for (const deed of all) {
          const before = stateOf(stage);
          const count = stage.entries().length;
          if (deed.do === 'meddle') {
            meddle(stage, deed.value);
            continue;
          }
          const writes = await doIt(stage, deed);
          if (writes === undefined) {
            expect(stateOf(stage)).toEqual(before);
            expect(recordedSince(stage, count)).toEqual([]);
            continue;
          }
          expect(stateOf(stage)).toEqual(after(before, writes, stage));
          if (deed.do !== 'undo') expect(recordedSince(stage, count)).toEqual(said(writes));
        }
      }),
      // Keeping what is kept already: nothing is written or recorded.
      {
        ...PARAMETERS,
        numRuns: RUNS,
        examples: [
          [
            [
              { do: 'meddle', value: 10 },
              { do: 'keep-sysctl', name: 'vm.swappiness', value: 10 },
            ],
          ],
        ],
      },
    );
  });

  it('is nothing where another program has written in between: each value is left as that one has it', async () => {
    await fc.assert(
      fc.asyncProperty(adj, fc.integer({ min: 1, max: 99 }), async (to, by) => {
        const stage = writingStage({ 'vm.swappiness': 60 });
        const { actions, values, sysctls, kept, userUnits } = stage;
        const intent = { kind: 'adj', oomScoreAdj: to } as const;
        const target = { kind: 'name', name: 'p10' } as const;
        const plans = [
          value(actions.planAdj({ target, intent, scope: GLOBAL_SCOPE })).id,
          value(actions.planSysctls([{ name: 'vm.swappiness', value: 100 }])).id,
          value(actions.previewKeepSysctl('vm.swappiness', 100)).id,
          value(actions.previewAddRule({ name: 'p10', oomScoreAdj: to })).id,
          value(
            actions.previewKeep([
              {
                lasting: { kind: 'unit', unit: { manager: 'user:1000', name: 'own.service' } },
                oomScoreAdj: to,
              },
            ]),
          ).id,
        ] as const;
        const rule = value(actions.previewAddRule({ name: 'p10', oomScoreAdj: 1000 - by }));
        value(actions.applyRule(rule.id));
        values.set(10, 1000 - by);
        sysctls.set('vm.swappiness', by);
        kept.set('vm.swappiness', by);
        userUnits.set('own.service', `${by}`);
        stage.helper.answer = () => expect.unreachable('the helper was asked to write');
        const seen = stateOf(stage);
        await actions.applyPlannedAdj(plans[0]);
        expect(actions.applyRule(plans[3]).ok).toBe(false);
        expect((await actions.applyKeepSysctl(plans[2])).ok).toBe(false);
        const keeping = value(await actions.applyKeep(plans[4]));
        expect(keeping.places.every(({ refused }) => refused !== undefined)).toBe(true);
        expect(stateOf(stage)).toEqual(seen);
        // The helper itself compares a setting with what was seen.
        stage.helper.answer = (request) => {
          expect(request).toMatchObject({ changes: [{ name: 'vm.swappiness', value: 100, expected: 60 }] });
          return { written: [wrote('vm.swappiness', '60', '100')], pending: { change: 9, deadlineMs: 1 } };
        };
        await actions.applyPlannedSysctls(plans[1]);
      }),
      { ...PARAMETERS, numRuns: Math.max(20, RUNS) },
    );
  });

  it('is by a rule just the processes that its preview names', async () => {
    await fc.assert(
      fc.asyncProperty(name, adj, adj, async (of, first, second) => {
        const stage = writingStage({});
        const { actions, values, world } = stage;
        const failed = fail('journal-failed', { what: 'none' });
        const written: string[] = [];
        const runner = new RuleRunner({
          who: 'alice',
          journal: { add: () => failed, update: () => failed, ruledProcesses: () => ok([]) },
          onTrouble: () => undefined,
          writer: {
            canWrite: () => true,
            write: (change) => {
              written.push(`${change.pid} ${change.before} ${change.after}`);
              values.set(change.pid, change.after);
              return Promise.resolve(fail('process-gone', { what: 'process', pid: change.pid }));
            },
          },
        });
        for (const to of [first, second]) {
          const plan = value(actions.previewAddRule({ name: of, oomScoreAdj: to }));
          value(actions.applyRule(plan.id));
          const parsed = parseRules(rulesOf(stage));
          runner.setRules(parsed.ok ? parsed.rules : []);
          await runner.onProcesses(value(world.readEverything()).processes);
          const named = plan.effects.map(({ pid, before, after: then }) => `${pid} ${before} ${then}`);
          expect(written.splice(0)).toEqual(named);
        }
      }),
      { ...PARAMETERS, numRuns: Math.max(40, RUNS) },
    );
  });

  it('is refused where no such preview was shown', async () => {
    const { actions, entries } = actionsOn();
    const refused = { ok: false, error: { code: 'changed-meanwhile', facts: { what: 'preview' } } };
    expect(await actions.applyPlannedAdj('another-1')).toMatchObject(refused);
    expect(await actions.applyPlannedSysctls('another-1')).toMatchObject(refused);
    expect(await actions.applyPlannedCgroup('another-1')).toMatchObject(refused);
    expect(await actions.applyKeep('another-1')).toMatchObject(refused);
    expect(await actions.applyKeepSysctl('another-1')).toMatchObject(refused);
    expect(await actions.applyUndo('another-1')).toMatchObject(refused);
    expect(actions.applyRule('another-1')).toMatchObject(refused);
    expect(entries()).toEqual([]);
  });
});
