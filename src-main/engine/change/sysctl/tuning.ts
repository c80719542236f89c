import { type TuningMachine } from '#shared/kernel/sysctl/effect-context.ts';
import { isWithin } from '#shared/kernel/kill-order/oom-group.ts';
import { sysctlEffects } from '#shared/kernel/sysctl/effects.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl-specs.ts';
import {
  SYSCTL_NAMES,
  type OnDisk,
  type SysctlChange,
  type SysctlEffect,
  type SysctlName,
  type SysctlState,
} from '#shared/model/sysctl.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { optional } from '../../../proc/fields.ts';
import { type KernelFiles } from '../../../proc/kernel-files.ts';
import { bootSettings, linesFor, withKept } from '../../../proc/sysctl/boot.ts';
import { KEPT_FILE, readSysctlDisk, type BootReader, type SysctlDisk } from '../../../proc/sysctl/files.ts';
import { readSysctl } from '../../../proc/sysctl/value.ts';
import { orderOfScope } from '../../watch/order-view.ts';

/** All settings as they are, and what the next boot would read. */
export interface Tuning {
  readonly states: readonly SysctlState[];
  /** Who reads the files at boot. */
  readonly reader: BootReader;
  readonly disk: SysctlDisk;
}

/** Reads every setting and where it comes from. `root` is `''` on this machine. What cannot be read is absent. */
export function readTuning(files: KernelFiles, root: string): Tuning {
  const disk = readSysctlDisk(files, root);
  const boot = bootSettings(disk);
  const states = SYSCTL_NAMES.map((name): SysctlState => {
    const read = readSysctl(files, name);
    const now = read.ok ? read.value : undefined;
    const { value, winner, overridden } = boot.get(name) ?? { overridden: [] };
    return {
      spec: SYSCTL_SPECS[name],
      ...optional('now', now),
      ...optional('onDisk', winner),
      overridden,
      unread: disk.unread === undefined ? [] : linesFor([disk.unread], name),
      ...optional('afterBoot', value),
      drifts: now !== undefined && value !== undefined && now !== value,
    };
  });
  return { states, reader: disk.reader, disk };
}

/** Whether Lifeboat's own file has a line for a setting. */
export function isKept({ disk }: Tuning, name: SysctlName): boolean {
  const own = disk.files.filter(({ path }) => path === KEPT_FILE);
  return linesFor(own, name).length > 0;
}

/** The numbers of the machine that decide what a setting brings. */
export function tuningMachine(snapshot: Snapshot): TuningMachine {
  const { host, memory, processes, cgroups } = snapshot;
  const { meminfo } = memory;
  const order = orderOfScope(snapshot, GLOBAL_SCOPE, 1);
  const first = order.ok ? order.value.order.places[0]?.task.pid : undefined;
  const limited = [...cgroups.values()].filter(
    ({ limitBytes, path }) =>
      limitBytes !== undefined && processes.some(({ cgroup }) => isWithin(cgroup, path)),
  );
  return {
    version: host.version,
    pageSizeBytes: host.pageSizeBytes,
    totalBytes: meminfo.memTotalBytes,
    availableBytes: memory.state.availableBytes,
    hugetlbBytes: meminfo.hugetlbBytes,
    swapBytes: meminfo.swapTotalBytes,
    chargeBytes: meminfo.committedBytes,
    cgroupsWithLimit: limited.length,
    ...optional('next', processes.find(({ pid }) => pid === first)?.name),
  };
}

/** What changes would bring now, and whether they would last if they were kept. */
export function previewSysctls(
  { states, disk }: Tuning,
  machine: TuningMachine,
  changes: readonly SysctlChange[],
): readonly SysctlEffect[] {
  return sysctlEffects(states, machine, changes, winnersOver(disk, changes));
}

/** Lines that would set something else at the next boot, were these changes kept. */
export function winnersOver(
  disk: SysctlDisk,
  changes: readonly SysctlChange[],
): ReadonlyMap<SysctlName, OnDisk> {
  const boot = bootSettings(withKept(disk, changes));
  return new Map(
    changes.flatMap(({ name, value }) => {
      const { value: after, winner } = boot.get(name) ?? {};
      return after === value || winner === undefined ? [] : [[name, winner] as const];
    }),
  );
}
