import { SYSCTL_SPECS } from '../../model/sysctl/specs.ts';
import {
  SYSCTL_NAMES,
  type SysctlChange,
  type SysctlPreset,
  type SysctlState,
} from '../../model/sysctl/sysctl.ts';

/**
 * The named sets of values. The order of the changes is the order of the writes: the limit is raised before it counts, the restart is set before
 * the panic.
 */
export const SYSCTL_PRESETS: readonly SysctlPreset[] = [
  {
    id: 'default',
    changes: SYSCTL_NAMES.flatMap((name) => {
      const value = SYSCTL_SPECS[name].default;
      // Writing any kbytes sets the ratio to 0 (mm/util.c); the ratio clears kbytes.
      return value === undefined || name === 'vm.overcommit_kbytes' ? [] : [{ name, value }];
    }),
  },
  {
    id: 'never-promise-more',
    changes: [
      { name: 'vm.overcommit_ratio', value: 100 },
      { name: 'vm.overcommit_memory', value: 2 },
    ],
  },
  {
    id: 'reboot-after-oom',
    changes: [
      { name: 'kernel.panic', value: 10 },
      { name: 'vm.panic_on_oom', value: 1 },
    ],
  },
];

/** The changes of a preset whose values differ from the present ones. Settings that cannot be read are left out. */
export function presetDiff(preset: SysctlPreset, states: readonly SysctlState[]): readonly SysctlChange[] {
  const now = new Map(states.map((state) => [state.spec.name, state.now]));
  return preset.changes.filter(({ name, value }) => {
    const current = now.get(name);
    return current !== undefined && current !== value;
  });
}
