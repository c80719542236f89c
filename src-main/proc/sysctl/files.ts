import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { withDescriptor } from '../descriptors.ts';
import {
  type BootReader,
  type SysctlDisk,
  type SysctlFile,
  type UnreadFile,
} from '#shared/kernel/sysctl/disk.ts';
import { compareBytes } from '#shared/kernel/sysctl/kept.ts';
import { parseSysctlLines, sysctlPath, type SysctlLine } from '#shared/kernel/sysctl/lines.ts';
import { rejectedLines } from '#shared/kernel/sysctl/rejected.ts';
import { type IgnoredReason } from '#shared/model/sysctl/sysctl.ts';
import { fileStat, linkStat, realPath } from '../file-stat.ts';
import { type KernelFiles, readFailure, readText } from '../kernel-files.ts';
import { detectWsl } from '../surroundings.ts';

/**
 * sysctl.d(5): a file in an earlier folder hides all of the same name in later ones. /run/sysctl.d, the second, is not one of them: it is
 * emptied before the next boot, and what it hides is read then.
 */
const FOLDERS = ['/etc/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d'] as const;
const THIS_BOOT = '/run/sysctl.d';
const SYSCTL_CONF = '/etc/sysctl.conf';
/** Folders that look right and that no program reads. */
const WRONG_FOLDERS = ['/etc/sysctl.conf.d', '/etc/sysctl'] as const;
/** No configuration file is larger; a larger file is ignored. */
const MOST_BYTES = 1 << 18;

/**
 * Reads what the next boot would set: sysctl.d(5), sysctl.conf(5), systemd-sysctl.service(8), sysctl(8). `root` is `''` on this machine. Not
 * seen: the credential `sysctl.extra` of systemd, and files that only the initrd has.
 */
export function readSysctlDisk(files: KernelFiles, root: string): SysctlDisk {
  const reader = bootReader(files, root);
  // Where nothing reads them, the lines are shown as systemd would take them.
  const read = (path: string) => readConfig(root, path, reader);
  const { counting, unread } = sortedPaths(root, reader);
  const found = counting.map(read);
  const conf = isRegularFile(join(root, SYSCTL_CONF)) ? read(SYSCTL_CONF) : undefined;
  const linked =
    conf !== undefined && counting.some((path) => sameFile(join(root, path), join(root, SYSCTL_CONF)));
  const text = readText(`${files.proc}/cmdline`);
  const isLost = conf !== undefined && reader === 'systemd' && !linked;
  return {
    reader,
    commandLine: {
      path: '/proc/cmdline',
      lines: text.ok ? parseCommandLine(text.value) : [],
      rejected: [],
    },
    files: conf !== undefined && reader !== 'systemd' ? [...found, conf] : found,
    unreadFiles: [
      ...unread.map((each): UnreadFile => ({ ...read(each.path), ...each })),
      ...(isLost ? [{ ...conf, reason: 'not-linked' as const }] : []),
    ],
    ...(isLost ? { unread: conf } : {}),
  };
}

/** The program that reads the files: sd_booted(3) says whether systemd is the init. */
function bootReader(files: KernelFiles, root: string): BootReader {
  if (existsSync(join(root, '/run/systemd/system'))) {
    return isMasked(root, 'systemd-sysctl.service') ? 'none' : 'systemd';
  }
  // WSL's own init reads no file of sysctl.
  return detectWsl(files) === undefined ? 'procps' : 'none';
}

/** systemctl(1), mask: a link to /dev/null, or an empty file, in the folder that comes first. With --runtime it ends with this boot. */
function isMasked(root: string, unit: string): boolean {
  const path = join(root, '/etc/systemd/system', unit);
  const found = linkStat(path);
  if (found === undefined) return false;
  return found.isSymbolicLink() ? readlinkSync(path) === '/dev/null' : found.size === 0;
}

function readConfig(root: string, path: string, reader: BootReader): SysctlFile {
  const whole = join(root, path);
  const text = readText(whole, MOST_BYTES);
  const stat = fileStat(whole);
  const link = linkStat(whole)?.isSymbolicLink() === true;
  const real = link && stat !== undefined ? realPath(whole) : undefined;
  const target = real === undefined ? undefined : withoutRoot(root, real);
  return {
    path,
    ...(target === undefined ? {} : { target }),
    ...(stat === undefined ? {} : { changedMs: stat.mtimeMs }),
    // What cannot be read has no lines, but still hides what is behind it: a link to /dev/null, a folder, a dangling link.
    lines: text.ok ? parseSysctlLines(text.value, reader) : [],
    rejected: text.ok ? rejectedLines(text.value, reader) : [],
    ...(!text.ok && text.why === 'denied' ? { isUnreadable: true as const } : {}),
  };
}

function withoutRoot(root: string, path: string): string {
  return root !== '' && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
}

interface Unread {
  readonly path: string;
  readonly reason: IgnoredReason;
  readonly by?: string;
}

/** The files that count, sorted by name whatever folder they are in, and those that do not. */
function sortedPaths(root: string, reader: BootReader) {
  const byName = new Map<string, string>();
  const unread: Unread[] = [];
  const folders = FOLDERS.filter((folder, index) =>
    FOLDERS.slice(0, index).every((earlier) => !sameFile(join(root, folder), join(root, earlier))),
  );
  for (const folder of folders) {
    for (const name of namesIn(join(root, folder))) {
      const path = `${folder}/${name}`;
      const hiding = byName.get(name);
      if (isFolder(join(root, path))) unread.push(...filesIn(root, path).map(inWrongFolder));
      if (!name.endsWith('.conf')) {
        if (isRegularFile(join(root, path))) unread.push({ path, reason: 'file-name' });
      } else if (reader !== 'procps' && name.startsWith('.')) {
        // systemd ignores hidden files, procps does not.
        unread.push({ path, reason: 'hidden-file' });
      } else if (hiding === undefined) byName.set(name, path);
      else unread.push({ path, reason: 'same-name', by: hiding });
    }
  }
  for (const path of filesIn(root, THIS_BOOT)) {
    if (path.endsWith('.conf')) unread.push({ path, reason: 'this-boot' });
  }
  for (const folder of WRONG_FOLDERS) unread.push(...filesIn(root, folder).map(inWrongFolder));
  // strcmp(3): by bytes.
  const names = [...byName.keys()].sort(compareBytes);
  return { counting: names.flatMap((name) => byName.get(name) ?? []), unread };
}

function inWrongFolder(path: string): Unread {
  return { path, reason: 'folder' };
}

function filesIn(root: string, folder: string): readonly string[] {
  return namesIn(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => isRegularFile(join(root, path)));
}

function namesIn(folder: string): readonly string[] {
  try {
    return withDescriptor(() => readdirSync(folder));
  } catch (error) {
    readFailure(error, folder);
    return [];
  }
}

function isRegularFile(path: string): boolean {
  return fileStat(path)?.isFile() === true;
}

function isFolder(path: string): boolean {
  return fileStat(path)?.isDirectory() === true;
}

function sameFile(a: string, b: string): boolean {
  const [left, right] = [a, b].map((path) => fileStat(path));
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
