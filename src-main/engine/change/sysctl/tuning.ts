import { parseKernelVersion, type KernelVersion } from '#shared/kernel/version.ts';
import { type TuningMachine } from '#shared/kernel/sysctl/effect-context.ts';
import { isWithin } from '#shared/kernel/kill-order/oom-group.ts';
import { sysctlEffects } from '#shared/kernel/sysctl/effects.ts';
import { bootSettings, linesFor } from '#shared/kernel/sysctl/boot.ts';
import { type BootReader, type SysctlDisk } from '#shared/kernel/sysctl/disk.ts';
import { keepObstacles, withKept } from '#shared/kernel/sysctl/kept.ts';
import { nextBootDangers, type BootSettings } from '#shared/kernel/sysctl/next-boot.ts';
import { wayOut } from '#shared/kernel/sysctl/way-out.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { SYSCTL_SPECS } from '#shared/model/sysctl/specs.ts';
import {
  SYSCTL_NAMES,
  type BootDecider,
  type LaterSetter,
  type OnDisk,
  type SysctlChange,
  type SysctlEffect,
  type SysctlName,
  type SysctlState,
} from '#shared/model/sysctl/sysctl.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { readBootTimeMs } from '../../../proc/boot-time.ts';
import { optional } from '../../../proc/fields.ts';
import { type KernelFiles } from '../../../proc/kernel-files.ts';
import { readKernelRelease } from '../../../proc/kernel-release.ts';
import { readSysctlDisk } from '../../../proc/sysctl/files.ts';
import { hostDecides } from '../../../proc/sysctl/host.ts';
import { readLaterSetters, type LaterSetters } from '../../../proc/sysctl/later.ts';
import { tunedReapplies } from '../../../proc/sysctl/tuned.ts';
import { readSysctl } from '../../../proc/sysctl/value.ts';
import { orderOfScope } from '../../watch/order-view.ts';

/** All settings as they are, and what the next boot would read. */
export interface Tuning {
  readonly states: readonly SysctlState[];
  /** Who reads the files at boot. */
  readonly reader: BootReader;
  readonly decidedBy: BootDecider;
  readonly disk: SysctlDisk;
  /** The settings on disk, whether or not they decide in the end. */
  readonly boot: BootSettings;
  /** Absent where the kernel does not say. */
  readonly version?: KernelVersion;
  /** Files that this user may not read: what they set is not known. */
  readonly unreadable: readonly string[];
}

/**
 * Reads every setting and where it comes from. `root` is `''` on this machine. What cannot be read is absent. `later`: what was found before
 * that may set settings after the boot; it is looked for where it is left out.
 */
export function readTuning(files: KernelFiles, root: string, later?: LaterSetters): Tuning {
  const disk = readSysctlDisk(files, root);
  const release = readKernelRelease(files);
  const version = release.ok ? parseKernelVersion(release.value) : undefined;
  const boot = bootSettings(disk, version);
  const decidedBy = hostDecides(files) ? 'host' : 'files';
  const bootMs = readBootTimeMs(files);
  const setters = decidedBy === 'host' ? new Map() : (later ?? readLaterSetters(files, root));
  const reapplies = tunedReapplies(root);
  const states = SYSCTL_NAMES.map((name): SysctlState => {
    const read = readSysctl(files, name);
    const now = read.ok ? read.value : undefined;
    const { value, winner, overridden, ignored } = boot.get(name) ?? { overridden: [], ignored: [] };
    const afterBoot = decidedBy === 'host' ? undefined : value;
    const drifts = now !== undefined && afterBoot !== undefined && now !== afterBoot;
    return {
      spec: SYSCTL_SPECS[name],
      ...optional('now', now),
      ...optional('onDisk', winner),
      overridden,
      unread: disk.unread === undefined ? [] : linesFor([disk.unread], name, disk),
      ignored,
      ...optional('afterBoot', afterBoot),
      decidedBy,
      later: ((setters as LaterSetters).get(name) ?? []).filter((setter) =>
        isLast(setter, winner, reapplies),
      ),
      drifts,
      ...(drifts && isNewer(disk, winner, bootMs) ? { editedAfterBoot: true } : {}),
    };
  });
  return {
    states,
    reader: disk.reader,
    decidedBy,
    disk,
    boot,
    ...optional('version', version),
    unreadable: disk.files.filter(({ isUnreadable }) => isUnreadable === true).map(({ path }) => path),
  };
}

/** tuned loads the files of /etc and /run again after its profile, unless its configuration says not to. */
function isLast({ kind }: LaterSetter, winner: OnDisk | undefined, reapplies: boolean): boolean {
  return kind !== 'tuned' || !reapplies || winner === undefined || !/^\/(etc|run)\//.test(winner.file);
}

/** Whether the file that decides was changed since the machine was started. An older file proves nothing. */
function isNewer({ files }: SysctlDisk, winner: OnDisk | undefined, bootMs: number | undefined): boolean {
  const changedMs = files.find(({ path }) => path === winner?.file)?.changedMs;
  return changedMs !== undefined && bootMs !== undefined && changedMs > bootMs;
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
export function sysctlPreview(
  { states, disk, version }: Pick<Tuning, 'states' | 'disk' | 'version'>,
  machine: TuningMachine,
  changes: readonly SysctlChange[],
): readonly SysctlEffect[] {
  const winners = winnersOver(disk, changes, version);
  const waysOut = changes.flatMap((change) => {
    const found = winners.has(change.name) ? wayOut(disk, change, version) : undefined;
    return found === undefined ? [] : [[change.name, found] as const];
  });
  return sysctlEffects(states, machine, changes, winners, new Map(waysOut));
}

/** Lines of other files that would set something else at the next boot, were these changes kept. */
function winnersOver(
  disk: SysctlDisk,
  changes: readonly SysctlChange[],
  version?: KernelVersion,
): ReadonlyMap<SysctlName, OnDisk> {
  return new Map(
    keepObstacles(disk, changes, version).flatMap(({ name, winner }) =>
      winner === undefined ? [] : [[name, winner] as const],
    ),
  );
}

/** Whether the disk holds anything that may be dangerous; cheap. */
export function mayBeDangerous({ boot, decidedBy }: Pick<Tuning, 'boot' | 'decidedBy'>): boolean {
  const value = (name: SysctlName) => boot.get(name)?.value ?? 0;
  return (
    decidedBy === 'files' &&
    (value('vm.overcommit_memory') === 2 ||
      value('vm.panic_on_oom') !== 0 ||
      boot.get('vm.min_free_kbytes')?.winner !== undefined)
  );
}

/** What the next boot brings that is dangerous, with these changes kept as well; nothing in a container, whose host decides. */
export function bootDangers(
  { disk, states, boot, version, decidedBy }: Tuning,
  machine: TuningMachine,
  changes: readonly SysctlChange[] = [],
): readonly SysctlEffect[] {
  if (decidedBy === 'host') return [];
  const after = changes.length === 0 ? boot : bootSettings(withKept(disk, changes), version);
  return nextBootDangers(after, states, machine);
}
