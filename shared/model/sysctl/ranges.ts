import { type SysctlName, type SysctlSpec } from './sysctl.ts';

/** What the kernel's `int` holds: tables that use proc_dointvec() without a range take all of it. */
const INT_MAX = 2 ** 31 - 1;
/** Settings of type `unsigned long` go further in the kernel; numbers here are exact up to this. 8 EiB in KiB are below it. */
const LONG_MAX = Number.MAX_SAFE_INTEGER;

type Range = Pick<SysctlSpec, 'lowest' | 'highest' | 'clears'>;
const range = (lowest: number, highest: number, clears?: SysctlName): Range =>
  clears === undefined ? { lowest, highest } : { lowest, highest, clears };

/**
 * Ranges of the settings that Lifeboat tunes. Where the kernel has a range of its own it is this one, so that what is refused here would be
 * refused there; where it takes any number, values that make no sense are left out (a negative ratio wraps around).
 */
export const SYSCTL_RANGES: Readonly<Record<SysctlName, Range>> = {
  // mm/util.c, overcommit_policy_handler(): SYSCTL_ZERO to SYSCTL_TWO.
  'vm.overcommit_memory': range(0, 2),
  // mm/util.c, overcommit_ratio_handler() and overcommit_kbytes_handler(): each sets the other to 0 on every write.
  'vm.overcommit_ratio': range(0, INT_MAX, 'vm.overcommit_kbytes'),
  'vm.overcommit_kbytes': range(0, LONG_MAX, 'vm.overcommit_ratio'),
  // mm/oom_kill.c, vm_oom_kill_table: SYSCTL_ZERO to SYSCTL_TWO.
  'vm.panic_on_oom': range(0, 2),
  // kernel/panic.c: an int without a range; below 0 restarts at once.
  'kernel.panic': range(-INT_MAX - 1, INT_MAX),
  // mm/oom_kill.c: ints without a range, used as yes or no.
  'vm.oom_kill_allocating_task': range(0, 1),
  'vm.oom_dump_tasks': range(0, 1),
  // mm/vmscan.c: SYSCTL_ZERO to SYSCTL_TWO_HUNDRED. Kernels before 5.8 end at 100 and answer EINVAL above.
  'vm.swappiness': range(0, 200),
  'vm.min_free_kbytes': range(0, INT_MAX),
  'vm.admin_reserve_kbytes': range(0, LONG_MAX),
  'vm.user_reserve_kbytes': range(0, LONG_MAX),
};
