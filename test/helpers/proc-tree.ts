import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type KernelFiles } from '../../src-main/proc/kernel-files.ts';
import { type Meminfo } from '../../src-main/proc/meminfo.ts';
import {
  cgroupText,
  DEFAULT_MEMINFO,
  type FakeProcess,
  meminfoText,
  oomScoreOf,
  statText,
  statmText,
  statusText,
  threadsOf,
} from './proc-texts.ts';
import { type FakeCgroup, memoryCgroupTexts } from './cgroup-texts.ts';

export { type FakeProcess } from './proc-texts.ts';
export { type FakeCgroup } from './cgroup-texts.ts';

/** What a built tree shows. All that is left out is as on an ordinary machine: 8 GiB, no swap, nothing else running. */
export interface ProcTreeSpec {
  readonly pageSizeBytes?: number;
  readonly clockTicksPerSecond?: number;
  readonly meminfo?: Partial<Meminfo>;
  /** Lines of /proc/vmstat; `oom_kill: undefined` leaves it out. */
  readonly vmstat?: Readonly<Record<string, number | undefined>>;
  /** The four averages; `missing` for a kernel without PSI, `failed` for one that refuses to say. */
  readonly pressure?:
    readonly [some10: number, some60: number, full10: number, full60: number] | 'missing' | 'failed';
  readonly processes?: readonly FakeProcess[];
  /** Which hierarchy has the memory controller: v1, v2, v1 beside an empty unified one, or none at all. */
  readonly cgroupVersion?: 1 | 2 | 'hybrid' | 'none';
  readonly cgroups?: Readonly<Record<string, FakeCgroup>>;
  /** By name: `vm.panic_on_oom`. Undefined takes a default away. */
  readonly sysctls?: Readonly<Record<string, string | number | undefined>>;
  readonly hidePid?: 0 | 1 | 2 | 4 | 'noaccess' | 'invisible' | 'ptraceable';
  /** lxcfs lies over /proc/meminfo. */
  readonly lxcfs?: boolean;
  /** False: inside of a container's pid namespace. */
  readonly initialPidNamespace?: boolean;
  readonly openFilesLimit?: number;
  readonly cpus?: string;
  /** undefined: a kernel without NUMA. */
  readonly memoryNodes?: string | undefined;
  /** Users of /etc/passwd by name. */
  readonly users?: Readonly<Record<string, number>>;
}

/** A /proc, a /sys/fs/cgroup and an /etc in a temporary folder, to be changed under the reader's feet. */
export interface ProcTree extends KernelFiles {
  /** Adds a process or rewrites its files in place: descriptors that are open see the change. */
  setProcess(process: FakeProcess): void;
  /** Takes a process away. Its oom_score is emptied first, as near as a file comes to ESRCH on an open descriptor. */
  removeProcess(pid: number): void;
  /** Where a file is expected there is a folder: reading it fails with EISDIR, even for root. */
  breakFile(path: string): void;
  setMeminfo(meminfo: Partial<Meminfo>): void;
  setCgroup(path: string, cgroup: FakeCgroup): void;
  removeCgroup(path: string): void;
  /** Writes any file; `path` begins with `/proc/`, `/sys/` or `/etc/`. */
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  cleanup(): void;
}

const DEFAULT_SYSCTLS: Readonly<Record<string, string | number>> = {
  'kernel.dmesg_restrict': 0,
  'kernel.hostname': 'testhost',
  'kernel.osrelease': '6.12.0-1-amd64',
  'kernel.version': '#1 SMP PREEMPT_DYNAMIC Debian 6.12-1 (2024-11-17)',
  'vm.admin_reserve_kbytes': 8192,
  'vm.oom_kill_allocating_task': 0,
  'vm.overcommit_kbytes': 0,
  'vm.overcommit_memory': 0,
  'vm.overcommit_ratio': 50,
  'vm.panic_on_oom': 0,
  'vm.swappiness': 60,
  'vm.user_reserve_kbytes': 131072,
};

const DEFAULT_VMSTAT: Readonly<Record<string, number | undefined>> = {
  nr_free_pages: 1_500_000,
  pswpin: 0,
  pswpout: 0,
  pgfault: 900_000,
  pgmajfault: 500,
  oom_kill: 0,
};

