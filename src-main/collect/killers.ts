import { type KillerMark } from '#shared/model/memory.ts';
import { type ObservedProcess } from './processes/observed-process.ts';
import { type Snapshot } from './snapshot.ts';

/** The programs that kill before the kernel does, by the name that the kernel has for them. */
const KILLERS = ['earlyoom', 'nohang', 'systemd-oomd'] as const;

type KillerName = (typeof KILLERS)[number];

/** Those that run, with the available memory at which they act where their command line or their defaults say so. */
export function findKillers({ processes, memory }: Snapshot): KillerMark[] {
  const { memTotalBytes } = memory.meminfo;
  return processes.flatMap((process) => {
    const name = killerName(process);
    if (name === undefined || process.memory === undefined) return [];
    return [{ name, pid: process.pid, actsAtAvailableBytes: actsAtBytes(name, process, memTotalBytes) }];
  });
}

function killerName({ name, command }: ObservedProcess): KillerName | undefined {
  // nohang is a script that env(1) starts: the kernel knows it as python3.
  if (/^python[\d.]*$/.test(name) && /^\S+ (?:-\S+ )*(?:\S*\/)?nohang(?: |$)/.test(command)) return 'nohang';
  // comm holds 15 bytes.
  return KILLERS.find((killer) => name === killer.slice(0, 15));
}

/** The first of its thresholds, at which it begins to kill. */
function actsAtBytes(name: KillerName, process: ObservedProcess, memTotalBytes: number): number {
  switch (name) {
    case 'earlyoom':
      return earlyoomBytes(process.command, memTotalBytes);
    // nohang.conf: soft_threshold_min_mem = 5 %; its configuration is a file that only root may name differently.
    case 'nohang':
      return 0.05 * memTotalBytes;
    // oomd.conf SwapUsedLimit=90%: MemAvailable below 10%, and free swap below 10%.
    case 'systemd-oomd':
      return 0.1 * memTotalBytes;
  }
}

/** earlyoom(1): `-m PERCENT[,KILL_PERCENT]`, default 10, and `-M KIB[,KILL_KIB]`; of both the lower one counts. */
function earlyoomBytes(command: string, memTotalBytes: number): number {
  const percent = / -m ?(\d+(?:\.\d+)?)/.exec(command)?.[1];
  const kib = / -M ?(\d+)/.exec(command)?.[1];
  const byPercent = percent === undefined ? undefined : (Number(percent) / 100) * memTotalBytes;
  const byKib = kib === undefined ? undefined : Number(kib) * 1024;
  if (byPercent === undefined && byKib === undefined) return 0.1 * memTotalBytes;
  return Math.min(byPercent ?? Infinity, byKib ?? Infinity);
}
