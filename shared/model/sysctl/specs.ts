import { SYSCTL_RANGES } from './ranges.ts';
import { type SysctlName, type SysctlSpec } from './sysctl.ts';

/** Compiled in. The kernel computes the others at boot from the size of memory. CONFIG_PANIC_TIMEOUT is 0 unless a distribution sets it. */
const DEFAULTS: Readonly<Partial<Record<SysctlName, number>>> = {
  'vm.overcommit_memory': 0,
  'vm.overcommit_ratio': 50,
  'vm.overcommit_kbytes': 0,
  'vm.panic_on_oom': 0,
  'kernel.panic': 0,
  'vm.oom_kill_allocating_task': 0,
  'vm.oom_dump_tasks': 1,
  'vm.swappiness': 60,
};

function specOf(name: SysctlName): SysctlSpec {
  const [area = '', section = ''] = name.split('.');
  const anchor = section.replaceAll('_', '-');
  const value = DEFAULTS[name];
  return {
    name,
    ...SYSCTL_RANGES[name],
    ...(value === undefined ? {} : { default: value }),
    document: `https://docs.kernel.org/admin-guide/sysctl/${area}.html#${anchor}`,
  };
}

/** All that is fixed about the settings that Lifeboat tunes. */
export const SYSCTL_SPECS: Readonly<Record<SysctlName, SysctlSpec>> = {
  'vm.overcommit_memory': specOf('vm.overcommit_memory'),
  'vm.overcommit_ratio': specOf('vm.overcommit_ratio'),
  'vm.overcommit_kbytes': specOf('vm.overcommit_kbytes'),
  'vm.panic_on_oom': specOf('vm.panic_on_oom'),
  'kernel.panic': specOf('kernel.panic'),
  'vm.oom_kill_allocating_task': specOf('vm.oom_kill_allocating_task'),
  'vm.oom_dump_tasks': specOf('vm.oom_dump_tasks'),
  'vm.swappiness': specOf('vm.swappiness'),
  'vm.min_free_kbytes': specOf('vm.min_free_kbytes'),
  'vm.admin_reserve_kbytes': specOf('vm.admin_reserve_kbytes'),
  'vm.user_reserve_kbytes': specOf('vm.user_reserve_kbytes'),
};
