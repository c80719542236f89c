import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { statText, statusText } from './proc-texts.ts';

/** A process of the tree: ordinary unless said otherwise. */
interface TreeProcess {
  readonly pid: number;
  readonly startTicks: number;
  readonly oomScoreAdj?: number;
  readonly name?: string;
  readonly kernelThread?: boolean;
  /** The process that it is a thread of. */
  readonly threadOf?: number;
}

const FREE_LOCK = /^run\/lifeboat\/lock\.\d+$/;

/** A machine in a temporary folder, as far as the helper looks at one. */
export class HelperTree {
  readonly root: string;

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'lifeboat-helper-tree-'));
    for (const folder of ['etc/sysctl.d', 'etc/systemd/system', 'run', 'usr/lib/systemd/system', 'var/log'])
      mkdirSync(join(this.root, folder), { recursive: true, mode: 0o755 });
    const sysctls = {
      'vm/overcommit_memory': 0,
      'vm/overcommit_ratio': 50,
      'vm/overcommit_kbytes': 0,
      'vm/panic_on_oom': 0,
      'kernel/panic': 0,
      'vm/oom_kill_allocating_task': 0,
      'vm/oom_dump_tasks': 1,
      'vm/swappiness': 60,
      'vm/min_free_kbytes': 67584,
      'vm/admin_reserve_kbytes': 8192,
      'vm/user_reserve_kbytes': 131072,
    };
    for (const [name, value] of Object.entries(sysctls)) this.write(`proc/sys/${name}`, `${value}\n`);
    this.write('proc/self/status', 'Name:\tnode\nCapEff:\t000001ffffffffff\n');
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(path)), { recursive: true, mode: 0o755 });
    writeFileSync(this.path(path), text, { mode });
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  /** The first line, as a control file is read. */
  value(path: string): string {
    return this.read(path).split('\n', 1)[0] ?? '';
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  path(path: string): string {
    return join(this.root, path);
  }

  addProcess({ pid, startTicks, oomScoreAdj = 0, name = 'a', kernelThread = false, threadOf }: TreeProcess) {
    const process = { pid, startTicks, name, oomScoreAdj, kernelThread };
    this.write(`proc/${pid}/stat`, statText(process, pid));
    const status = statusText(process, pid, 4096);
    this.write(`proc/${pid}/status`, status.replace(/^Tgid:\t.*$/m, `Tgid:\t${threadOf ?? pid}`));
    this.write(`proc/${pid}/oom_score_adj`, `${oomScoreAdj}\n`);
  }

  /** Mounts a memory hierarchy with one cgroup in it. */
  addCgroup(version: 1 | 2, path: string, files: Readonly<Record<string, string>>): void {
    const mount = version === 1 ? 'sys/fs/cgroup/memory' : 'sys/fs/cgroup';
    const type = version === 1 ? 'cgroup cgroup rw,memory' : 'cgroup2 cgroup2 rw';
    this.write('proc/self/mountinfo', `30 20 0:32 / /${mount} rw,relatime - ${type}\n`);
    if (version === 2) this.write(`${mount}/cgroup.controllers`, 'cpu memory pids\n');
    for (const [file, text] of Object.entries(files)) this.write(`${mount}/${path}/${file}`, text);
  }

  /**
   * All that is in it: each path with its kind, and files with their contents. Links are listed, not followed. Of the helper's register only
   * that is left out which every use of it leaves behind: the folder, root's alone, and a lock without a holder.
   */
  snapshot(): ReadonlyMap<string, string> {
    const seen = new Map<string, string>();
    const look = (folder: string): void => {
      for (const name of readdirSync(this.path(folder)).sort()) {
        const path = join(folder, name);
        const stat = lstatSync(this.path(path));
        if (path === 'run/lifeboat' && stat.isDirectory() && (stat.mode & 0o777) === 0o700) {
          look(path);
          continue;
        }
        if (FREE_LOCK.test(path) && stat.isFile() && stat.size === 0) continue;
        if (stat.isSymbolicLink()) seen.set(path, `link to ${readlinkSync(this.path(path))}`);
        else if (stat.isFile()) seen.set(path, `file ${stat.mode.toString(8)} ${this.read(path)}`);
        else {
          seen.set(path, `folder ${stat.mode.toString(8)}`);
          look(path);
        }
      }
    };
    look('');
    return seen;
  }

  remove(): void {
    for (const pid of this.#processes()) end(pid);
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Helpers and guards that run on this tree. A guard goes on trying where files cannot take a value back as a kernel does. */
  #processes(): readonly number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => pid !== process.pid && argumentsOf(pid).includes(this.root));
  }
}

/** The paths in which two snapshots differ. */
export function changedPaths(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
}

/** Empty for one that has ended. */
function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