function mountinfoText(spec: ProcTreeSpec): string {
  const hidePid = spec.hidePid === undefined || spec.hidePid === 0 ? '' : `,hidepid=${spec.hidePid}`;
  const version = spec.cgroupVersion ?? 2;
  const lines = [
    `22 27 0:21 / /proc rw,relatime - proc proc rw${hidePid}`,
    '23 27 0:22 / /sys rw,relatime - sysfs sysfs rw',
  ];
  if (version === 2)
    lines.push('31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate');
  if (version === 1 || version === 'hybrid') {
    lines.push(
      '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
      '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
      '33 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
      '34 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd',
    );
  }
  if (version === 'hybrid')
    lines.push('35 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw');
  if (spec.lxcfs === true)
    lines.push('40 22 0:60 /proc/meminfo /proc/meminfo rw,nosuid - fuse.lxcfs lxcfs rw,user_id=0');
  return `${lines.join('\n')}\n`;
}

function auxv(pageSizeBytes: number, clockTicksPerSecond: number): Uint8Array {
  return new Uint8Array(
    new BigUint64Array([6n, BigInt(pageSizeBytes), 17n, BigInt(clockTicksPerSecond), 0n, 0n]).buffer,
  );
}

/** A tree is hundreds of small files: on a disk that others use, building it takes longer than any test of it. */
function inMemory(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** Builds a tree; `cleanup` takes it away. */
export function procTree(spec: ProcTreeSpec = {}): ProcTree {
  const root = mkdtempSync(join(inMemory(), 'lifeboat-proc-'));
  const files: KernelFiles = { proc: join(root, 'proc'), sys: join(root, 'sys'), etc: join(root, 'etc') };
  const pageSizeBytes = spec.pageSizeBytes ?? 4096;
  const version = spec.cgroupVersion ?? 2;
  const memoryFolder = version === 2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/memory';
  const cgroupOf = new Map<number, string>();
  const made = new Set<string>();
  let meminfo: Meminfo = { ...DEFAULT_MEMINFO, ...spec.meminfo };

  function write(path: string, content: string | Uint8Array): void {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  /** cgroup.procs, and the cgroup where there is none yet. */
  function writeProcs(path: string): void {
    if (version === 'none') return;
    if (!made.has(path)) {
      setCgroup(path, {});
      return;
    }
    const pids = [...cgroupOf].filter(([, cgroup]) => cgroup === path).map(([pid]) => `${pid}\n`);
    write(join(memoryFolder, path, 'cgroup.procs'), pids.join(''));
  }

  function setCgroup(path: string, cgroup: FakeCgroup): void {
    made.add(path);
    const isV2Root = version === 2 && path === '/';
    const texts = memoryCgroupTexts(cgroup, version === 2 ? 2 : 1, pageSizeBytes);
    if (!isV2Root)
      for (const [name, text] of Object.entries(texts)) write(join(memoryFolder, path, name), text);
    writeProcs(path);
  }

  /** What a task was started as and where it is. One that has ended has no arguments, and on v1 is in the root. */
  function writePlace(folder: string, task: FakeProcess, cgroup: string): void {
    const hasEnded = task.memory === 'none' && task.kernelThread !== true;
    const args = hasEnded ? [] : (task.cmdline ?? []);
    write(`${folder}/cmdline`, args.map((argument) => `${argument}\0`).join(''));
    if (task.exe !== undefined) {
      rmSync(join(root, folder, 'exe'), { force: true });
      symlinkSync(task.exe, join(root, folder, 'exe'));
    }
    write(`${folder}/cgroup`, cgroupText(hasEnded && version !== 2 ? '/' : cgroup, version));
  }

  function setProcess(process: FakeProcess): void {
    const folder = `/proc/${process.pid}`;
    write(`${folder}/stat`, statText(process, process.pid));
    write(`${folder}/status`, statusText(process, process.pid, pageSizeBytes));
    write(`${folder}/statm`, statmText(process));
    write(`${folder}/oom_score`, `${process.oomScore ?? oomScoreOf(process, meminfo, pageSizeBytes)}\n`);
    write(`${folder}/oom_score_adj`, `${process.adj ?? 0}\n`);
    const cgroup = process.cgroup ?? '/';
    writePlace(folder, process, cgroup);
    for (const [tid, thread] of threadsOf(process)) {
      const threadFolder = `${folder}/task/${tid}`;
      write(`${threadFolder}/stat`, statText(thread, tid));
      write(`${threadFolder}/status`, statusText(thread, tid, pageSizeBytes));
      writePlace(threadFolder, thread, cgroup);
    }
    const before = cgroupOf.get(process.pid);
    cgroupOf.set(process.pid, cgroup);
    if (before !== undefined && before !== cgroup) writeProcs(before);
    if (before !== cgroup) writeProcs(cgroup);
  }

  write('/proc/meminfo', meminfoText(meminfo));
  const vmstat = Object.entries({ ...DEFAULT_VMSTAT, ...spec.vmstat }).filter(
    ([, count]) => count !== undefined,
  );
  write('/proc/vmstat', vmstat.map(([name, count]) => `${name} ${count ?? ''}\n`).join(''));
  const pressure = spec.pressure ?? [0, 0, 0, 0];
  if (pressure === 'failed') mkdirSync(join(files.proc, 'pressure/memory'), { recursive: true });
  else if (pressure !== 'missing') {
    const line = (kind: string, ten: number, sixty: number): string =>
      `${kind} avg10=${ten.toFixed(2)} avg60=${sixty.toFixed(2)} avg300=0.00 total=0\n`;
    write(
      '/proc/pressure/memory',
      line('some', pressure[0], pressure[1]) + line('full', pressure[2], pressure[3]),
    );
  }
  for (const [name, value] of Object.entries({ ...DEFAULT_SYSCTLS, ...spec.sysctls })) {
    if (value !== undefined) write(`/proc/sys/${name.replaceAll('.', '/')}`, `${value}\n`);
  }
  write('/proc/self/mountinfo', mountinfoText(spec));
  write('/proc/self/auxv', auxv(pageSizeBytes, spec.clockTicksPerSecond ?? 100));
  const limit = String(spec.openFilesLimit ?? 1024).padEnd(21);
  write(
    '/proc/self/limits',
    `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${limit}${limit}files\n`,
  );
  write('/proc/self/status', statusText({ pid: 1000, name: 'lifeboat' }, 1000, pageSizeBytes));
  mkdirSync(join(files.proc, 'self/ns'), { recursive: true });
  symlinkSync(
    spec.initialPidNamespace === false ? 'pid:[4026532274]' : 'pid:[4026531836]',
    join(files.proc, 'self/ns/pid'),
  );
  write('/sys/devices/system/cpu/online', `${spec.cpus ?? '0-3'}\n`);
  const memoryNodes = 'memoryNodes' in spec ? spec.memoryNodes : '0';
  if (memoryNodes !== undefined) write('/sys/devices/system/node/has_memory', `${memoryNodes}\n`);
  const users = Object.entries(spec.users ?? { root: 0, daemon: 1, alice: 1000 });
  write('/etc/passwd', users.map(([name, uid]) => `${name}:x:${uid}:${uid}::/:/bin/sh\n`).join(''));
  if (version === 2) write('/sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io memory hugetlb pids\n');
  if (version === 'hybrid') write('/sys/fs/cgroup/unified/cgroup.controllers', '\n');
  if (version !== 'none')
    for (const [path, cgroup] of Object.entries({ '/': {}, ...spec.cgroups })) setCgroup(path, cgroup);
  for (const process of spec.processes ?? []) setProcess(process);

  /** A descriptor that is open gives nothing any more, as near as a file comes to what procfs does. */
  function empty(path: string): void {
    if (existsSync(join(root, path)) && statSync(join(root, path)).isFile()) truncateSync(join(root, path));
  }

  return {
    ...files,
    setProcess,
    removeProcess(pid) {
      truncateSync(join(files.proc, String(pid), 'oom_score'));
      rmSync(join(files.proc, String(pid)), { recursive: true });
      const cgroup = cgroupOf.get(pid);
      cgroupOf.delete(pid);
      if (cgroup !== undefined) writeProcs(cgroup);
    },
    breakFile(path) {
      empty(path);
      rmSync(join(root, path), { recursive: true, force: true });
      mkdirSync(join(root, path), { recursive: true });
    },
    setMeminfo(change) {
      meminfo = { ...meminfo, ...change };
      write('/proc/meminfo', meminfoText(meminfo));
    },
    setCgroup,
    removeCgroup(path) {
      made.delete(path);
      rmSync(join(root, memoryFolder, path), { recursive: true });
    },
    write,
    remove(path) {
      empty(path);
      rmSync(join(root, path), { recursive: true });
    },
    cleanup() {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
