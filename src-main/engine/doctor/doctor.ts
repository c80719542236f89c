import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { finding, type DoctorFinding, type DoctorReport } from '#shared/contract/doctor.ts';
import { atLeast } from '#shared/kernel/version.ts';
import { counterLagPages } from '#shared/kernel/badness/precision.ts';
import { forecastsFared } from '#shared/forecast/fared.ts';
import { type RecordedAlert } from '#shared/model/alert.ts';
import { type Killer } from '#shared/model/killer.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { withDescriptor } from '../../proc/descriptors.ts';
import { type Containers } from '../../containers/registry.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { hasLxcfsMeminfo, procOptions, readMountinfo, type Mount } from '../../proc/mountinfo.ts';
import { readMemoryNodeCount } from '../../proc/online.ts';
import { readPidStatus } from '../../proc/pid/status.ts';
import { readPressure } from '../../proc/pressure.ts';
import { readSwaps } from '../../proc/swaps.ts';
import { readSysctl } from '../../proc/sysctl/value.ts';
import { detectWsl, isInContainer } from '../../proc/surroundings.ts';
import { engines } from './engines.ts';
import { nextBoot } from './next-boot.ts';

/** What the doctor asks besides /proc and /sys. */
export interface DoctorOptions {
  readonly files: KernelFiles;
  readonly kept: { readonly processes: number; readonly descriptors: number };
  /** /dev/kmsg, or a stand-in for it. */
  readonly kmsgPath?: string;
  /** Whether the page of the window is sandboxed; absent where there is no window. */
  readonly pageSandbox?: boolean;
  /** The programs that kill before the kernel does; absent: none. */
  readonly killers?: readonly Killer[];
  /** The containers of this machine; absent: there are none. */
  readonly containers?: Pick<Containers, 'all' | 'access'>;
  /** What was recorded, as far as it is known: absent where there is no record. */
  readonly alerts?: readonly RecordedAlert[];
}

/** include/uapi/linux/capability.h. */
const CAP_SYS_PTRACE = 19n;
const CAP_SYS_ADMIN = 21n;
const CAP_SYS_RESOURCE = 24n;
/** Below this share of CommitLimit, mode 2 is about to refuse. */
const COMMIT_NEARLY_GONE = 0.05;
/** The newest kernel whose source was read. */
const NEWEST_READ = { major: 7, minor: 0 } as const;

/** Looks at everything that bears on the answers. */
export function examine(snapshot: Snapshot, options: DoctorOptions): DoctorReport {
  const { files } = options;
  const mountinfo = readMountinfo(files);
  const mounts = mountinfo.ok ? mountinfo.value : [];
  // Not by pid: /proc may be that of another pid namespace.
  const own = readPidStatus(files, 'self', snapshot.host.pageSizeBytes);
  const has = (bit: bigint) => own.ok && (own.value.capEff & (1n << bit)) !== 0n;
  return {
    timeMs: snapshot.timeMs,
    findings: [
      kernel(snapshot),
      formula(snapshot),
      counters(snapshot),
      cgroup(snapshot),
      psi(files),
      swap(files, snapshot),
      overcommit(files, snapshot),
      panic(files),
      allocatingTask(files),
      ...nextBoot(files, snapshot),
      hidepid(mounts, mountinfo.ok, has(CAP_SYS_PTRACE)),
      pidNamespace(snapshot),
      dmesg(files, options.kmsgPath ?? '/dev/kmsg'),
      capabilities(has(CAP_SYS_RESOURCE), has(CAP_SYS_ADMIN)),
      numa(files),
      killers(options.killers ?? []),
      forecasts(options.alerts ?? [], snapshot.timeMs),
      wsl(files),
      container(files, snapshot),
      engines(options.containers ?? { all: () => [], access: () => [] }),
      finding('lxcfs', hasLxcfsMeminfo(mounts) ? 'faked' : 'no', ''),
      descriptors(options.kept),
      ...pageSandbox(options),
    ],
  };
}

function kernel({ host }: Snapshot): DoctorFinding {
  if (!atLeast(host.version, 2, 6, 36)) return finding('kernel', 'too-old', host.release);
  const newer = atLeast(host.version, NEWEST_READ.major, NEWEST_READ.minor + 1);
  return finding('kernel', newer ? 'newer' : 'known', host.release);
}

