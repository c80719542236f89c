import { readlinkSync } from 'node:fs';
import { parseEarlyoomOptions } from '#shared/killers/earlyoom-options.ts';
import { compact } from '#shared/optional.ts';
import { type KernelFiles, readFailure, rootOf } from '../../proc/kernel-files.ts';
import { readCmdline } from '../../proc/pid/cmdline.ts';
import { type ObservedProcess } from '../processes/observed-process.ts';
import { type KillerSetup } from './killer-setup.ts';
import { readSystemFile } from './system-file.ts';

/** Longer than a command line with lists of names gets. */
const MOST_CMDLINE_BYTES = 1 << 16;
/** The program has 60 KiB. */
const MOST_PROGRAM_BYTES = 1 << 22;
/** Where it is installed, when neither its command line nor its exe says so. */
const PROGRAMS = ['/usr/bin/earlyoom', '/usr/local/bin/earlyoom'];

/** Options and version of an earlyoom that runs. Its program is read for what it prints at its start, and never run. */
export function readEarlyoom(files: KernelFiles, process: ObservedProcess): KillerSetup {
  const { pid } = process;
  const cmdline = readCmdline(files, pid, MOST_CMDLINE_BYTES);
  const args =
    cmdline.ok && cmdline.value.join(' ').length < MOST_CMDLINE_BYTES - 1 ? cmdline.value : undefined;
  const options = args === undefined ? undefined : parseEarlyoomOptions(args.slice(1));
  const version = process.container === undefined ? versionOf(files, pid, args?.[0]) : undefined;
  return {
    name: 'earlyoom',
    pid,
    ...compact({ version, options, rehearses: options?.rehearses }),
    unknown: [
      ...(version === undefined ? (['version'] as const) : []),
      ...(options === undefined ? (['configuration'] as const) : []),
    ],
  };
}

function versionOf(files: KernelFiles, pid: number, argument: string | undefined): string | undefined {
  // The path, not the link to the file itself: that one may lead into a mount of somebody else's.
  const named = exeOf(files, pid) ?? argument;
  const paths = named?.startsWith('/') === true ? [named] : PROGRAMS;
  for (const path of paths) {
    if (!path.endsWith('/earlyoom')) continue;
    const file = readSystemFile(rootOf(files), path, MOST_PROGRAM_BYTES);
    const version = file === undefined ? undefined : versionIn(file.bytes.toString('latin1'));
    if (version !== undefined) return version;
  }
  return undefined;
}

/** main.c: fprintf(stderr, "earlyoom " VERSION "\n"), beside "Option -k is ignored since earlyoom v1.2\n". */
function versionIn(program: string): string | undefined {
  const texts = program.matchAll(/(?<!since )earlyoom v?(\d{1,4}\.\d{1,4}[\w.+~-]{0,60})\n\0/g);
  const [only, second] = new Set([...texts].map(([, version]) => version));
  return second === undefined ? only : undefined;
}

/** Where the program was when it was started; readable for its own user and root. A replaced one ends with ` (deleted)`. */
function exeOf({ proc }: KernelFiles, pid: number): string | undefined {
  const path = `${proc}/${pid}/exe`;
  try {
    return readlinkSync(path);
  } catch (error) {
    readFailure(error, path);
    return undefined;
  }
}
