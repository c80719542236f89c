import { type KernelFiles, readText } from '../kernel-files.ts';
import { parseMountinfo, type Mount } from '../mountinfo.ts';
import { readInInitialPidNamespace } from '../pid/namespace.ts';
import { detectWsl, isInContainer } from '../surroundings.ts';

/**
 * Whether this is a container, whose host sets the settings at boot: they are the kernel's, which is the host's. An image that was started as
 * a machine of its own still has the mark of a container; there PID 1 is the machine's and has the same root file system.
 */
export function hostDecides(files: KernelFiles): boolean {
  const own = mountsOf(`${files.proc}/self/mountinfo`);
  if (isReadOnly(own, '/proc/sys')) return true;
  if (isInContainer(files)) return !isMachineOfItsOwn(files, own);
  // Each distribution of WSL has a pid namespace of its own, and starts its own init.
  return detectWsl(files) === undefined && isNested(files);
}

function isMachineOfItsOwn(files: KernelFiles, own: readonly Mount[]): boolean {
  if (isNested(files)) return false;
  const [ours, theirs] = [own, mountsOf(`${files.proc}/1/mountinfo`)].map((mounts) =>
    mounts.findLast(({ mountPoint }) => mountPoint === '/'),
  );
  if (ours === undefined || theirs === undefined) return false;
  const nameOf = ({ root, fsType, superOptions }: Mount) => `${root} ${fsType} ${superOptions.join(',')}`;
  return nameOf(ours) === nameOf(theirs);
}

/** False where that is unknown: then the other signs count. */
function isNested(files: KernelFiles): boolean {
  const initial = readInInitialPidNamespace(files);
  return initial.ok && !initial.value;
}

/** Whether what is mounted there, or the nearest mount above, takes no writes. */
export function isReadOnly(mounts: readonly Mount[], path: string): boolean {
  const covering = mounts.filter(
    ({ mountPoint }) => mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`),
  );
  const longest = Math.max(0, ...covering.map(({ mountPoint }) => mountPoint.length));
  const nearest = covering.findLast(({ mountPoint }) => mountPoint.length === longest);
  return nearest?.options.includes('ro') === true || nearest?.superOptions.includes('ro') === true;
}

/** The mounts that a process sees; none where that cannot be read. */
export function mountsOf(path: string): readonly Mount[] {
  const text = readText(path, 1 << 26);
  return (text.ok ? parseMountinfo(text.value) : undefined) ?? [];
}
