import { pathInMount, type CgroupMounts } from '../../proc/cgroup/mounts.ts';
import { containerOf, unitOf } from '../../proc/cgroup/names.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { readPidCgroup } from '../../proc/cgroup/pid-cgroup.ts';
import { readCmdline } from '../../proc/pid/cmdline.ts';

/** By what people know a process, beside its name and user. */
export interface Identity {
  /** The name (comm) at the time of reading: when it changes, the program was replaced by another one (exec). */
  readonly name: string;
  readonly command: string;
  /** Path below the mount of the memory hierarchy; `/` where there is none. */
  readonly cgroup: string;
  readonly unit?: string;
  readonly container?: string;
}

const texts = new Map<string, string>();
/** Forgotten altogether when there are more: names of containers never end. */
const MOST_TEXTS = 10_000;

/** The same string for the same text: thousands of processes share a cgroup, and are counted by it in every frame. */
function shared(text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size === MOST_TEXTS) texts.clear();
  texts.set(text, text);
  return text;
}

/** Reads what a process was started as and where it belongs. What cannot be read is left out. */
export function readIdentity(files: KernelFiles, pid: number, name: string, cgroups: CgroupMounts): Identity {
  const cmdline = readCmdline(files, pid);
  const command = cmdline.ok && cmdline.value.length > 0 ? cmdline.value.join(' ') : `[${name}]`;
  const read = readPidCgroup(files, pid);
  if (!read.ok) return { name, command, cgroup: '/' };
  const { memory, unified, systemd } = read.value;
  const inHierarchy = (cgroups.version === 1 ? memory : unified) ?? '/';
  const unit = [systemd, unified, memory].map((path) => path && unitOf(path)).find(Boolean);
  const container = [memory, unified, systemd].map((path) => path && containerOf(path)).find(Boolean);
  return {
    name,
    command,
    cgroup: shared(pathInMount(cgroups.memoryRoot ?? '/', inHierarchy) ?? inHierarchy),
    ...(unit ? { unit: shared(unit) } : {}),
    ...(container ? { container: shared(container) } : {}),
  };
}
