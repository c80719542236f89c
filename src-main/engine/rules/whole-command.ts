import { type KernelFiles } from '../../proc/kernel-files.ts';
import { readWholeCmdline } from '../../proc/pid/cmdline.ts';
import { readPidStat } from '../../proc/pid/stat.ts';
import { type CommandOf, type RuledProcess } from './rule.ts';

/**
 * Reads whole command lines for the rules: a snapshot holds the first 4,096 bytes, a Java class may come after a longer class path. The
 * command of one process is kept while the rules are matched against it, and no longer: it may be megabytes.
 */
export function wholeCommandIn(files: KernelFiles): CommandOf {
  let last: { readonly of: RuledProcess; readonly command: string } | undefined;
  return (process) => {
    if (process.commandIsCut === undefined) return process.command;
    if (last?.of === process) return last.command;
    const read = readWholeCmdline(files, process.pid);
    const stat = readPidStat(files, process.pid);
    const isIt = stat.ok && stat.value.startTicks === process.startTicks;
    const command = read.ok && isIt && read.value.length > 0 ? read.value.join(' ') : process.command;
    last = { of: process, command };
    return command;
  };
}
