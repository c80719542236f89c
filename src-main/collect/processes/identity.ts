import { type Unit } from '#shared/model/unit.ts';
import { pathInMount, type CgroupMounts } from '../../proc/cgroup/mounts.ts';
import { containerOf, unitOf } from '#shared/kernel/cgroup/names.ts';
import { type KernelFiles } from '../../proc/kernel-files.ts';
import { readPidCgroup } from '../../proc/cgroup/pid-cgroup.ts';
import { isCut, readCmdline, readJavaCmdline } from '../../proc/pid/cmdline.ts';
import { readExe } from '../../proc/pid/exe.ts';

/** By what people know a process, beside its name and user. */
export interface Identity {
  /** The name (comm) at the time of reading: when it changes, the program was replaced by another one (exec). */
  readonly name: string;
  readonly command: string;
  /** The arguments apart; of Java more than `command` has, without its longest. */
  readonly argv: readonly string[];
  /** Path of its program: absent where it may not be read, and of threads of the kernel. */
  readonly exe?: string;
  /** The command line goes on: this is its beginning. */
  readonly commandIsCut?: true;
  /** Path below the mount of the memory hierarchy; `/` where there is none. */
  readonly cgroup: string;
  readonly unit?: Unit;
  readonly container?: string;
  /** Path in the hierarchy that tells unit and container, as far as it is known; on cgroup v1 not the one of the memory hierarchy. */
  readonly home?: string;
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

const places = new Map<string, Pick<Identity, 'unit' | 'container' | 'home'>>();

/** Unit and container by a path: the same objects for the same path. */
function placeIn(home: string): Pick<Identity, 'unit' | 'container' | 'home'> {
  const known = places.get(home);
  if (known !== undefined) return known;
  const unit = unitOf(home);
  const container = containerOf(home);
  const place = {
    home,
    ...(unit === undefined ? {} : { unit }),
    ...(container === undefined ? {} : { container }),
  };
  if (places.size === MOST_TEXTS) places.clear();
  places.set(home, place);
  return place;
}

/** Characters of one argument that are kept: class paths have thousands, and no name is in them. */
const MOST_ARGUMENT = 1024;

/** The arguments. The main class of Java stands behind a class path that may be longer than what is read of other programs. */
function argumentsOf(
  files: KernelFiles,
  pid: number,
  name: string,
  cmdline: readonly string[],
): readonly string[] {
  if (name !== 'java' || !isCut(cmdline)) return cmdline;
  const whole = readJavaCmdline(files, pid);
  return (whole.ok ? whole.value : cmdline).map((argument) => argument.slice(0, MOST_ARGUMENT));
}

/** Reads what a process was started as and where it belongs. What cannot be read is left out. */
export function readIdentity(
  files: KernelFiles,
  pid: number,
  name: string,
  cgroups: CgroupMounts,
  isKernelThread = false,
): Identity {
  const cmdline = readCmdline(files, pid);
  const command = cmdline.ok && cmdline.value.length > 0 ? cmdline.value.join(' ') : `[${name}]`;
  const cut = cmdline.ok && isCut(cmdline.value) ? { commandIsCut: true as const } : {};
  const exe = isKernelThread ? undefined : readExe(files, pid);
  const known = {
    name,
    command,
    argv: cmdline.ok ? argumentsOf(files, pid, name, cmdline.value) : [],
    ...(exe === undefined ? {} : { exe: shared(exe) }),
    ...cut,
  };
  const read = readPidCgroup(files, pid);
  if (!read.ok) return { ...known, cgroup: '/' };
  const { memory, unified, systemd } = read.value;
  const inHierarchy = (cgroups.version === 1 ? memory : unified) ?? '/';
  // One hierarchy names unit and container: the one in which systemd tracks its units, else the first that names any.
  const home = [systemd, unified, memory].find(
    (path) => path !== undefined && (unitOf(path) ?? containerOf(path)) !== undefined,
  );
  return {
    ...known,
    cgroup: shared(pathInMount(cgroups.memoryRoot ?? '/', inHierarchy) ?? inHierarchy),
    ...(home === undefined ? {} : placeIn(shared(home))),
  };
}
