import { SYSCTL_SPECS } from '../../model/sysctl/specs.ts';
import {
  type OnDisk,
  type SysctlChange,
  type SysctlEffect,
  type SysctlName,
  type SysctlState,
} from '../../model/sysctl/sysctl.ts';
import { commitFacts } from './commit-effects.ts';
import {
  danger,
  note,
  warning,
  type ChangeContext,
  type TuningMachine,
  type Values,
  type Weighted,
} from './effect-context.ts';
import { kernelRange } from './number.ts';
import { type WayOut } from './way-out.ts';

/** 3.2% of memory is what the kernel itself takes at most (1/32); beyond this share it is worth a warning. */
const NOTABLE_RESERVE = 0.05;
/** vm.rst, min_free_kbytes: "if you set this to lower than 1024KB, your system will become subtly broken". */
const LEAST_FREE_BYTES = 1 << 20;

/**
 * What changes would bring, in this machine's numbers. `winners`: for settings that another file would set back at the next boot if they were
 * kept, the line that does so; `waysOut`: what lets the kept value win.
 */
export function sysctlEffects(
  states: readonly SysctlState[],
  machine: TuningMachine,
  requested: readonly SysctlChange[],
  winners: ReadonlyMap<SysctlName, OnDisk> = new Map(),
  waysOut: ReadonlyMap<SysctlName, WayOut> = new Map(),
): readonly SysctlEffect[] {
  const before: Values = new Map(
    states.flatMap(({ spec, now }) => (now === undefined ? [] : [[spec.name, now] as const])),
  );
  const context = { machine, before, after: valuesAfter(before, requested), requested };
  return requested.flatMap((change) => {
    const { name } = change;
    const range = kernelRange(name, machine.version);
    if (change.value < range.lowest || change.value > range.highest) {
      return [{ name, ...danger({ kind: 'refused-by-kernel', ...range }) }];
    }
    const facts = changes(context, change) ? factsOf(context, change) : [note({ kind: 'no-change' })];
    const winner = winners.get(name);
    const wayOut = waysOut.get(name);
    const kept: Weighted[] =
      winner === undefined
        ? []
        : [
            warning({
              kind: 'other-file-wins',
              file: winner.file,
              value: winner.value,
              ...(winner.sets === undefined ? {} : { sets: winner.sets }),
            }),
            ...(wayOut === undefined ? [] : [note({ kind: 'way-out', ...wayOut })]),
          ];
    return [...facts, ...kept].map((effect) => ({ name, ...effect }));
  });
}

/** The values once the changes are written one after the other: ratio and kbytes clear each other. */
export function valuesAfter(before: Values, requested: readonly SysctlChange[]): Values {
  const after = new Map(before);
  for (const { name, value } of requested) {
    after.set(name, value);
    const { clears } = SYSCTL_SPECS[name];
    if (clears !== undefined) after.set(clears, 0);
  }
  return after;
}

/** False when the write would leave everything as it is. */
function changes({ before }: ChangeContext, { name, value }: SysctlChange): boolean {
  const { clears } = SYSCTL_SPECS[name];
  return before.get(name) !== value || (clears !== undefined && (before.get(clears) ?? 0) !== 0);
}

function factsOf(context: ChangeContext, { name, value }: SysctlChange): readonly Weighted[] {
  const { machine, after } = context;
  switch (name) {
    case 'vm.overcommit_memory':
    case 'vm.overcommit_ratio':
    case 'vm.overcommit_kbytes':
    case 'vm.admin_reserve_kbytes':
    case 'vm.user_reserve_kbytes':
      return commitFacts(context, { name, value });
    case 'vm.panic_on_oom':
      return value === 0 ? [kills(machine)] : panics(context, value);
    case 'kernel.panic':
      return panicTimeout(after, value);
    case 'vm.oom_kill_allocating_task':
      return value === 0 ? [kills(machine)] : [warning({ kind: 'kills-allocating-task' })];
    case 'vm.oom_dump_tasks':
      return [value === 0 ? warning({ kind: 'no-task-list' }) : note({ kind: 'task-list' })];
    case 'vm.swappiness':
      return [swappiness(machine, value)];
    case 'vm.min_free_kbytes':
      return minFree(machine, value);
  }
}

function kills({ next }: TuningMachine): Weighted {
  return note({ kind: 'kills', ...(next === undefined ? {} : { next }) });
}

/** mm/oom_kill.c, check_panic_on_oom(): 1 spares cgroups, cpusets and memory policies, 2 spares none of them. */
function panics({ machine, after }: ChangeContext, value: number): readonly Weighted[] {
  const panicSeconds = after.get('kernel.panic') ?? 0;
  const { cgroupsWithLimit } = machine;
  const fact = danger({ kind: 'panics', alsoCgroups: value === 2, panicSeconds, cgroupsWithLimit });
  return panicSeconds === 0 ? [fact, danger({ kind: 'hangs' })] : [fact];
}

/** kernel/panic.c, panic(): 0 loops for ever, below 0 restarts at once. */
function panicTimeout(after: Values, value: number): readonly Weighted[] {
  if (value !== 0) return [note({ kind: 'restarts-after', seconds: value })];
  return [(after.get('vm.panic_on_oom') ?? 0) === 0 ? warning({ kind: 'hangs' }) : danger({ kind: 'hangs' })];
}

/** mm/vmscan.c: 0 swaps only to avoid running out (3.5). */
function swappiness({ swapBytes }: TuningMachine, value: number): Weighted {
  const hasSwap = swapBytes > 0;
  return (value === 0 && hasSwap ? warning : note)({ kind: 'swaps', value, hasSwap });
}

function minFree({ totalBytes, availableBytes }: TuningMachine, kbytes: number): readonly Weighted[] {
  const bytes = kbytes * 1024;
  if (bytes < LEAST_FREE_BYTES) return [danger({ kind: 'too-little', bytes, leastBytes: LEAST_FREE_BYTES })];
  const share = totalBytes === 0 ? 1 : bytes / totalBytes;
  const weigh = bytes >= availableBytes ? danger : share > NOTABLE_RESERVE ? warning : note;
  return [weigh({ kind: 'reserve', bytes, share })];
}