function formula({ rules, formulaEvidence }: Snapshot): DoctorFinding {
  const value = `${rules.formula} and later`;
  switch (formulaEvidence) {
    case 'confirmed':
      return finding('formula', 'confirmed', value);
    case 'behaviour':
      return finding('formula', 'behaviour', value);
    case 'version':
      return finding('formula', 'version', value);
    case 'contradicted':
      return finding('formula', 'contradicted', value);
  }
}

function counters({ counters: mode, host }: Snapshot): DoctorFinding {
  switch (mode) {
    case 'same':
      return finding('counters', 'same', '');
    case 'exact':
      return finding('counters', 'exact', '');
    case 'lagging':
      return finding('counters', 'approximate', `up to ${counterLagPages(host.cpuCount)} pages of swap`);
  }
}

function cgroup({ host }: Snapshot): DoctorFinding {
  const { version, memoryRoot, unifiedMountPoint, memoryMountPoint } = host.cgroups;
  if (version === undefined) {
    return unifiedMountPoint === undefined
      ? finding('cgroup', 'none', '')
      : finding('cgroup', 'no-memory-controller', unifiedMountPoint);
  }
  const value = `v${version} at ${memoryMountPoint ?? ''}`;
  if (memoryRoot !== undefined && memoryRoot !== '/') return finding('cgroup', 'namespaced', value);
  if (version === 2) return finding('cgroup', 'v2', value);
  return finding('cgroup', unifiedMountPoint === undefined ? 'v1' : 'hybrid', value);
}

function psi(files: KernelFiles): DoctorFinding {
  const read = readPressure(files);
  if (read.ok) return finding('psi', 'present', `some ${read.value.some10}%, full ${read.value.full10}%`);
  const isOff = read.why === 'missing' || read.errno === 'EOPNOTSUPP';
  if (isOff && detectWsl(files) === 2) return finding('psi', 'wsl', '');
  if (read.why === 'missing') return finding('psi', 'missing', '');
  return finding('psi', read.errno === 'EOPNOTSUPP' ? 'disabled' : 'unreadable', read.errno ?? read.why);
}

function swap(files: KernelFiles, { memory }: Snapshot): DoctorFinding {
  if (memory.state.swap === undefined) return finding('swap', 'none', '');
  const read = readSwaps(files);
  if (!read.ok || read.value.length === 0) return finding('swap', 'unknown', '');
  const zram = read.value.filter(({ path }) => /^\/dev\/zram\d+$/.test(path)).length;
  const value = read.value.map(({ path }) => path).join(', ');
  if (zram === 0) return finding('swap', 'disk', value);
  return finding('swap', zram === read.value.length ? 'zram' : 'mixed', value);
}

function overcommit(files: KernelFiles, { memory }: Snapshot): DoctorFinding {
  const read = readSysctl(files, 'vm.overcommit_memory');
  if (!read.ok) return finding('overcommit', 'unreadable', read.errno ?? read.why);
  const value = read.value.toString();
  if (read.value === 1) return finding('overcommit', 'always', value);
  if (read.value !== 2) return finding('overcommit', 'guess', value);
  const { chargeBytes, limitBytes } = memory.state.commit;
  const exhausted = limitBytes - chargeBytes < COMMIT_NEARLY_GONE * limitBytes;
  return finding('overcommit', exhausted ? 'never-exhausted' : 'never', value);
}

function panic(files: KernelFiles): DoctorFinding {
  const read = readSysctl(files, 'vm.panic_on_oom');
  if (!read.ok) return finding('panic', 'unreadable', read.errno ?? read.why);
  const value = read.value.toString();
  return finding('panic', read.value === 0 ? 'kills' : read.value === 1 ? 'panics' : 'panics-always', value);
}

function allocatingTask(files: KernelFiles): DoctorFinding {
  const read = readSysctl(files, 'vm.oom_kill_allocating_task');
  if (!read.ok) return finding('allocating-task', 'unreadable', read.errno ?? read.why);
  return finding('allocating-task', read.value === 0 ? 'scored' : 'allocating', read.value.toString());
}

