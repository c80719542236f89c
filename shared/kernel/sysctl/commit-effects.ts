import { type SysctlChange, type SysctlName } from '../../model/sysctl/sysctl.ts';
import { SYSCTL_SPECS } from '../../model/sysctl/specs.ts';
import { allowedPages, commitLimitPages, ratioForCharge, type CommitInputs } from './overcommit.ts';
import {
  danger,
  note,
  warning,
  type ChangeContext,
  type TuningMachine,
  type Values,
  type Weighted,
} from './effect-context.ts';
import { atLeast } from '../version.ts';

/** When several of these are changed at once, the effect on running programs is stated with the first of them. */
const CARRIERS: readonly SysctlName[] = [
  'vm.overcommit_memory',
  'vm.overcommit_ratio',
  'vm.overcommit_kbytes',
  'vm.admin_reserve_kbytes',
];
/** vm.rst, admin_reserve_kbytes: 8 MiB are "enough to log in and kill a process, if necessary". */
const LEAST_FOR_ROOT_BYTES = 8 << 20;
/** Less than this share of what is allowed is soon gone. */
const LITTLE_LEFT = 0.05;

/** What a change does to what may be promised. */
export function commitFacts(context: ChangeContext, change: SysctlChange): readonly Weighted[] {
  const { machine, before, after, requested } = context;
  const mode = after.get('vm.overcommit_memory') ?? 0;
  const counts = mode === 2;
  const facts: Weighted[] = [];
  switch (change.name) {
    case 'vm.overcommit_memory':
      if (mode === 1) facts.push(warning({ kind: 'promises-everything' }));
      if (mode === 0)
        facts.push(note({ kind: 'refuses-obvious', mostBytes: machine.totalBytes + machine.swapBytes }));
      // Stated with the ratio where that is changed as well.
      if (counts && !requested.some(({ name }) => name !== change.name && setsLimit(name))) {
        facts.push(limitFact(context));
      }
      break;
    case 'vm.overcommit_ratio':
    case 'vm.overcommit_kbytes': {
      const { clears } = SYSCTL_SPECS[change.name];
      const from = clears === undefined ? 0 : (before.get(clears) ?? 0);
      facts.push(limitFact(context));
      if (clears !== undefined && from !== 0) facts.push(note({ kind: 'clears', other: clears, from }));
      if (!counts) facts.push(note({ kind: 'counts-only-in-mode-2' }));
      break;
    }
    default:
      facts.push(...reserveFacts(machine, change, counts));
  }
  const carrier = CARRIERS.find((name) => requested.some((each) => each.name === name));
  return counts && change.name === carrier ? [...facts, ...runningPrograms(machine, after)] : facts;
}

function setsLimit(name: SysctlName): boolean {
  return SYSCTL_SPECS[name].clears !== undefined;
}

function limitFact({ machine, before, after }: ChangeContext): Weighted {
  const beforeBytes = limitPages(machine, before) * machine.pageSizeBytes;
  const afterBytes = limitPages(machine, after) * machine.pageSizeBytes;
  const counts = after.get('vm.overcommit_memory') === 2;
  return note({ kind: 'commit-limit', beforeBytes, afterBytes, counts });
}

function reserveFacts(
  machine: TuningMachine,
  { name, value }: SysctlChange,
  counts: boolean,
): readonly Weighted[] {
  const bytes = value * 1024;
  const share = machine.totalBytes === 0 ? 1 : bytes / machine.totalBytes;
  const forRoot = name === 'vm.admin_reserve_kbytes';
  const facts: Weighted[] = [note({ kind: 'reserve', bytes, share })];
  if (forRoot && counts && bytes < LEAST_FOR_ROOT_BYTES) {
    facts.push(warning({ kind: 'too-little', bytes, leastBytes: LEAST_FOR_ROOT_BYTES }));
  }
  // Before 5.2 mode 0 kept the reserve for root too (mm/util.c, __vm_enough_memory()).
  const inMode0Too = forRoot && !atLeast(machine.version, 5, 2);
  if (!counts && !inMode0Too) facts.push(note({ kind: 'counts-only-in-mode-2' }));
  return facts;
}

/** What ordinary programs may be promised in mode 2, in bytes; 0 where not even the reserve for root is. */
export function promisableBytes(machine: TuningMachine, values: Values): number {
  return Math.max(0, promisablePages(machine, values)) * machine.pageSizeBytes;
}

function promisablePages(machine: TuningMachine, values: Values): number {
  return allowedPages({
    version: machine.version,
    commit: commitInputs(machine, values),
    adminReserveKbytes: values.get('vm.admin_reserve_kbytes') ?? 0,
    // Up to 1/32 of its own size is kept from each program beside that: small ones lose next to nothing.
    userReserveKbytes: values.get('vm.user_reserve_kbytes') ?? 0,
    totalVmPages: 0,
    capSysAdmin: false,
  });
}

/** Whether what runs could go on in mode 2, and what would make it so. */
function runningPrograms(machine: TuningMachine, after: Values): readonly Weighted[] {
  const { pageSizeBytes, chargeBytes } = machine;
  const commit = commitInputs(machine, after);
  const chargePages = Math.ceil(chargeBytes / pageSizeBytes);
  const limit = commitLimitPages(commit);
  const allowed = promisablePages(machine, after);
  // The charge is raised by the request first, and must then stay strictly below.
  const leftPages = allowed - 1 - chargePages;
  if (leftPages > 0) {
    const weigh = leftPages < allowed * LITTLE_LEFT ? warning : note;
    return [weigh({ kind: 'headroom', leftBytes: leftPages * pageSizeBytes })];
  }
  const neededPages = chargePages + (limit - allowed) + 1;
  const ratio = ratioForCharge(commit, neededPages);
  return [
    danger({ kind: 'breaks-at-once', chargeBytes, limitBytes: Math.max(0, allowed) * pageSizeBytes }),
    note({
      kind: 'safe-with',
      ...(ratio === undefined ? {} : { ratio }),
      moreSwapBytes: (neededPages + 1 - limit) * pageSizeBytes,
    }),
  ];
}

function limitPages(machine: TuningMachine, values: Values): number {
  return commitLimitPages(commitInputs(machine, values));
}

function commitInputs(machine: TuningMachine, values: Values): CommitInputs {
  const { totalBytes, hugetlbBytes, swapBytes, pageSizeBytes } = machine;
  return {
    totalRamPages: totalBytes / pageSizeBytes,
    hugetlbPages: hugetlbBytes / pageSizeBytes,
    totalSwapPages: swapBytes / pageSizeBytes,
    overcommitRatio: values.get('vm.overcommit_ratio') ?? 0,
    overcommitKbytes: values.get('vm.overcommit_kbytes') ?? 0,
    pageSizeBytes,
  };
}
