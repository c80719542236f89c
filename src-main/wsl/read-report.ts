import { type Snapshot } from '../collect/snapshot.ts';
import { compact } from '#shared/optional.ts';
import { type WslReport, type WslSettingsFile } from '#shared/model/wsl.ts';
import { readWslSettings } from '#shared/wsl/read-settings.ts';
import { type KernelFiles, readBytes } from '../proc/kernel-files.ts';
import { busyProcesses } from './busy.ts';
import { readWslMachine } from './read-machine.ts';
import { wslSession } from './session.ts';
import { readWindowsFiles } from './windows-files.ts';

/** How long is waited, and for what; absent: as on a real machine. */
export interface ReportLimits {
  readonly watchMs?: number;
  readonly fileMs?: number;
}

/** Everything of WSL, with the files of Windows: for a person who looks at it, some seconds at most. Undefined outside of WSL. */
export async function readWslReport(
  files: KernelFiles,
  { host, processes }: Pick<Snapshot, 'host' | 'processes'>,
  { watchMs, fileMs }: ReportLimits = {},
): Promise<WslReport | undefined> {
  const machine = readWslMachine(files, wslSession(files, host.pageSizeBytes));
  if (machine === undefined) return undefined;
  if (machine.version === 1) return { machine, wslconfigs: [], windowsDrive: 'absent' };
  const [windows, busy] = await Promise.all([
    readWindowsFiles(files, fileMs),
    busyProcesses(files, host, watchMs),
  ]);
  const managers = processes.filter(({ pid, name }) => pid !== 1 && /^\(?systemd\)?$/.test(name));
  const manager = managers.toSorted((a, b) => b.oomScoreAdj - a.oomScoreAdj)[0];
  return {
    machine,
    ...windows,
    busy,
    ...compact({
      wslConf: ownWslConf(files),
      sessionManager:
        manager === undefined ? undefined : { pid: manager.pid, oomScoreAdj: manager.oomScoreAdj },
    }),
  };
}

function ownWslConf({ etc }: KernelFiles): WslSettingsFile | undefined {
  const path = `${etc}/wsl.conf`;
  const read = readBytes(path);
  if (read.ok) return { path, findings: readWslSettings(read.value, 'wsl.conf').findings };
  if (read.why === 'missing') return undefined;
  return { path, findings: [], why: read.why === 'denied' ? 'denied' : 'failed' };
}
