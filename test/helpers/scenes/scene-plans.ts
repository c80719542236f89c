import { ok } from '#shared/result.ts';
import { type Handlers } from '#shared/contract/server.ts';
import { type JournalEntry } from '#shared/model/change.ts';
import { type PlannedChange } from '#shared/model/planned-change.ts';
import { type KeepPreview, type Protections, type RulePreview, type SeenRule } from '#shared/model/rule.ts';
import { type UndoClick, type UndoPreview, type UndoRequest } from '#shared/model/undo.ts';

const RULES_FILE = '/home/alice/.config/lifeboat/rules.toml';
const CONTAINER = `docker:${'c0ffee'.repeat(10)}beef`;

/** Notes a request that would have written something, and answers it. */
type Write = <T>(request: string, answer: T) => (input: unknown) => ReturnType<typeof ok<T>>;

/** Answers about undoing, keeping and rules, with the longest names there are; nothing is written. */
export function scenePlans(
  entries: readonly JournalEntry[],
  plan: () => PlannedChange,
  write: Write,
): Partial<Handlers> {
  return {
    'change.previewUndo': (request) => ok(undoOf(entries, request, plan())),
    'change.applyUndo': write('change.applyUndo', []),
    'change.previewKeep': () => ok(keepOf(plan())),
    'change.applyKeep': write('change.applyKeep', { group: 20, places: [] }),
    'rules.read': () => ok(PROTECTIONS),
    'rules.previewRemove': () => ok(removalOf(plan())),
    'rules.previewRemoveDropIn': ({ unit }) =>
      ok({ ...plan(), unit, file: DROP_IN, oomScoreAdj: -500, matches: MATCHES }),
    'rules.removeDropIn': write('rules.removeDropIn', { file: DROP_IN, group: 22 }),
    'rules.apply': write('rules.apply', { file: RULES_FILE, rule: RULE, group: 21 }),
  };
}

/** Every undo of a limit lowers it again. */
function undoOf(entries: readonly JournalEntry[], request: UndoRequest, plan: PlannedChange): UndoPreview {
  const { groups, chosen } = request;
  const asked = entries.filter(({ group }) => groups === 'all' || groups.includes(group));
  const clicks = asked.map((entry): UndoClick => {
    const isDangerous = entry.action === 'set-cgroup';
    const { group, before = '', after = '' } = entry;
    return {
      group,
      isDangerous,
      isChosen: chosen?.includes(group) ?? !isDangerous,
      items: [
        {
          entry,
          does: 'write',
          now: after,
          value: before,
          effects: isDangerous ? [{ weight: 'danger', fact: { kind: 'lowers-limit' } }] : [],
        },
      ],
    };
  });
  return { ...plan, request, clicks, displaced: [] };
}

const MATCHES = [
  { pid: 4711, startTicks: 1, name: 'postgres', oomScoreAdj: 0, container: CONTAINER },
  {
    pid: 4712,
    startTicks: 1,
    name: 'postgres',
    oomScoreAdj: -500,
    unit: { manager: 'system', name: `${'p'.repeat(200)}.service` },
  },
] as const;

const RULE: SeenRule = {
  number: 1,
  line: 6,
  text: 'name = "postgres"',
  name: 'postgres',
  oomScoreAdj: 10,
  allowMany: false,
  matches: MATCHES,
};

function keepOf(plan: PlannedChange): KeepPreview {
  return {
    ...plan,
    writes: [{ mechanism: 'rule', subject: RULE.text, value: '10' }],
    places: [
      {
        lasting: { kind: 'rule', name: 'postgres' },
        oomScoreAdj: 10,
        count: 3,
        file: RULES_FILE,
        before: '',
        block: '[[rule]]\nname = "postgres"\nadj = 10',
        matchCount: 3,
        matchPlaces: [{ pids: [4712] }, { container: CONTAINER, pids: [4711] }],
      },
    ],
    effects: MATCHES.map(({ oomScoreAdj: before, ...match }) => ({ ...match, before, after: 10 })),
  };
}

function removalOf(plan: PlannedChange): RulePreview {
  return {
    ...plan,
    writes: [{ mechanism: 'rule', subject: RULE.text, seen: '10', value: '' }],
    does: 'remove',
    file: RULES_FILE,
    rule: RULE,
    block: '[[rule]]\nname = "postgres"\nadj = 10',
    before: 10,
    effects: [],
  };
}

const DROP_IN = `/etc/systemd/system/${'u'.repeat(200)}.service.d/90-lifeboat.conf`;

const PROTECTIONS: Protections = {
  file: RULES_FILE,
  rules: [
    RULE,
    {
      ...RULE,
      number: 2,
      text: `command = "${'x'.repeat(400)}", user = "${'u'.repeat(32)}"`,
      matches: [],
    },
  ],
  protections: [
    {
      kind: 'unit',
      unit: { manager: 'system', name: `${'u'.repeat(200)}.service` },
      file: DROP_IN,
      oomScoreAdj: -500,
      matches: MATCHES,
      groups: [12],
    },
    {
      kind: 'unit',
      unit: { manager: 'user:1000', name: `${'k'.repeat(200)}.service` },
      file: DROP_IN,
      oomScoreAdj: -7,
      matches: [],
      groups: [],
    },
    {
      kind: 'foreign-unit',
      unit: { manager: 'system', name: `${'f'.repeat(200)}.service` },
      file: DROP_IN,
      matches: [],
    },
    { kind: 'processes', oomScoreAdj: -500, timeMs: 0, matches: MATCHES, groups: [11, 10] },
  ],
};
