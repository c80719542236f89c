import { HOST_FILES, type KernelFiles, readText } from '../kernel-files.ts';
import { type Mount } from '../mountinfo.ts';

/** Where the memory controller of one version is mounted: what the readers of memory-cgroup.ts need. */
export interface MemoryMount {
  readonly version: 1 | 2;
  readonly mountPoint: string;
}

/** Where the cgroup hierarchies are. */
export interface CgroupMounts {
  /** The version of cgroups that has the memory controller; undefined when neither has, or none is mounted. */
  readonly version: 1 | 2 | undefined;
  /** Of the hierarchy with the memory controller; absent without one, as are the next two. */
  readonly memoryMountPoint?: string;
  /** Which folder of the hierarchy is mounted: `/`, or in a container with a bind mount the container's own. */
  readonly memoryRoot?: string;
  readonly unifiedMountPoint?: string;
}

/** Of several mounts of one hierarchy the one that shows most of it. */
function widest(mounts: readonly Mount[]): Mount | undefined {
  return mounts.find(({ root }) => root === '/') ?? mounts[0];
}

/**
 * Finds the memory controller. A v1 mount of it settles the matter, since a controller is in one hierarchy at a time; v2 counts only
 * where its root has the controller: in systemd's hybrid mode the unified hierarchy is there and has none. `controllersOf` gives the
 * text of cgroup.controllers at a mount point.
 */
export function findCgroupMounts(
  mounts: readonly Mount[],
  controllersOf: (mountPoint: string) => string | undefined,
): CgroupMounts {
  const legacy = widest(
    mounts.filter(({ fsType, superOptions }) => fsType === 'cgroup' && superOptions.includes('memory')),
  );
  const unified = widest(mounts.filter(({ fsType }) => fsType === 'cgroup2'));
  const unifiedHasMemory =
    unified !== undefined && (controllersOf(unified.mountPoint) ?? '').trim().split(' ').includes('memory');
  const memory = legacy ?? (unifiedHasMemory ? unified : undefined);
  return {
    version: memory === undefined ? undefined : memory === legacy ? 1 : 2,
    ...(memory === undefined ? {} : { memoryMountPoint: memory.mountPoint, memoryRoot: memory.root }),
    ...(unified === undefined ? {} : { unifiedMountPoint: unified.mountPoint }),
  };
}

/** mountinfo tells where things are on the machine; a tree that stands for /sys has them below its own root. */
function located(files: KernelFiles, mountPoint: string): string {
  return mountPoint.startsWith(`${HOST_FILES.sys}/`)
    ? `${files.sys}${mountPoint.slice(HOST_FILES.sys.length)}`
    : mountPoint;
}

/** As `findCgroupMounts`, with the mount points as they can be read here and cgroup.controllers read from there. */
export function readCgroupMounts(files: KernelFiles, mounts: readonly Mount[]): CgroupMounts {
  const here = mounts.map((mount) => ({ ...mount, mountPoint: located(files, mount.mountPoint) }));
  return findCgroupMounts(here, (mountPoint) => {
    const read = readText(`${mountPoint}/cgroup.controllers`);
    return read.ok ? read.value : undefined;
  });
}

/** The mount for the readers of memory-cgroup.ts; undefined without a memory controller. */
export function memoryMount({ version, memoryMountPoint }: CgroupMounts): MemoryMount | undefined {
  if (version === undefined || memoryMountPoint === undefined) return undefined;
  return { version, mountPoint: memoryMountPoint };
}

/**
 * Where a path of /proc/PID/cgroup is below the mount, when only `memoryRoot` of the hierarchy is mounted; undefined when it is not
 * there: another container's, or outside of our cgroup namespace (`/../x`).
 */
export function pathInMount(memoryRoot: string, path: string): string | undefined {
  if (path.split('/').includes('..') || memoryRoot.split('/').includes('..')) return undefined;
  if (memoryRoot === '/') return path;
  if (path === memoryRoot) return '/';
  return path.startsWith(`${memoryRoot}/`) ? path.slice(memoryRoot.length) : undefined;
}
