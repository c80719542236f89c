import * as v from 'valibot';
import { type Alert, type RecordedAlert } from '../model/alert.ts';
import { KILLER_NAMES } from '../model/killer.ts';
import { answers } from './answers.ts';
import { page, unit } from './fields.ts';

const program = v.exactOptional(v.string());
const named = v.object({ pid: v.number(), startTicks: v.number(), name: v.string(), program });

const forecast = v.object({
  lowSeconds: v.number(),
  middleSeconds: v.number(),
  highSeconds: v.number(),
  fallingSeconds: v.number(),
  fellBytes: v.number(),
  taker: v.exactOptional(
    v.variant('kind', [
      v.object({ kind: v.literal('process'), process: named, tookBytes: v.number() }),
      v.object({ kind: v.literal('group'), path: v.string(), label: v.string(), tookBytes: v.number() }),
    ]),
  ),
  killer: v.exactOptional(
    v.object({ name: v.picklist(KILLER_NAMES), lowSeconds: v.number(), highSeconds: v.number() }),
  ),
});

/** An alert as the record keeps it: a file, and so checked when it is read. */
export const storedAlert = v.variant('kind', [
  v.object({
    kind: v.literal('pressure'),
    what: v.picklist(['available', 'waiting']),
    thresholdPercent: v.number(),
    availableBytes: v.number(),
    totalBytes: v.number(),
    swapFreeBytes: v.exactOptional(v.number()),
    waitingPercent: v.exactOptional(v.number()),
    next: v.exactOptional(named),
  }),
  v.object({
    kind: v.literal('forecast'),
    path: v.exactOptional(v.string()),
    label: v.exactOptional(v.string()),
    forecast,
    next: v.exactOptional(named),
  }),
  v.object({
    kind: v.literal('kill'),
    count: v.number(),
    witness: v.picklist(['kernel-log', 'was-next', 'ended', 'unknown']),
    victims: v.array(
      v.object({
        pid: v.number(),
        name: v.string(),
        program,
        oomScoreAdj: v.exactOptional(v.number()),
        freedBytes: v.exactOptional(v.number()),
        rank: v.exactOptional(v.number()),
      }),
    ),
    endsWith: v.exactOptional(
      v.array(
        v.object({
          unit,
          why: v.picklist(['oom-policy', 'main-process']),
          policy: v.picklist(['stop', 'continue', 'kill']),
          presumed: v.boolean(),
          count: v.number(),
        }),
      ),
    ),
    scope: v.exactOptional(
      v.variant('kind', [
        v.object({ kind: v.literal('global') }),
        v.object({ kind: v.literal('cgroup'), path: v.string() }),
        v.object({
          kind: v.literal('nodes'),
          by: v.picklist(['cpuset', 'memory-policy']),
          nodes: v.exactOptional(v.string()),
          cpuset: v.exactOptional(v.string()),
        }),
        v.object({ kind: v.literal('constraint'), constraint: v.string() }),
        v.object({ kind: v.literal('sysrq') }),
      ]),
    ),
  }),
  v.object({
    kind: v.literal('protected-next'),
    process: named,
    oomScoreAdj: v.number(),
    certain: v.boolean(),
  }),
  v.object({
    kind: v.literal('itself-next'),
    process: v.object({ pid: v.number(), startTicks: v.number(), name: v.string() }),
    path: v.string(),
    limitBytes: v.number(),
    headroomBytes: v.number(),
  }),
]) satisfies v.GenericSchema<unknown, Alert>;

/** Requests about what happened. */
export const EVENTS_REQUESTS = {
  /** What happened, newest first. */
  'events.alerts': { input: page, ...answers<readonly RecordedAlert[]>() },
} as const;

export interface EventsEvents {
  /** Something happened that is worth a word. */
  readonly 'events.alert': RecordedAlert;
}
