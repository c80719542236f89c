import { type KernelFiles } from '../../proc/kernel-files.ts';
import { readWholeCmdline } from '../../proc/pid/cmdline.ts';
import { readPidStat } from '../../proc/pid/stat.ts';
import { type CommandOf, type RuledProcess } from './rule.ts';

/**
 * Reads whole command lines for the rules: a snapshot holds the first 4,096 bytes, a Java class stands behind more of class path. What was read
 * for one process is kept while the rules are asked about it, and not longer: there may be megabytes of it.
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
