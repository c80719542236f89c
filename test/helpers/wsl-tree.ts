import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { onTestFinished } from 'vitest';
import { type KernelFiles } from '../../src-main/proc/kernel-files.ts';

/** 64 digits, as Docker names its containers. */
const DOCKER_ID = '4f6e1b1b2c3d4e5f60718293a4b5c6d7e8f9012345678901234567890abcdef0';

const GIB = 2 ** 30;
const COMMAND_LINE =
  'initrd=\\initrd.img WSL_ROOT_INIT=1 panic=-1 nr_cpus=8 hv_utils.timesync_implicit=1 printk.devkmsg=on page_reporting.page_reporting_order=5';
const MEMINFO = {
  MemTotal: 16_357_784,
  MemFree: 4_000_000,
  MemAvailable: 9_000_000,
  Buffers: 100_000,
  Cached: 6_000_000,
  SwapCached: 0,
  'Active(file)': 3_000_000,
  'Inactive(file)': 3_000_000,
  AnonPages: 4_000_000,
  Shmem: 200_000,
  SReclaimable: 300_000,
  PageTables: 50_000,
  SwapTotal: 4_194_304,
  SwapFree: 4_194_304,
  Committed_AS: 8_000_000,
  CommitLimit: 12_000_000,
};
/** 512 blocks of 4 MiB, and small ones: 2 GiB of order 5 and above, 100 MiB below. */
const BUDDYINFO =
  'Node 0, zone   Normal  25600      0      0      0      0      0      0      0      0      0    512 \n';

const common: Readonly<Record<string, string>> = {
  'proc/cmdline': `${COMMAND_LINE}\n`,
  'proc/meminfo': Object.entries(MEMINFO)
    .map(([key, kilobytes]) => `${key}: ${kilobytes} kB\n`)
    .join(''),
  'proc/buddyinfo': BUDDYINFO,
  'proc/uptime': '5000.00 30000.00\n',
  'proc/stat': 'cpu  1 1 1 1\nbtime 1790000000\n',
  'proc/vmstat': 'nr_free_pages 1\noom_kill 0\n',
  'proc/self/cgroup': '0::/init.scope\n',
  'proc/sys/fs/binfmt_misc/WSLInterop': 'enabled\ninterpreter /init\nflags: PF\noffset 0\nmagic 4d5a\n',
  'run/WSL/1_interop': '',
  'run/systemd/system/.keep': '',
  'etc/wsl.conf': '[boot]\nsystemd=true\n',
  'etc/os-release': 'NAME="Ubuntu"\nID=ubuntu\n',
  'mnt/c/Users/Public/desktop.ini': '',
};
const pressure = { 'proc/pressure/memory': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n' };
const USER = 'sys/fs/cgroup/wsl-user';
const isolated = {
  [`${USER}/memory.max`]: `${16_357_784 * 1024 - 32 * 2 ** 20}\n`,
  [`${USER}/non-distro/memory.current`]: '0\n',
  [`${USER}/distro-7/memory.current`]: `${Math.round(3.1 * GIB)}\n`,
  [`${USER}/distro-312/memory.current`]: `${Math.round(6.2 * GIB)}\n`,
  [`${USER}/distro-312/docker/${DOCKER_ID}/memory.current`]: '1000\n',
  [`${USER}/distro-40/memory.current`]: `${Math.round(0.5 * GIB)}\n`,
  [`${USER}/distro-41/memory.current`]: `${Math.round(0.3 * GIB)}\n`,
};
const release = (name: string) => ({ 'proc/sys/kernel/osrelease': `${name}\n` });

/** What machines of WSL have in their files, by what is installed. */
export const WSL_ERAS = {
  'WSL 1': { ...release('4.4.0-26100-Microsoft') },
  '2.6.3': { ...common, ...release('6.6.87.2-microsoft-standard-WSL2'), ...pressure },
  '2.7.10': { ...common, ...release('6.18.33.2-microsoft-standard-WSL2') },
  '2.9.9': {
    ...common,
    ...release('6.18.40.1-microsoft-standard-WSL2'),
    ...isolated,
    'proc/self/cgroup': '0::/wsl-user/distro-7/systemd/user.slice/user-1000.slice/session-1.scope\n',
  },
  '2.9.9 without systemd': {
    ...common,
    ...release('6.18.40.1-microsoft-standard-WSL2'),
    ...isolated,
    'proc/self/cgroup': '0::/wsl-user/distro-7\n',
    'run/systemd/system/.keep': undefined,
    'etc/wsl.conf': undefined,
  },
  'Docker Desktop before isolation': {
    ...common,
    ...release('6.6.87.2-microsoft-standard-WSL2'),
    'sys/fs/cgroup/docker/memory.current': `${2 * GIB}\n`,
    [`sys/fs/cgroup/docker/${DOCKER_ID}/memory.current`]: `${2 * GIB}\n`,
  },
  'a container on WSL': { ...common, ...release('6.6.87.2-microsoft-standard-WSL2'), '.dockerenv': '' },
  'a custom kernel': { ...common, ...release('6.12.10-mine') },
  'plain Linux': { ...common, ...release('6.12.10'), 'run/WSL/1_interop': undefined },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;

/** A machine of WSL in a temporary folder; `changes` are files that it has otherwise, undefined takes one away. */
export function wslTree(
  era: keyof typeof WSL_ERAS,
  changes: Readonly<Record<string, string | Uint8Array | undefined>> = {},
): KernelFiles & { readonly root: string } {
  const root = mkdtempSync(`${tmpdir()}/lifeboat-wsl-`);
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  const files: Readonly<Record<string, string | Uint8Array | undefined>> = { ...WSL_ERAS[era], ...changes };
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) continue;
    mkdirSync(dirname(`${root}/${path}`), { recursive: true });
    writeFileSync(`${root}/${path}`, content);
  }
  return { root, proc: `${root}/proc`, sys: `${root}/sys`, etc: `${root}/etc` };
}
