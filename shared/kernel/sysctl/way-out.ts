import { quoted } from '../../format/terminal-command.ts';
import { type OnDisk, type SysctlChange } from '../../model/sysctl.ts';
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
 * copy in /etc/sysctl.d takes their place (sysctl.d(5)). Undefined where nothing is in the way, or nothing helps.
 */
export function wayOut(disk: SysctlDisk, change: SysctlChange, version?: KernelVersion): WayOut | undefined {
  return waysOut(disk, [change], version);
}

/** The same for several kept values at once. One command edits each file once: a copy that is made twice would lose the first edit. */
export function waysOut(
  disk: SysctlDisk,
  changes: readonly SysctlChange[],
  version?: KernelVersion,
): WayOut | undefined {
  const found = changes.flatMap((change) => linesInTheWay(disk, change, version));
  const lines = found.filter(
    ({ file, line }, index) =>
      found.findIndex((other) => other.file === file && other.line === line) === index,
  );
  if (lines.length === 0) return undefined;
  const byFile = Map.groupBy(lines, ({ file }) => file);
  const commands = [...byFile].map(([file, own]) => {
    const target = disk.files.find(({ path }) => path === file)?.target ?? file;
    const scripts = own.map(({ line }) => `-e '${line}s/^/# /'`).join(' ');
    if (target.startsWith('/etc/')) return `sudo sed -i ${scripts} ${quoted(target)}`;
    const copy = quoted(`/etc/sysctl.d/${file.slice(file.lastIndexOf('/') + 1)}`);
    return `sudo mkdir -p /etc/sysctl.d && sudo cp ${quoted(file)} ${copy} && sudo sed -i ${scripts} ${copy}`;
  });
  return { lines, command: commands.join(' && ') };
}
