import { existsSync, readdirSync } from 'node:fs';
import { atLeast, parseKernelVersion } from '#shared/kernel/version.ts';
import { type WslInterop, type WslMachine, type WslMemory, type WslReclaim } from '#shared/model/wsl.ts';
import { compact } from '#shared/optional.ts';
import { freePagesInBlocks, parseWslCommandLine, reportingOrderIn } from '#shared/wsl/kernel-texts.ts';
import { type WslConfValues } from '#shared/wsl/effective.ts';
import { readWslSettings } from '#shared/wsl/read-settings.ts';
import { readBootTimeMs } from '../proc/boot-time.ts';
import { decimal } from '../proc/fields.ts';
import { type KernelFiles, readBytes, readText, rootOf } from '../proc/kernel-files.ts';
import { readKernelRelease } from '../proc/kernel-release.ts';
import { readMeminfo } from '../proc/meminfo.ts';
import { detectWsl } from '../proc/surroundings.ts';
import { distributionShares, dockerShare, isIsolated } from './shares.ts';

/** What the session tells besides the kernel's files. */
export interface WslSession {
  /** WSL_DISTRO_NAME, which services do not have. */
  readonly distribution: string | undefined;
  /** WSL_INTEROP. */
  readonly interop: string | undefined;
  readonly pageSizeBytes: number;
}

/** All that can be read of WSL without asking Windows: files of /proc, /sys and /etc alone. Undefined outside of WSL. */
export function readWslMachine(files: KernelFiles, session: WslSession): WslMachine | undefined {
  const version = detectWsl(files);
  if (version === undefined) return undefined;
  const isolated = isIsolated(files);
  const name = session.distribution ?? 'this distribution';
  const commandLine = parseWslCommandLine(textOf(`${files.proc}/cmdline`));
  const conf = readWslConf(files);
  return {
    version,
    name,
    isIsolated: isolated,
    shares: isolated ? distributionShares(files, name) : dockerShare(files),
    hasPressure: existsSync(`${files.proc}/pressure/memory`),
    commandLine,
    reclaim: reclaimOf(files, isolated),
    interop: interopOf(files, session, conf.isInteropOff),
    hasInteropVariable: session.interop !== undefined,
    hasSystemd: existsSync(`${rootOf(files)}/run/systemd/system`),
    hasCgroupV1: existsSync(`${files.sys}/fs/cgroup/memory/memory.usage_in_bytes`),
    ...compact({
      memory: memoryOf(files, commandLine.text, session.pageSizeBytes),
      bootMs: readBootTimeMs(files),
      upSeconds: upSecondsOf(files),
      kills: killsOf(files),
    }),
  };
}

/** /etc/wsl.conf as WSL reads it; all defaults where there is none. */
export function readWslConf(files: KernelFiles): {
  readonly values: WslConfValues | undefined;
  readonly isInteropOff: boolean;
} {
  const read = readBytes(`${files.etc}/wsl.conf`);
  if (!read.ok) return { values: undefined, isInteropOff: false };
  const settings = readWslSettings(read.value, 'wsl.conf');
  if (settings.kind !== 'wsl.conf') return { values: undefined, isInteropOff: false };
  return { values: settings.effective, isInteropOff: settings.accepted.get('interop.enabled') === false };
}

function memoryOf(files: KernelFiles, commandLine: string, pageSizeBytes: number): WslMemory | undefined {
  const meminfo = readMeminfo(files);
  if (!meminfo.ok) return undefined;
  const { memTotalBytes, memFreeBytes, buffersBytes, cachedBytes, shmemBytes, slabReclaimableBytes } =
    meminfo.value;
  const order = reportingOrder(files, commandLine);
  const pages = order === undefined ? undefined : freePagesInBlocks(textOf(`${files.proc}/buddyinfo`), order);
  return {
    totalBytes: memTotalBytes,
    freeBytes: memFreeBytes,
    cacheBytes: Math.max(0, buffersBytes + cachedBytes + slabReclaimableBytes - shmemBytes),
    swapTotalBytes: meminfo.value.swapTotalBytes,
    swapFreeBytes: meminfo.value.swapFreeBytes,
    ...compact({
      returnedBytes: pages === undefined ? undefined : Math.min(pages * pageSizeBytes, memTotalBytes),
      blockBytes: order === undefined ? undefined : 2 ** order * pageSizeBytes,
    }),
  };
}

/** mm/page_reporting.c: a parameter of the module, which the command line sets. */
function reportingOrder({ sys }: KernelFiles, commandLine: string): number | undefined {
  const parameter = decimal(textOf(`${sys}/module/page_reporting/parameters/page_reporting_order`).trim());
  const order = Number.isNaN(parameter) ? reportingOrderIn(commandLine) : parameter;
  // -1, or anything above the largest block, stands for none.
  return order !== undefined && order <= 16 ? order : undefined;
}

/** Nothing inside names the release of WSL: its kernels and its cgroups do, as far as they can. */
function reclaimOf(files: KernelFiles, isolated: boolean): WslReclaim {
  if (isolated) return 'new';
  const release = readKernelRelease(files);
  const name = release.ok ? release.value : '';
  const version = parseKernelVersion(name);
  // 2.9.4 has 6.18.35.2, and so have the first builds after it; 2.9.9 has 6.18.40.1.
  if (version === undefined || !/microsoft-standard/i.test(name)) return 'unknown';
  if (!atLeast(version, 6, 18, 35)) return 'old';
  return atLeast(version, 6, 18, 40) ? 'new' : 'unknown';
}

function interopOf(files: KernelFiles, { interop }: WslSession, isOff: boolean): WslInterop {
  if (isOff) return 'disabled';
  const folder = `${files.proc}/sys/fs/binfmt_misc`;
  const isRegistered = namesIn(folder)
    .filter((name) => name.startsWith('WSLInterop'))
    .some((name) => textOf(`${folder}/${name}`).startsWith('enabled'));
  if (!isRegistered) return 'unregistered';
  const run = `${rootOf(files)}/run/WSL`;
  const hasSocket =
    (interop !== undefined && existsSync(interop)) || namesIn(run).some((name) => /_interop$/.test(name));
  return hasSocket ? 'on' : 'no-socket';
}

function upSecondsOf({ proc }: KernelFiles): number | undefined {
  const seconds = Number(/^(\d+(?:\.\d+)?) /.exec(textOf(`${proc}/uptime`))?.[1]);
  return Number.isNaN(seconds) ? undefined : seconds;
}

function killsOf({ proc }: KernelFiles): number | undefined {
  const kills = decimal(/^oom_kill (\d+)$/m.exec(textOf(`${proc}/vmstat`))?.[1] ?? '');
  return Number.isNaN(kills) ? undefined : kills;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  const text = readText(path);
  return text.ok ? text.value : '';
}
