import { SYSCTL_SPECS } from '../../model/sysctl/specs.ts';
import { type SysctlName } from '../../model/sysctl/sysctl.ts';
import { atLeast, type KernelVersion } from '../version.ts';

/**
 * The number that the kernel takes from a text that is written to a sysctl, undefined where it answers EINVAL: decimal, hexadecimal or octal
 * by prefix as in C, a minus sign, what follows after a blank is ignored (kernel/sysctl.c, proc_get_long()).
 */
export function kernelNumber(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^[ \t\n\v\f\r]*(-?)(0x[0-9a-f]+|[0-9]+)(?:[ \t\n]|$)/i.exec(text) ?? [];
  if (digits === '') return undefined;
  const octal = /^0[0-9]+$/.test(digits);
  if (octal && !/^[0-7]+$/.test(digits)) return undefined;
  const value = octal ? parseInt(digits, 8) : Number(digits);
  return sign === '-' && value !== 0 ? -value : value;
}

/** Kernel tables with a range (EINVAL outside). */
const RANGED: ReadonlySet<SysctlName> = new Set([
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'vm.swappiness',
  'vm.min_free_kbytes',
]);
/** Tables of type `unsigned long` (mm/util.c); all others are of type `int`. */
const UNSIGNED_LONG: ReadonlySet<SysctlName> = new Set([
  'vm.overcommit_kbytes',
  'vm.admin_reserve_kbytes',
  'vm.user_reserve_kbytes',
]);
const INT = { lowest: -(2 ** 31), highest: 2 ** 31 - 1 } as const;
const ULONG = { lowest: 0, highest: 2 ** 64 } as const;

/** What this kernel takes: vm.swappiness ended at 100 before 5.8 (mm/vmscan.c). */
export function kernelRange(name: SysctlName, version: KernelVersion) {
  const { lowest, highest } = SYSCTL_SPECS[name];
  const ends = name === 'vm.swappiness' && !atLeast(version, 5, 8) ? 100 : highest;
  return { lowest, highest: ends } as const;
}

/**
 * The number that a setting has after a text was written to it, undefined where the kernel refuses the text and the old value stays. Without a
 * version, as the latest kernels do it.
 */
export function acceptedNumber(
  name: SysctlName,
  text: string,
  version: KernelVersion = LATEST,
): number | undefined {
  const number = kernelNumber(text);
  if (number === undefined) return undefined;
  const { lowest, highest } = RANGED.has(name)
    ? kernelRange(name, version)
    : UNSIGNED_LONG.has(name)
      ? ULONG
      : INT;
  return number < lowest || number > highest ? undefined : number;
}

const LATEST: KernelVersion = { major: 99, minor: 0, patch: 0 };
