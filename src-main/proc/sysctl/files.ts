import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type KernelFiles, readFailure, readText } from '../kernel-files.ts';
import { parseSysctlLines, sysctlPath, type SysctlLine } from './lines.ts';

/**
 * Who reads the files at boot. systemd-sysctl knows the folders alone: /etc/sysctl.conf counts only where it is linked into one of them (Debian
 * 12 links it as 99-sysctl.conf). procps' `sysctl --system`, which other inits run, reads /etc/sysctl.conf last of all.
 */
export type BootReader = 'systemd' | 'procps';

/** A configuration file. */
export interface SysctlFile {
  /** As the machine knows it: without the root of a built tree. */
  readonly path: string;
  readonly lines: readonly SysctlLine[];
}

/** All that the next boot will read, in the order in which it reads. */
export interface SysctlDisk {
  readonly reader: BootReader;
  /** What the kernel takes from its own command line, before any file is read. */
  readonly commandLine: SysctlFile;
  readonly files: readonly SysctlFile[];
  /** /etc/sysctl.conf where nobody reads it. */
  readonly unread?: SysctlFile;
}

/** sysctl.d(5): a file in an earlier folder hides all of the same name in later ones. */
const FOLDERS = [
  '/etc/sysctl.d',
  '/run/sysctl.d',
  '/usr/local/lib/sysctl.d',
  '/usr/lib/sysctl.d',
  '/lib/sysctl.d',
] as const;
const SYSCTL_CONF = '/etc/sysctl.conf';

/** Where Lifeboat keeps its settings. */
export const KEPT_FILE = '/etc/sysctl.d/90-lifeboat.conf';

/**
 * Reads what the next boot would set: sysctl.d(5), sysctl.conf(5), systemd-sysctl.service(8), sysctl(8). `root` is `''` on this machine. Not
 * seen: the credential `sysctl.extra` of systemd, and files that only the initrd has.
 */
export function readSysctlDisk(files: KernelFiles, root: string): SysctlDisk {
  // sd_booted(3)
  const reader: BootReader = existsSync(join(root, '/run/systemd/system')) ? 'systemd' : 'procps';
  const read = (path: string): SysctlFile => {
    const text = readText(join(root, path));
    // What cannot be read has no lines, but still hides what is behind it: a link to /dev/null, a folder, a dangling link.
    return { path, lines: text.ok ? parseSysctlLines(text.value) : [] };
  };
  const found = sysctlPaths(root, reader).map(read);
  const conf = isRegularFile(join(root, SYSCTL_CONF)) ? read(SYSCTL_CONF) : undefined;
  const linked =
    conf !== undefined && found.some(({ path }) => sameFile(join(root, path), join(root, SYSCTL_CONF)));
  const text = readText(`${files.proc}/cmdline`);
  return {
    reader,
    commandLine: { path: '/proc/cmdline', lines: text.ok ? parseCommandLine(text.value) : [] },
    files: conf !== undefined && reader === 'procps' ? [...found, conf] : found,
    ...(conf !== undefined && reader === 'systemd' && !linked ? { unread: conf } : {}),
  };
}

/** The files that count, sorted by name whatever folder they are in. */
function sysctlPaths(root: string, reader: BootReader): readonly string[] {
  const byName = new Map<string, string>();
  for (const folder of FOLDERS) {
    for (const name of namesIn(join(root, folder))) {
      // systemd passes over hidden files, procps does not.
      if (!name.endsWith('.conf') || (reader === 'systemd' && name.startsWith('.'))) continue;
      if (!byName.has(name)) byName.set(name, `${folder}/${name}`);
    }
  }
  // strcmp(3): by bytes.
  const names = [...byName.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return names.flatMap((name) => byName.get(name) ?? []);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    readFailure(error, folder);
    return [];
  }
}

function isRegularFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function sameFile(a: string, b: string): boolean {
  const [left, right] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return left !== undefined && right !== undefined && left.ino === right.ino && left.dev === right.dev;
}

/**
 * What the kernel takes from its command line: `sysctl.vm.swappiness=10` (Linux 5.8, fs/proc/proc_sysctl.c, do_sysctl_args()) and `panic=10`
 * (kernel/panic.c). What follows `--` is for init.
 */
function parseCommandLine(text: string): readonly SysctlLine[] {
  const lines: SysctlLine[] = [];
  for (const word of text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []) {
    if (word === '--') break;
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(word.replaceAll('"', '')) ?? [];
    if (name === 'panic') lines.push({ key: 'kernel/panic', value, line: 1 });
    else if (/^sysctl[./]/.test(name)) {
      lines.push({ key: sysctlPath(name.slice('sysctl.'.length).replaceAll('.', '/')), value, line: 1 });
    }
  }
  return lines;
}
