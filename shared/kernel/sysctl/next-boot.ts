import {
  type OnDisk,
  type SysctlEffect,
  type SysctlName,
  type SysctlState,
} from '../../model/sysctl/sysctl.ts';
import { promisableBytes } from './commit-effects.ts';
import { danger, type TuningMachine, type Values } from './effect-context.ts';
import { type BootSetting } from './boot.ts';

/** Share of memory kept free for the kernel above which programs hardly have any. */
const STARVING_SHARE = 0.5;
const COMMIT_NAMES: readonly SysctlName[] = [
  'vm.overcommit_memory',
  'vm.overcommit_ratio',
  'vm.overcommit_kbytes',
  'vm.admin_reserve_kbytes',
];

/** What the disk holds, by name: what `bootSettings` says. */
export type BootSettings = ReadonlyMap<SysctlName, BootSetting>;

/** What the next boot brings that may leave a machine which does not come up, hangs, or refuses every request. */
export function nextBootDangers(
  boot: BootSettings,
  states: readonly Pick<SysctlState, 'spec' | 'now'>[],
  machine: TuningMachine,
): readonly SysctlEffect[] {
  const values = valuesAfterBoot(boot, states);
  const lines = (...names: readonly SysctlName[]) => linesOf(boot, names);
  const dangers: SysctlEffect[] = [];
  if (values.get('vm.overcommit_memory') === 2) {
    const limitBytes = promisableBytes(machine, values);
    const { chargeBytes } = machine;
    if (limitBytes <= chargeBytes) {
      dangers.push({
        name: 'vm.overcommit_memory',
        ...danger({ kind: 'boot-breaks', chargeBytes, limitBytes, lines: lines(...COMMIT_NAMES) }),
      });
    }
  }
  if ((values.get('vm.panic_on_oom') ?? 0) !== 0 && (values.get('kernel.panic') ?? 0) === 0) {
    const where = lines('vm.panic_on_oom', 'kernel.panic');
    if (where.length > 0)
      dangers.push({ name: 'vm.panic_on_oom', ...danger({ kind: 'boot-hangs', lines: where }) });
  }
  const bytes = (boot.get('vm.min_free_kbytes')?.value ?? 0) * 1024;
  const { totalBytes } = machine;
  if (totalBytes > 0 && bytes > totalBytes * STARVING_SHARE) {
    const where = lines('vm.min_free_kbytes');
    dangers.push({
      name: 'vm.min_free_kbytes',
      ...danger({ kind: 'boot-starves', bytes, totalBytes, lines: where }),
    });
  }
  return dangers;
}

/** What the kernel computes at boot is as it is now, as long as it was not changed. */
function valuesAfterBoot(boot: BootSettings, states: readonly Pick<SysctlState, 'spec' | 'now'>[]): Values {
  return new Map(
    states.flatMap(({ spec: { name }, now }) => {
      const value = boot.get(name)?.value ?? now;
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function linesOf(boot: BootSettings, names: readonly SysctlName[]): readonly OnDisk[] {
  const found = names.flatMap((name) => boot.get(name)?.winner ?? []);
  return found.filter(
    ({ file, line }, index) =>
      found.findIndex((other) => other.file === file && other.line === line) === index,
  );
}
