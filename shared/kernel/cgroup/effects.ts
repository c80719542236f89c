import {
  type CgroupEffect,
  type CgroupFact,
  type CgroupChange,
  type WithoutKill,
} from '../../model/cgroup-change.ts';
import { compact } from '../../optional.ts';
import { type FirstLimit, type Headroom } from '../../model/headroom.ts';
import { type NamedProcess } from '../../model/kill-order.ts';
import { type TakenBack } from './headroom.ts';

/** Share of the machine's memory: protecting more than this from reclaim starves all other processes. */
const MUCH_OF_MACHINE = 0.5;

/** The cgroup and what is around it, in bytes. */
export interface CgroupMachine {
  readonly version: 1 | 2;
  /** The value of now. */
  readonly before: CgroupChange['value'];
  readonly usageBytes: number;
  /** What reclaim can take of what it uses now. */
  readonly takenBack: TakenBack;
  /** With the change in force: its own headroom where it has a limit then, and where memory runs out first. */
  readonly headroom?: Headroom;
  readonly first: FirstLimit;
  readonly machineBytes: number;
  readonly processCount: number;
  /** The kill order in it, were the change its limit. */
  readonly victims: readonly NamedProcess[];
  /** Why nothing is killed at the limit, where there are no victims for another reason than that all are exempt. */
  readonly withoutKill?: WithoutKill;
  /** memory.min or memory.low of the cgroup right above; absent below the root, which passes on everything. */
  readonly protectionAbove?: { readonly path: string; readonly bytes: number };
}

/** Names that a sentence takes. */
const VICTIMS_NAMED = 3;

const note = (fact: CgroupFact): CgroupEffect => ({ weight: 'note', fact });
const warning = (fact: CgroupFact): CgroupEffect => ({ weight: 'warning', fact });
const danger = (fact: CgroupFact): CgroupEffect => ({ weight: 'danger', fact });

/** What a change for a memory cgroup would bring: mm/memcontrol.c, mm/memcontrol-v1.c, Documentation/admin-guide/cgroup-v2.rst. */
export function cgroupEffects(change: CgroupChange, machine: CgroupMachine): readonly CgroupEffect[] {
  const { setting, value } = change;
  if (value === machine.before) return [note({ kind: 'no-change' })];
  const bytes = value === 'max' ? Infinity : value;
  const { usageBytes } = machine;
  switch (setting) {
    case 'memsw':
      return memswEffects(bytes, machine);
    case 'max':
      return [
        ...limitEffects(bytes, machine),
        ...runsOutBefore(change, machine),
        ...goesBack(bytes, machine),
      ];
    case 'high':
      return bytes === Infinity ? [note({ kind: 'unlimited' })] : highEffects(bytes, machine);
    case 'soft':
      if (bytes === Infinity) return [note({ kind: 'unlimited' })];
      return [note({ kind: 'reclaimed-first', overBytes: Math.max(0, usageBytes - bytes) })];
    case 'min':
    case 'low':
      return protectionEffects(setting === 'min', bytes, machine);
    case 'oom-group':
      return [
        value === 0
          ? note({ kind: 'dies-alone' })
          : warning({ kind: 'dies-together', count: machine.processCount }),
      ];
  }
}

function limitEffects(bytes: number, machine: CgroupMachine): readonly CgroupEffect[] {
  const { version, usageBytes, takenBack, headroom, victims, withoutKill } = machine;
  if (bytes === Infinity) return [note({ kind: 'unlimited' })];
  const overBytes = usageBytes - bytes;
  if (overBytes <= 0) {
    const [next] = victims;
    const { headroomBytes, uncertainBytes } = headroom ?? { headroomBytes: -overBytes, uncertainBytes: 0 };
    const fact = compact({ kind: 'headroom', headroomBytes, uncertainBytes, next, withoutKill } as const);
    return [withoutKill === 'panics' ? danger(fact) : note(fact)];
  }
  const { sureBytes, uncertainBytes, swapBytes } = takenBack;
  if (overBytes <= sureBytes + swapBytes) {
    const cacheBytes = Math.min(overBytes, sureBytes);
    return [warning({ kind: 'reclaims', cacheBytes, swapBytes: overBytes - cacheBytes })];
  }
  const beyond = { overBytes: overBytes - sureBytes - swapBytes, swapBytes, uncertainBytes };
  return [
    danger(
      version === 1
        ? { kind: 'refused-busy', ...beyond }
        : compact({
            kind: 'kills',
            ...beyond,
            victims: victims.slice(0, VICTIMS_NAMED),
            withoutKill,
          } as const),
    ),
  ];
}

/** v1, memory and swap together: moving memory to swap makes no room. */
function memswEffects(bytes: number, { headroom: _, ...machine }: CgroupMachine): readonly CgroupEffect[] {
  return limitEffects(bytes, { ...machine, takenBack: { ...machine.takenBack, swapBytes: 0 } });
}

/** Above memory.high processes reclaim for themselves before they go on; what cannot be reclaimed makes them wait. */
function highEffects(
  bytes: number,
  { usageBytes, takenBack, processCount }: CgroupMachine,
): readonly CgroupEffect[] {
  const overBytes = usageBytes - bytes;
  if (overBytes <= 0) return [note({ kind: 'throttles-from', leftBytes: -overBytes })];
  const cacheBytes = takenBack.sureBytes + takenBack.uncertainBytes;
  const restBytes = overBytes - cacheBytes - takenBack.swapBytes;
  // Without a process nothing waits yet.
  const empty = processCount === 0 ? { empty: true as const } : {};
  if (restBytes > 0) return [danger({ kind: 'stalls', overBytes: restBytes, ...empty })];
  const swapBytes = Math.max(0, overBytes - cacheBytes);
  return [warning({ kind: 'throttles', overBytes, swapBytes, ...empty })];
}

/** What is above it may run out first, whatever its own limit. */
function runsOutBefore(
  { path: own, value }: CgroupChange,
  { first: { path, headroom }, usageBytes }: CgroupMachine,
): readonly CgroupEffect[] {
  if (path === own || (value !== 'max' && value < usageBytes)) return [];
  const { headroomBytes } = headroom;
  if (path !== undefined) return [note({ kind: 'limit-above', path, headroomBytes })];
  return value === 'max' ? [] : [note({ kind: 'machine-first', headroomBytes })];
}

/** The switch that takes a raised limit back does so whatever has been taken meanwhile. With v1 the kernel would refuse that. */
function goesBack(bytes: number, { version, before }: CgroupMachine): readonly CgroupEffect[] {
  const isRaised = version === 2 && before !== 'max' && bytes > before;
  return isRaised ? [warning({ kind: 'goes-back', limitBytes: before })] : [];
}

function protectionEffects(
  absolutely: boolean,
  bytes: number,
  { machineBytes, protectionAbove: above }: CgroupMachine,
): readonly CgroupEffect[] {
  const counted = Math.min(bytes, machineBytes);
  const share = counted / machineBytes;
  const fact = { kind: 'protects', bytes: counted, absolutely, share } as const;
  return [
    share > MUCH_OF_MACHINE && absolutely
      ? danger(fact)
      : share > MUCH_OF_MACHINE
        ? warning(fact)
        : note(fact),
    ...(above === undefined || above.bytes >= counted
      ? []
      : [warning({ kind: 'protected-less-above', ...above })]),
  ];
}
