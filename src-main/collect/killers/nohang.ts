import { existsSync } from 'node:fs';
import { parseNohangConf } from '#shared/killers/nohang-conf.ts';
import { type KillerUnknown } from '#shared/model/killer.ts';
import { compact } from '#shared/optional.ts';
import { readBootTimeMs } from '../../proc/boot-time.ts';
import { type KernelFiles, rootOf } from '../../proc/kernel-files.ts';
import { readCmdline } from '../../proc/pid/cmdline.ts';
import { type ObservedProcess } from '../processes/observed-process.ts';
import { type Snapshot } from '../snapshot.ts';
import { type KillerSetup } from './killer-setup.ts';
import { readSystemFile } from './system-file.ts';

/** Ten times what the files of the distributions have. */
const MOST_CONF_BYTES = 1 << 18;
/** Where it writes which version is installed: src/nohang print_version(). */
const VERSIONS = ['/usr/local/share/nohang/version', '/usr/share/nohang/version'];
const ARC = 'spl/kstat/zfs/arcstats';

/** The configuration of a nohang that runs. It reads its file once, at its start. */
export function readNohang(files: KernelFiles, { host }: Snapshot, process: ObservedProcess): KillerSetup {
  const root = rootOf(files);
  const isHere = process.container === undefined;
  const cmdline = readCmdline(files, process.pid);
  const path = configIn(cmdline.ok ? cmdline.value : []);
  const file = path === undefined || !isHere ? undefined : readSystemFile(root, path, MOST_CONF_BYTES);
  const conf = file === undefined ? undefined : parseNohangConf(file.bytes.toString('utf8'));
  const versions = isHere ? VERSIONS.map((each) => readSystemFile(root, each, 4096)) : [];
  const version = versions
    .find((each) => each !== undefined)
    ?.bytes.toString('utf8')
    .split('\n', 1)[0];
  const countsArc = existsSync(`${files.proc}/${ARC}`);
  const startedMs = startOf(files, process, host.clockTicksPerSecond);
  const unknown: KillerUnknown[] = [];
  if (conf === undefined) unknown.push('configuration');
  else if (file !== undefined && startedMs !== undefined && file.changedMs > startedMs)
    unknown.push('changed-file');
  if (countsArc) unknown.push('arc');
  const shown = /^v?\d[\w.+~-]{0,60}$/.test(version ?? '') ? version : undefined;
  return { name: 'nohang', pid: process.pid, ...compact({ version: shown, conf }), countsArc, unknown };
}

function configIn(args: readonly string[]): string | undefined {
  const at = args.findLastIndex((each) => each === '--config' || each === '-c');
  const path = at < 0 ? undefined : args[at + 1];
  return path?.startsWith('/') === true ? path : undefined;
}

function startOf(files: KernelFiles, { startTicks }: ObservedProcess, perSecond: number): number | undefined {
  const bootMs = readBootTimeMs(files);
  // btime is cut to seconds.
  return bootMs === undefined ? undefined : bootMs + (startTicks / perSecond) * 1000 + 1000;
}
