import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { Agent } from './agent.ts';
import { type Machine } from './machine.ts';
import { program } from '../paths.ts';

const prefix = 'lifeboat-lab-';

/** Why the kernel of this machine cannot be judge, or nothing. */
export function hostObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  const mount = memoryHierarchy();
  if (mount === undefined) return 'no memory cgroup hierarchy is mounted';
  try {
    accessSync(mount.directory, constants.W_OK);
    readFileSync('/dev/kmsg', { flag: constants.O_RDONLY | constants.O_NONBLOCK, encoding: 'latin1' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EAGAIN' && code !== 'EPIPE')
      return `cannot use ${mount.directory} and /dev/kmsg: ${String(code)}`;
  }
  if (readFileSync('/proc/sys/vm/panic_on_oom', 'latin1').trim() !== '0')
    return 'vm.panic_on_oom is set here';
  if (readFileSync('/proc/sys/vm/oom_dump_tasks', 'latin1').trim() === '0')
    return 'vm.oom_dump_tasks is 0 here';
  return undefined;
}

/** Opens the lab in a memory cgroup of its own; what a crashed one left behind is removed first. */
export async function openHost(programs: { agent: string; eater: string }): Promise<Machine> {
  const mount = memoryHierarchy();
  if (!mount) throw new Error('no memory cgroup hierarchy');
  for (const name of readdirSync(mount.directory)) {
    const owner = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : undefined;
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) await removeCgroup(join(mount.directory, name));
  }
  const cgroupRoot = join(mount.directory, `${prefix}${process.pid}`);
  mkdirSync(cgroupRoot);
  if (mount.version === 2) writeFileSync(join(cgroupRoot, 'cgroup.subtree_control'), '+memory');
  const child = spawn(programs.agent, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const agent = new Agent(child.stdin, child.stdout);
  await agent.hello(60_000);
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    child.kill('SIGKILL');
    await removeCgroup(cgroupRoot);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      void close().finally(() => process.exit(128 + 2));
    });
  }
  return {
    name: `this machine, ${release()}, cgroup v${mount.version}`,
    release: release(),
    agent,
    isGuest: false,
    cgroupVersion: mount.version,
    cgroupRoot,
    cgroupPath: `/${prefix}${process.pid}`,
    eater: programs.eater,
    lifeboat: [process.execPath, program],
    mayLowerAdj: mayLowerAdj(),
    hasSwap: !/^SwapTotal: +0 kB/m.test(readFileSync('/proc/meminfo', 'latin1')),
    cpus: cpus().length,
    patience: 4,
    console: () => '',
    close,
  };
}

/** CAP_SYS_RESOURCE (bit 24): root in a container is often without. */
function mayLowerAdj(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> 24n) & 1n) === 1n;
}

function memoryHierarchy(): { directory: string; version: 1 | 2 } | undefined {
  for (const line of readFileSync('/proc/self/mounts', 'latin1').split('\n')) {
    const [, directory = '', type = '', options = ''] = line.split(' ');
    if (type === 'cgroup' && options.split(',').includes('memory')) return { directory, version: 1 };
    if (type !== 'cgroup2') continue;
    const controllers = readFileSync(join(directory, 'cgroup.subtree_control'), 'latin1');
    if (controllers.split(/\s/).includes('memory')) return { directory, version: 2 };
  }
  return undefined;
}

/** Kills what is in a cgroup and its descendants and removes them; a dying process may hold on for a moment. */
async function removeCgroup(directory: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      emptyCgroup(directory);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' && code !== 'ESRCH') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`${directory} cannot be removed: something in it does not die`);
}

function emptyCgroup(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) emptyCgroup(join(directory, entry.name));
  }
  /* Thread ids: a process whose leader is dead is in no cgroup.procs. */
  const list = existsSync(join(directory, 'tasks')) ? 'tasks' : 'cgroup.procs';
  for (const pid of readFileSync(join(directory, list), 'latin1').split('\n')) {
    if (Number(pid) > 0) process.kill(Number(pid), 'SIGKILL');
  }
  rmdirSync(directory);
}
