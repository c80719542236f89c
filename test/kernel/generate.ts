import { Random } from './random.ts';
import {
  type CgroupPlan,
  type PushPlan,
  type Scenario,
  type ScenarioKind,
  strangerSlackPages,
} from './scenario.ts';
import { build, type Draft } from './kinds.ts';

/** What a machine can do, as far as it decides which scenarios can be had. */
export interface Abilities {
  readonly isGuest: boolean;
  readonly cgroupVersion: 1 | 2;
  readonly mayLowerAdj: boolean;
}

const guestOnly: ReadonlySet<ScenarioKind> = new Set(['swap', 'allocating task', 'panic_on_oom off']);
const globalOnly: ReadonlySet<ScenarioKind> = new Set(['allocating task']);
const cgroupOnly: ReadonlySet<ScenarioKind> = new Set([
  'swap',
  'nested limits',
  'panic_on_oom off',
  'tmpfs and cache',
  'tiny limit',
]);

/** Why a kind cannot be had on a machine, or nothing. */
export function missingFor(kind: ScenarioKind, machine: Abilities): string | undefined {
  if (guestOnly.has(kind) && !machine.isGuest) return 'needs a machine of its own';
  if (kind === 'group kills' && machine.cgroupVersion === 1) return 'memory.oom.group is in cgroup v2 only';
  if (kind === 'protected' && !machine.mayLowerAdj) return 'lowering oom_score_adj needs CAP_SYS_RESOURCE';
  return undefined;
}

/** The scenario of a seed: the same for the same seed, kind and abilities. */
export function generate(seed: number, kind: ScenarioKind, machine: Abilities): Scenario {
  const random = new Random(seed);
  const global = globalOnly.has(kind) || (machine.isGuest && !cgroupOnly.has(kind) && random.chance(0.4));
  const draft: Draft = build(kind, random, { ...machine, global });
  const push = draft.push ?? anyPush(random, global);
  const takesOwn = push.by === 'stranger' && push.memory === 'anon';
  const slackPages = takesOwn ? strangerSlackPages : random.whole(400, 15_000);
  const cgroups: readonly CgroupPlan[] = draft.cgroups ?? [{ path: '', slackPages }];
  return {
    seed,
    kind,
    scope: global ? 'global' : 'cgroup',
    cgroups: global
      ? cgroups.map(({ path, oomGroup }) => ({ path, ...(oomGroup === undefined ? {} : { oomGroup }) }))
      : cgroups,
    processes: draft.processes,
    overLimit: draft.overLimit ?? '',
    push,
    kills: takesOwn ? 1 : (draft.kills ?? random.whole(1, 4)),
    sysctls: draft.sysctls ?? {},
    ...(draft.swap === undefined ? {} : { swap: draft.swap }),
    restless: draft.restless ?? false,
  };
}

function anyPush(random: Random, global: boolean): PushPlan {
  return {
    by: random.chance(0.25) ? 'victim' : 'stranger',
    memory: !global && random.chance(0.3) ? 'anon' : 'shmem',
    cgroup: '',
  };
}
