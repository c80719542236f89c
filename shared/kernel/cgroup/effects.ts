import { type CgroupEffect, type CgroupFact, type CgroupWish } from '../../model/cgroup-change.ts';
import { type NamedProcess } from '../../model/kill-order.ts';

/** Protecting more than that from being taken back starves everybody else. */
const MUCH_OF_MACHINE = 0.5;

/** The cgroup and what is around it, in bytes. */
export interface CgroupMachine {
  readonly version: 1 | 2;
  /** The value of now. */
  readonly before: CgroupWish['value'];
  readonly usageBytes: number;
  readonly reclaimableBytes: number;
  /** Swap that its memory may still go to. */
  readonly swapFreeBytes: number;
  readonly machineBytes: number;
  readonly processCount: number;
  /** The kill order in it, were the wish its limit. */
  readonly victims: readonly NamedProcess[];
  /** The lowest limit of a cgroup above. */
  readonly limitAbove?: { readonly path: string; readonly limitBytes: number };
  /** memory.min or memory.low of the cgroup right above; absent below the root, which passes on everything. */
  readonly protectionAbove?: { readonly path: string; readonly bytes: number };
}

/** Names that a sentence takes. */
const VICTIMS_NAMED = 3;

const note = (fact: CgroupFact): CgroupEffect => ({ weight: 'note', fact });
const warning = (fact: CgroupFact): CgroupEffect => ({ weight: 'warning', fact });
const danger = (fact: CgroupFact): CgroupEffect => ({ weight: 'danger', fact });

/** What a wish for a memory cgroup would bring: mm/memcontrol.c, mm/memcontrol-v1.c, Documentation/admin-guide/cgroup-v2.rst. */
export function cgroupEffects(
  { setting, value }: CgroupWish,
  machine: CgroupMachine,
): readonly CgroupEffect[] {
  if (value === machine.before) return [note({ kind: 'no-change' })];
  const bytes = value === 'max' ? Infinity : value;
  const { usageBytes } = machine;
  switch (setting) {
    case 'max':
      return [...limitEffects(bytes, machine), ...limitAbove(bytes, machine), ...goesBack(bytes, machine)];
    case 'high':
      if (bytes === Infinity) return [note({ kind: 'unlimited' })];
      return usageBytes > bytes
        ? [warning({ kind: 'throttles', overBytes: usageBytes - bytes })]
        : [note({ kind: 'throttles-from', leftBytes: bytes - usageBytes })];
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
  const { version, usageBytes, reclaimableBytes, swapFreeBytes, victims } = machine;
  if (bytes === Infinity) return [note({ kind: 'unlimited' })];
  const overBytes = usageBytes - bytes;
  if (overBytes <= 0) {
    const [next] = victims;
    return [note({ kind: 'headroom', leftBytes: -overBytes, ...(next === undefined ? {} : { next }) })];
  }
  if (overBytes <= reclaimableBytes) return [warning({ kind: 'drops-cache', bytes: overBytes })];
  const rest = { overBytes: overBytes - reclaimableBytes, swappableBytes: swapFreeBytes };
  return [
    danger(
      version === 1
        ? { kind: 'refused-busy', ...rest }
        : { kind: 'kills', ...rest, victims: victims.slice(0, VICTIMS_NAMED) },
    ),
  ];
}

function limitAbove(bytes: number, { limitAbove: above }: CgroupMachine): readonly CgroupEffect[] {
  return above === undefined || above.limitBytes > bytes ? [] : [note({ kind: 'limit-above', ...above })];
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