function hidepid(mounts: readonly Mount[], readable: boolean, seesAll: boolean): DoctorFinding {
  const options = procOptions(mounts);
  if (!readable || options === undefined) return finding('hidepid', 'unreadable', '');
  const value = `hidepid=${options.hidePid}`;
  if (options.hidePid === 0) return finding('hidepid', 'off', value);
  if (seesAll) return finding('hidepid', 'exempt', value);
  return finding('hidepid', options.hidePid === 1 ? 'contents' : 'invisible', value);
}

function pidNamespace({ host }: Snapshot): DoctorFinding {
  return finding('pid-namespace', host.initialPidNamespace ? 'initial' : 'nested', '');
}

function dmesg(files: KernelFiles, kmsgPath: string): DoctorFinding {
  if (!existsSync(kmsgPath)) return finding('dmesg', 'missing', kmsgPath);
  try {
    closeSync(withDescriptor(() => openSync(kmsgPath, constants.O_RDONLY | constants.O_NONBLOCK)));
    return finding('dmesg', 'readable', kmsgPath);
  } catch {
    const restrict = readSysctl(files, 'kernel.dmesg_restrict');
    return restrict.ok && restrict.value !== 0
      ? finding('dmesg', 'restricted', 'kernel.dmesg_restrict=1')
      : finding('dmesg', 'denied', kmsgPath);
  }
}

function capabilities(sysResource: boolean, sysAdmin: boolean): DoctorFinding {
  const isRoot = process.geteuid?.() === 0;
  if (sysResource && sysAdmin) return finding('capabilities', 'both', isRoot ? 'root' : '');
  if (sysResource) return finding('capabilities', 'sys-resource', 'CAP_SYS_RESOURCE');
  if (sysAdmin) return finding('capabilities', 'sys-admin', 'CAP_SYS_ADMIN without CAP_SYS_RESOURCE');
  return finding('capabilities', isRoot ? 'root-without' : 'none', '');
}

function numa(files: KernelFiles): DoctorFinding {
  const nodes = readMemoryNodeCount(files);
  if (!nodes.ok) return finding('numa', 'unreadable', nodes.errno ?? nodes.why);
  return finding('numa', nodes.value > 1 ? 'several' : 'single', nodes.value.toString());
}

function killers(found: readonly Killer[]): DoctorFinding {
  const [first] = found;
  if (first === undefined) return finding('killers', 'none', '');
  const value = found.map(
    ({ name, pid, version }) => `${name} ${version ?? ''}${version === undefined ? '' : ' '}${pid}`,
  );
  const each = finding('killers', found.length > 1 ? 'several' : first.name, value.join(', '));
  return { ...each, killers: found };
}

function wsl(files: KernelFiles): DoctorFinding {
  const found = detectWsl(files);
  return finding('wsl', found === undefined ? 'no' : found === 1 ? 'wsl1' : 'wsl2', '');
}

function container(files: KernelFiles, { host }: Snapshot): DoctorFinding {
  if (!isInContainer(files)) return finding('container', 'no', '');
  return finding('container', host.initialPidNamespace ? 'host-view' : 'isolated', '');
}

function descriptors({ processes, descriptors: kept }: DoctorOptions['kept']): DoctorFinding {
  return finding('descriptors', kept < processes ? 'tight' : 'enough', `${kept} of ${processes}`);
}

function pageSandbox({ pageSandbox: isOn }: DoctorOptions): readonly DoctorFinding[] {
  return isOn === undefined ? [] : [finding('page-sandbox', isOn ? 'on' : 'off', isOn ? '' : '--no-sandbox')];
}

/** Fewer than this say nothing. */
const TELLING_FORECASTS = 4;
const MOSTLY = 0.75;

function forecasts(alerts: readonly RecordedAlert[], nowMs: number): DoctorFinding {
  const { right, wrong, unfollowed } = forecastsFared(alerts, nowMs);
  const followed = right + wrong;
  if (followed + unfollowed === 0) return finding('forecasts', 'none', '');
  const value = `${right} of ${followed} right, ${unfollowed} without a kill`;
  if (followed < TELLING_FORECASTS) return finding('forecasts', 'few', value);
  return finding('forecasts', right >= MOSTLY * followed ? 'mostly' : 'poorly', value);
}
