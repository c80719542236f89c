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
    oomKills = 0,
  } = cgroup;
  if (version === 2) {
    return {
      'memory.max': `${cgroup.limitBytes ?? 'max'}\n`,
      'memory.high': `${cgroup.highBytes ?? 'max'}\n`,
      'memory.low': `${cgroup.lowBytes ?? 0}\n`,
      'memory.min': `${cgroup.minBytes ?? 0}\n`,
      'memory.current': `${usageBytes}\n`,
      'memory.swap.max': `${cgroup.swapLimitBytes ?? 'max'}\n`,
      'memory.swap.current': `${swapUsageBytes}\n`,
      'memory.stat': `anon 0\nfile 0\ninactive_file ${inactiveFileBytes}\nactive_file ${activeFileBytes}\n`,
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
    'memory.stat': `inactive_file 0\nactive_file 0\nswap 0\ntotal_inactive_file ${inactiveFileBytes}\ntotal_active_file ${activeFileBytes}\ntotal_swap ${swapUsageBytes}\n`,
  };
}
