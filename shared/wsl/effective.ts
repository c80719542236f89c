/** What of .wslconfig touches memory; undefined where the default holds. Sizes are as WSL uses them, after its limits. */
export interface WslconfigValues {
  readonly memoryBytes: number | undefined;
  readonly swapBytes: number | undefined;
  readonly swapFile: string | undefined;
  readonly processors: number | undefined;
  readonly autoMemoryReclaim: 'gradual' | 'dropCache' | 'disabled' | undefined;
  readonly swiotlbBytes: number | undefined;
  readonly vmIdleTimeoutMs: number | undefined;
  readonly instanceIdleTimeoutMs: number | undefined;
  readonly safeMode: boolean | undefined;
  readonly kernelCommandLine: string | undefined;
  readonly nestedVirtualization: boolean | undefined;
  readonly guiApplications: boolean | undefined;
  readonly sparseVhd: boolean | undefined;
  readonly defaultVhdSizeBytes: number | undefined;
}

/** What of wsl.conf bears on memory and on the way to Windows; undefined where the default holds. */
export interface WslConfValues {
  readonly cgroups: 'v1' | 'v2' | undefined;
  readonly systemd: boolean | undefined;
  readonly command: string | undefined;
  readonly protectBinfmt: boolean | undefined;
  readonly appendWindowsPath: boolean | undefined;
  readonly automountRoot: string | undefined;
}

/** A value that WSL accepted: bytes for a size, the keyword as it is spelled. */
export type AcceptedValue = bigint | number | boolean | string;

/** The values that WSL accepted, by `section.key` as it is spelled. */
export type AcceptedValues = ReadonlyMap<string, AcceptedValue>;

/** WSL's own least size of the VM. */
export const LEAST_MEMORY_BYTES = 256 * 2 ** 20;
/** The VM has whole pairs of MiB. */
const MEMORY_STEP_BYTES = 2 * 2 ** 20;
/** The size that stands for the default of swap: UINT64_MAX. */
export const DEFAULT_SWAP = 2n ** 64n - 1n;

/** Config::Initialize() of src/windows/common/WslCoreConfig.cpp, as far as memory goes. */
export function wslconfigValues(
  accepted: AcceptedValues,
  windowsRamBytes: number | undefined,
): WslconfigValues {
  const safeMode = booleanOf(accepted, 'wsl2.safeMode');
  const isSafe = safeMode === true;
  const memory = sizeOf(accepted, 'wsl2.memory');
  const swap = sizeOf(accepted, 'wsl2.swap');
  const swiotlb = sizeOf(accepted, 'experimental.swiotlb');
  const processors = numberOf(accepted, 'wsl2.processors');
  const swapFile = textOf(accepted, 'wsl2.swapFile');
  const noVirtio = isSafe || booleanOf(accepted, 'wsl2.virtio') === false;
  return {
    memoryBytes: memory === undefined || memory === 0n ? undefined : vmMemory(memory, windowsRamBytes),
    swapBytes: isSafe ? 0 : swap === undefined || swap === DEFAULT_SWAP ? undefined : Number(swap),
    swapFile: swapFile === undefined || swapFile === '' ? undefined : withExtension(swapFile),
    processors: processors === undefined || processors <= 0 ? undefined : processors,
    autoMemoryReclaim: textOf(
      accepted,
      'experimental.autoMemoryReclaim',
    ) as WslconfigValues['autoMemoryReclaim'],
    swiotlbBytes: swiotlb === undefined || swiotlb === 0n ? undefined : noVirtio ? 0 : Number(swiotlb),
    vmIdleTimeoutMs: numberOf(accepted, 'wsl2.vmIdleTimeout'),
    instanceIdleTimeoutMs: numberOf(accepted, 'general.instanceIdleTimeout'),
    safeMode,
    kernelCommandLine: textOf(accepted, 'wsl2.kernelCommandLine') || undefined,
    nestedVirtualization: isSafe ? false : booleanOf(accepted, 'wsl2.nestedVirtualization'),
    guiApplications: isSafe ? false : booleanOf(accepted, 'wsl2.guiApplications'),
    sparseVhd: booleanOf(accepted, 'experimental.sparseVhd'),
    defaultVhdSizeBytes: toNumber(sizeOf(accepted, 'wsl2.defaultVhdSize')),
  };
}

/** WslDistributionConfig of src/linux/init. */
export function wslConfValues(accepted: AcceptedValues): WslConfValues {
  const root = textOf(accepted, 'automount.root');
  return {
    cgroups: textOf(accepted, 'automount.cgroups') as WslConfValues['cgroups'],
    systemd: booleanOf(accepted, 'boot.systemd'),
    command: textOf(accepted, 'boot.command'),
    protectBinfmt: booleanOf(accepted, 'boot.protectBinfmt'),
    appendWindowsPath: booleanOf(accepted, 'interop.appendWindowsPath'),
    // An empty prefix becomes the root folder.
    automountRoot: root === '' ? '/' : root,
  };
}

/** At least 256 MiB, at most all of Windows' memory, then down to an even number of MiB. */
function vmMemory(asked: bigint, ramBytes: number | undefined): number {
  const least = asked < BigInt(LEAST_MEMORY_BYTES) ? LEAST_MEMORY_BYTES : Number(asked);
  const most = ramBytes === undefined ? least : Math.min(least, ramBytes);
  return most - (most % MEMORY_STEP_BYTES);
}

/** WSL adds .vhdx unless the path ends in it. */
function withExtension(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
  return name.length > '.vhdx'.length && /\.vhdx$/i.test(name) ? path : `${path}.vhdx`;
}

const toNumber = (size: bigint | undefined) => (size === undefined ? undefined : Number(size));

function sizeOf(accepted: AcceptedValues, name: string): bigint | undefined {
  const value = accepted.get(name);
  return typeof value === 'bigint' ? value : undefined;
}

function numberOf(accepted: AcceptedValues, name: string): number | undefined {
  const value = accepted.get(name);
  return typeof value === 'number' ? value : undefined;
}

function booleanOf(accepted: AcceptedValues, name: string): boolean | undefined {
  const value = accepted.get(name);
  return typeof value === 'boolean' ? value : undefined;
}

function textOf(accepted: AcceptedValues, name: string): string | undefined {
  const value = accepted.get(name);
  return typeof value === 'string' ? value : undefined;
}
