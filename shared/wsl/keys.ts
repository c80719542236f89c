import { asciiLower } from './values.ts';

/** The two files: `.wslconfig` in the Windows profile, for all distributions; `/etc/wsl.conf` in one distribution. */
export type WslFileKind = 'wslconfig' | 'wsl.conf';

/** How WSL reads a value. `keyword` is one of `keywords`, without case. */
export type WslValueType =
  'size' | 'integer' | 'boolean' | 'text' | 'path' | 'keyword' | 'ports' | 'ip' | 'mac';

/** A key that WSL knows. */
export interface WslKey {
  readonly section: string;
  readonly key: string;
  readonly type: WslValueType;
  /** As WSL and its documentation spell them. */
  readonly keywords?: readonly string[];
  /** Sections where it stood earlier, and is still read as the same key. */
  readonly alsoIn?: readonly string[];
}

const NETWORKING = ['nat', 'mirrored', 'none', 'bridged', 'consomme', 'virtioproxy'];

/** Keys of one type in one section. */
const keys = (section: string, type: WslValueType, names: string): readonly WslKey[] =>
  names.split(' ').map((key) => ({ section, key, type }));
const experimentalToo = (of: readonly WslKey[]): readonly WslKey[] =>
  of.map((key) => ({ ...key, alsoIn: ['experimental'] }));

/** src/windows/common/WslCoreConfig.cpp and .h of 2.9.4 and main. */
const WSLCONFIG: readonly WslKey[] = [
  ...keys('wsl2', 'size', 'memory swap defaultVhdSize'),
  ...keys('wsl2', 'integer', 'processors kernelDebugPort vmIdleTimeout kernelBootTimeout'),
  ...keys('wsl2', 'integer', 'distributionStartTimeout mountDeviceTimeout dhcpTimeout maxCrashDumpCount'),
  ...keys('wsl2', 'boolean', 'debugConsole earlyBootLogging localhostForwarding nestedVirtualization'),
  ...keys('wsl2', 'boolean', 'virtio9p virtiofs gpuSupport guiApplications telemetry virtio'),
  ...keys('wsl2', 'boolean', 'hostFileSystemAccess hardwarePerformanceCounters dhcp ipv6 dnsProxy safeMode'),
  ...keys('wsl2', 'boolean', 'loadDefaultKernelModules isolateDistroCgroup'),
  ...keys('wsl2', 'path', 'kernel kernelModules swapFile systemDistro debugConsoleLogFile crashDumpFolder'),
  ...keys('wsl2', 'text', 'kernelCommandLine vmSwitch loadKernelModules'),
  ...keys('wsl2', 'mac', 'macAddress'),
  ...experimentalToo([{ section: 'wsl2', key: 'networkingMode', type: 'keyword', keywords: NETWORKING }]),
  ...experimentalToo(keys('wsl2', 'boolean', 'dnsTunneling firewall autoProxy')),
  ...keys('general', 'path', 'distributionInstallPath'),
  ...keys('general', 'integer', 'instanceIdleTimeout'),
  {
    section: 'experimental',
    key: 'autoMemoryReclaim',
    type: 'keyword',
    keywords: ['gradual', 'dropCache', 'disabled'],
  },
  ...keys('experimental', 'boolean', 'sparseVhd bestEffortDnsParsing hostAddressLoopback setVersionDebug'),
  ...keys('experimental', 'boolean', 'virtioFsAggregateShares'),
  ...keys('experimental', 'integer', 'initialAutoProxyTimeout'),
  ...keys('experimental', 'size', 'swiotlb'),
  ...keys('experimental', 'ip', 'dnsTunnelingIpAddress'),
  ...keys('experimental', 'ports', 'ignoredPorts'),
];

/** src/linux/init/WslDistributionConfig.cpp. Its paths are Linux paths: any text. */
const WSL_CONF: readonly WslKey[] = [
  ...keys('automount', 'boolean', 'enabled mountFsTab ldconfig'),
  ...keys('automount', 'text', 'root options'),
  { section: 'automount', key: 'cgroups', type: 'keyword', keywords: ['v1', 'v2'] },
  ...keys('filesystem', 'integer', 'umask'),
  ...keys('interop', 'boolean', 'enabled appendWindowsPath'),
  ...keys('network', 'boolean', 'generateHosts generateResolvConf'),
  ...keys('network', 'text', 'hostname'),
  ...keys('time', 'boolean', 'useWindowsTimezone'),
  ...keys('fileServer', 'boolean', 'enabled logTruncate'),
  ...keys('fileServer', 'text', 'logFile'),
  ...keys('fileServer', 'integer', 'logLevel'),
  ...keys('gpu', 'boolean', 'enabled appendLibPath'),
  ...keys('user', 'text', 'default'),
  ...keys('boot', 'text', 'command'),
  ...keys('boot', 'boolean', 'systemd protectBinfmt'),
  ...keys('boot', 'integer', 'initTimeout'),
  ...keys('general', 'boolean', 'guiApplications'),
];

/** The keys of one file, and how to find them. */
export interface WslKeyTable {
  readonly kind: WslFileKind;
  readonly all: readonly WslKey[];
  readonly sections: readonly string[];
  /** By `section.key`, without case. */
  find(name: string): WslKey | undefined;
  /** The section as it is spelled; undefined for an unknown one. */
  section(name: string): string | undefined;
  /** The keys of this name in any section. */
  named(key: string): readonly WslKey[];
}

function tableOf(kind: WslFileKind, all: readonly WslKey[]): WslKeyTable {
  const byName = new Map<string, WslKey>();
  const byKey = new Map<string, WslKey[]>();
  for (const key of all) {
    for (const section of [key.section, ...(key.alsoIn ?? [])])
      byName.set(asciiLower(`${section}.${key.key}`), key);
    const lower = asciiLower(key.key);
    byKey.set(lower, [...(byKey.get(lower) ?? []), key]);
  }
  const sections = [...new Set(all.map(({ section }) => section))];
  const bySection = new Map(sections.map((section) => [asciiLower(section), section]));
  return {
    kind,
    all,
    sections,
    find: (name) => byName.get(asciiLower(name)),
    section: (name) => bySection.get(asciiLower(name)),
    named: (key) => byKey.get(asciiLower(key)) ?? [],
  };
}

/** What WSL knows of each file. */
export const WSL_KEYS: Readonly<Record<WslFileKind, WslKeyTable>> = {
  wslconfig: tableOf('wslconfig', WSLCONFIG),
  'wsl.conf': tableOf('wsl.conf', WSL_CONF),
};
