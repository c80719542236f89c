/** A memory cgroup of a built tree. */
export interface FakeCgroup {
  readonly limitBytes?: number;
  readonly usageBytes?: number;
  /** v2. */
  readonly swapLimitBytes?: number;
  /** v1. */
  readonly memswLimitBytes?: number;
  readonly swapUsageBytes?: number;
  /** v1. */
  readonly swappiness?: number;
  readonly inactiveFileBytes?: number;
  readonly activeFileBytes?: number;
  /** Page cache that has to be written first. */
  readonly dirtyBytes?: number;
  readonly writebackBytes?: number;
  /** Locked memory. */
  readonly unevictableBytes?: number;
  /** v2; v1 does not print it. */
  readonly slabReclaimableBytes?: number;
  /** Memory of the kernel that cannot be reclaimed. What is left of the usage is anonymous. */
  readonly kernelBytes?: number;
  /** v2. */
  readonly highBytes?: number;
  /** v2. */
  readonly lowBytes?: number;
  /** v2. */
  readonly minBytes?: number;
  /** v1. */
  readonly softLimitBytes?: number;
  /** v2. */
  readonly oomGroup?: boolean;
  /** v1. */
  readonly oomKillDisable?: boolean;
  /** v1. */
  readonly underOom?: boolean;
  readonly oomKills?: number;
}

function flag(value: boolean | undefined): string {
  return value === true ? '1' : '0';
}

function lines(terms: Readonly<Record<string, number>>): string {
  return Object.entries(terms)
    .map(([key, bytes]) => `${key} ${bytes}\n`)
    .join('');
}

/** The memory files of a cgroup by name. */
export function memoryCgroupTexts(
  cgroup: FakeCgroup,
  version: 1 | 2,
  pageSizeBytes: number,
): Readonly<Record<string, string>> {
  const {
    usageBytes = 0,
    swapUsageBytes = 0,
    inactiveFileBytes = 0,
    activeFileBytes = 0,
    dirtyBytes = 0,
    writebackBytes = 0,
    unevictableBytes = 0,
    slabReclaimableBytes = 0,
    kernelBytes = 0,
    oomKills = 0,
  } = cgroup;
  const onFileLists = inactiveFileBytes + activeFileBytes;
  const anonBytes = Math.max(
    0,
    usageBytes - onFileLists - unevictableBytes - slabReclaimableBytes - kernelBytes,
  );
  if (version === 2) {
    return {
      'memory.max': `${cgroup.limitBytes ?? 'max'}\n`,
      'memory.high': `${cgroup.highBytes ?? 'max'}\n`,
      'memory.low': `${cgroup.lowBytes ?? 0}\n`,
      'memory.min': `${cgroup.minBytes ?? 0}\n`,
      'memory.current': `${usageBytes}\n`,
      'memory.swap.max': `${cgroup.swapLimitBytes ?? 'max'}\n`,
      'memory.swap.current': `${swapUsageBytes}\n`,
      'memory.stat': lines({
        ...{ anon: anonBytes, file: onFileLists, file_dirty: dirtyBytes, file_writeback: writebackBytes },
        ...{ inactive_anon: anonBytes, active_anon: 0 },
        ...{ inactive_file: inactiveFileBytes, active_file: activeFileBytes, unevictable: unevictableBytes },
        slab_reclaimable: slabReclaimableBytes,
      }),
      'memory.oom.group': `${flag(cgroup.oomGroup)}\n`,
      'memory.events': `low 0\nhigh 0\nmax 0\noom ${oomKills}\noom_kill ${oomKills}\noom_group_kill 0\n`,
    };
  }
  const unlimited = 2 ** 63 - pageSizeBytes;
  const figure = (bytes: number): string => `${BigInt(bytes)}\n`;
  return {
    'memory.limit_in_bytes': figure(cgroup.limitBytes ?? unlimited),
    'memory.soft_limit_in_bytes': figure(cgroup.softLimitBytes ?? unlimited),
    'memory.usage_in_bytes': figure(usageBytes),
    'memory.memsw.limit_in_bytes': figure(cgroup.memswLimitBytes ?? unlimited),
    'memory.memsw.usage_in_bytes': figure(usageBytes + swapUsageBytes),
    'memory.swappiness': `${cgroup.swappiness ?? 60}\n`,
    'memory.oom_control': `oom_kill_disable ${flag(cgroup.oomKillDisable)}\nunder_oom ${flag(cgroup.underOom)}\noom_kill ${oomKills}\n`,
    'memory.stat': lines({
      ...{ inactive_file: 0, active_file: 0, swap: 0, dirty: 0 },
      ...{ total_dirty: dirtyBytes, total_writeback: writebackBytes, total_swap: swapUsageBytes },
      ...{ total_inactive_anon: anonBytes, total_active_anon: 0, total_inactive_file: inactiveFileBytes },
      ...{ total_active_file: activeFileBytes, total_unevictable: unevictableBytes },
    }),
  };
}
