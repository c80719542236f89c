import { type IgnoredReason, type OnDisk } from '../../model/sysctl/sysctl.ts';
import { type SysctlLine } from './lines.ts';

/**
 * The program that reads the files at boot. systemd-sysctl reads the folders only: /etc/sysctl.conf counts only where it is linked into one
 * of them (Debian 12 links it as 99-sysctl.conf). procps' `sysctl --system`, which other inits run, reads /etc/sysctl.conf last of all.
 * `none`: the init of this machine reads no file (WSL without systemd, a masked systemd-sysctl.service).
 */
export type BootReader = 'systemd' | 'procps' | 'none';

/** A line that no program takes for an assignment, or that is in a file that no program reads. */
export interface RejectedLine {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  readonly reason: IgnoredReason;
}

/** A configuration file. */
export interface SysctlFile {
  /** As the machine knows it: without the root of a built tree. */
  readonly path: string;
  /** Where a link leads to; absent for a plain file. */
  readonly target?: string;
  readonly lines: readonly SysctlLine[];
  /** Lines that look like settings and that the reader does not take. */
  readonly rejected: readonly RejectedLine[];
  /** When its content was last changed, in milliseconds since 1970; absent where that is unknown. */
  readonly changedMs?: number;
  /** It is there, and this user may not read it. */
  readonly isUnreadable?: true;
}

/** A file that looks like configuration and is not read. */
export interface UnreadFile extends SysctlFile {
  readonly reason: IgnoredReason;
  /** The file that hides it. */
  readonly by?: string;
}

/** All that the next boot will read, in the order in which it reads. */
export interface SysctlDisk {
  readonly reader: BootReader;
  /** What the kernel takes from its own command line, before any file is read. */
  readonly commandLine: SysctlFile;
  readonly files: readonly SysctlFile[];
  /** Files that are not read, with the reason. */
  readonly unreadFiles: readonly UnreadFile[];
  /** /etc/sysctl.conf where nothing reads it. */
  readonly unread?: SysctlFile;
}

/** Where Lifeboat keeps its settings. */
export const KEPT_FILE = '/etc/sysctl.d/90-lifeboat.conf';

/** The place of a line. */
export function placeOf({ path }: SysctlFile, { value = '', line }: SysctlLine): OnDisk {
  return { value, file: path, line };
}
