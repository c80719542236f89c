import { quoted } from '../../format/terminal-command.ts';
import { type OnDisk, type SysctlChange } from '../../model/sysctl/sysctl.ts';
import { type KernelVersion } from '../version.ts';
import { type SysctlDisk } from './disk.ts';
import { linesInTheWay } from './kept.ts';

/** What lets a kept value win over other files. */
export interface WayOut {
  readonly lines: readonly OnDisk[];
  /** A command for a shell that turns these lines into comments. */
  readonly command: string;
}

/**
 * How a value that Lifeboat keeps comes to win: the lines that are read later become comments. Files of the distribution stay as they are: a
 * copy in /etc/sysctl.d takes their place (sysctl.d(5)); one that another command has made already is edited further. Undefined where nothing
 * is in the way, or nothing helps.
 */
export function wayOut(disk: SysctlDisk, change: SysctlChange, version?: KernelVersion): WayOut | undefined {
  const lines = linesInTheWay(disk, change, version);
  if (lines.length === 0) return undefined;
  const byFile = Map.groupBy(lines, ({ file }) => file);
  const commands = [...byFile].map(([file, own]) => {
    const target = disk.files.find(({ path }) => path === file)?.target ?? file;
    const scripts = own.map(({ line }) => `-e '${line}s/^/# /'`).join(' ');
    if (target.startsWith('/etc/')) return `sudo sed -i ${scripts} ${quoted(target)}`;
    const copy = quoted(`/etc/sysctl.d/${file.slice(file.lastIndexOf('/') + 1)}`);
    return `sudo mkdir -p /etc/sysctl.d && test -e ${copy} || sudo cp ${quoted(file)} ${copy} && sudo sed -i ${scripts} ${copy}`;
  });
  return { lines, command: commands.join(' && ') };
}
