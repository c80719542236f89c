import * as v from 'valibot';

const whole = v.pipe(v.number(), v.integer());
const count = v.pipe(whole, v.minValue(0));
const pid = v.pipe(whole, v.minValue(1));

/** What people call a process. */
const names = {
  label: v.nullable(v.pipe(v.string(), v.minLength(1))),
  role: v.nullable(v.string()),
  app: v.nullable(v.strictObject({ id: v.string(), name: v.string() })),
  within: v.nullable(v.string()),
  evidence: v.nullable(v.picklist(['unit', 'package', 'program', 'parent', 'runtime', 'none'])),
  youLose: v.nullable(v.string()),
};

const place = v.strictObject({
  rank: pid,
  pid,
  startTicks: count,
  name: v.string(),
  ...names,
  command: v.string(),
  user: v.string(),
  unit: v.exactOptional(v.string()),
  unitManager: v.exactOptional(v.pipe(v.string(), v.regex(/^(?:system|user:\d+)$/))),
  container: v.exactOptional(v.string()),
  badnessPages: whole,
  rssPages: count,
  swapPages: count,
  pageTablePages: count,
  oomScore: count,
  oomScoreAdj: v.pipe(whole, v.minValue(-999), v.maxValue(1000)),
  freesPages: count,
  freedSoFarPages: count,
  diesWith: v.array(pid),
  endsWith: v.array(
    v.strictObject({
      unit: v.string(),
      unitManager: v.pipe(v.string(), v.regex(/^(?:system|user:\d+)$/)),
      why: v.picklist(['oom-policy', 'main-process']),
      policy: v.picklist(['stop', 'continue', 'kill']),
      presumed: v.boolean(),
      pids: v.array(pid),
    }),
  ),
});

const headroom = v.strictObject({
  headroomBytes: count,
  uncertainBytes: count,
  comfortableBytes: count,
  reclaimableBytes: count,
  swapBytes: count,
});

const figure = v.pipe(v.number(), v.minValue(0));
const condition = v.strictObject({
  figure: v.picklist(['available', 'free-swap', 'swap', 'zram', 'pressure', 'reclaim']),
  holding: v.picklist(['holds', 'may', 'never', 'unknown']),
  metric: v.exactOptional(v.pipe(v.string(), v.regex(/^(?:some|full)(?:10|60|300)$/))),
  nowBytes: v.exactOptional(figure),
  lineBytes: v.exactOptional(figure),
  leastLineBytes: v.exactOptional(figure),
  nowPercent: v.exactOptional(figure),
  linePercent: v.exactOptional(figure),
  seconds: v.exactOptional(figure),
  lastedSeconds: v.exactOptional(figure),
});
const killer = v.strictObject({
  name: v.picklist(['earlyoom', 'nohang', 'systemd-oomd']),
  pid,
  version: v.exactOptional(v.string()),
  rehearses: v.exactOptional(v.literal(true)),
  triggers: v.array(
    v.strictObject({
      signal: v.picklist(['TERM', 'KILL']),
      cgroup: v.exactOptional(v.string()),
      rule: v.exactOptional(v.string()),
      conditions: v.array(condition),
    }),
  ),
  unknown: v.array(v.picklist(['version', 'configuration', 'changed-file', 'user-units', 'arc'])),
  actsAt: v.exactOptional(
    v.strictObject({
      kind: v.picklist(['now', 'when', 'also']),
      availableBytes: v.exactOptional(figure),
      leastAvailableBytes: v.exactOptional(figure),
      missing: v.array(condition),
    }),
  ),
});

const scope = v.variant('kind', [
  v.strictObject({ kind: v.literal('global') }),
  v.strictObject({ kind: v.literal('cgroup'), path: v.string() }),
]);
const why = v.picklist(['soonest', 'least-left', 'nothing-nearer']);
/** What runs out next: the machine, or a cgroup with its first victim. */
const ahead = v.union([
  v.strictObject({ scope: v.strictObject({ kind: v.literal('global') }), why }),
  v.strictObject({
    scope,
    why,
    label: v.string(),
    limitBytes: count,
    headroom,
    forecast: v.exactOptional(v.record(v.string(), v.unknown())),
    outcome: v.string(),
    either: v.array(pid),
    victim: v.exactOptional(v.strictObject({ pid, startTicks: count, name: v.string(), ...names })),
  }),
]);

/** What `list --json` promises to print: no key less, and none more. */
export const LIST_SHAPE = v.strictObject({
  version: v.literal(1),
  time: v.pipe(v.string(), v.isoTimestamp()),
  kernel: v.strictObject({ release: v.string(), formula: v.string() }),
  scope,
  totalPages: pid,
  pageSizeBytes: pid,
  headroom,
  killers: v.array(killer),
  ahead: v.exactOptional(v.array(ahead)),
  high: v.exactOptional(
    v.strictObject({ state: v.picklist(['throttled', 'stalled']), highBytes: count, overBytes: count }),
  ),
  firstAbove: v.exactOptional(v.strictObject({ path: v.exactOptional(v.string()), headroomBytes: count })),
  asked: v.exactOptional(v.strictObject({ kind: v.literal('cgroup'), path: v.string() })),
  panics: v.boolean(),
  confidence: v.picklist(['certain', 'close']),
  either: v.array(pid),
  killsAllocatingTask: v.boolean(),
  order: v.array(place),
  ineligible: v.array(
    v.strictObject({
      pid,
      name: v.string(),
      reason: v.picklist([
        'global-init',
        'kernel-thread',
        'no-memory',
        'oom-score-adj-minimum',
        'passed-over',
      ]),
    }),
  ),
});
export type Listed = v.InferOutput<typeof LIST_SHAPE>;

/** Parses one line of `list --json`; throws where it does not fit. */
export function parseListed(line: string): Listed {
  return v.parse(LIST_SHAPE, JSON.parse(line));
}

/** The place of a process; throws where it has none. */
export function placeOf({ order }: Listed, wanted: number): Listed['order'][number] {
  const found = order.find((each) => each.pid === wanted);
  if (found === undefined) throw new Error(`process ${wanted} is not in the order`);
  return found;
}
