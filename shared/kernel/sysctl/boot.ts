import { SYSCTL_SPECS } from '../../model/sysctl/specs.ts';
import { SYSCTL_NAMES, type IgnoredLine, type OnDisk, type SysctlName } from '../../model/sysctl/sysctl.ts';
import { type KernelVersion } from '../version.ts';
import { placeOf, type SysctlDisk, type SysctlFile } from './disk.ts';
import { isGlob } from './glob.ts';
import { simplePath, type SysctlLine } from './lines.ts';
import { acceptedNumber } from './number.ts';
import { meantNames, namesFor } from './rejected.ts';

/** What a setting will be after the next boot, and by which line. */
export interface BootSetting {
  /** Absent where no file sets it and the kernel computes it. */
  readonly value?: number;
  /** The line that is written last; for ratio and kbytes perhaps the other's, which sets this one to 0. */
  readonly winner?: OnDisk;
  /** The other lines that name it, in the order in which they are read. */
  readonly overridden: readonly OnDisk[];
  /** Lines that are meant for it and count for nothing, with the reason. */
  readonly ignored: readonly IgnoredLine[];
}

/** One write that the reader does at boot. */
export interface BootWrite {
  readonly name: SysctlName;
  readonly value: string;
  readonly source: OnDisk;
}

interface Line extends SysctlLine {
  readonly file: string;
}

const pathOf = (name: SysctlName) => name.replace('.', '/');

/** Every write to one of our settings, in the order in which the reader does them. */
export function bootWrites({ reader, files }: Pick<SysctlDisk, 'reader' | 'files'>): readonly BootWrite[] {
  switch (reader) {
    case 'systemd':
      return systemdWrites(linesOf(files));
    case 'procps':
      return procpsWrites(linesOf(files));
    case 'none':
      return [];
  }
}

function linesOf(files: readonly SysctlFile[]): readonly Line[] {
  return files.flatMap(({ path, lines }) => lines.map((line) => ({ ...line, file: path })));
}

/**
 * systemd: src/sysctl/sysctl.c. All lines go into one ordered map: a later line takes the place of an earlier one for the same key, and
 * goes to the end unless its value is the same. Patterns set what no line names, whatever their order.
 */
function systemdWrites(lines: readonly Line[]): readonly BootWrite[] {
  const byKey = new Map<string, Line>();
  for (const line of lines) {
    const key = simplePath(line.key);
    if (byKey.has(key) && byKey.get(key)?.value !== line.value) byKey.delete(key);
    byKey.set(key, { ...line, key });
  }
  return [...byKey.values()].flatMap((line) => writesOf(line, 'systemd', (path) => byKey.has(path)));
}

/**
 * procps: src/sysctl.c, write_setting_list(). Every line is written, one after the other; a pattern skips the keys that other lines name
 * exactly. As 4.0.2 does it: later versions also skip the matches of a line `-pattern`.
 */
function procpsWrites(lines: readonly Line[]): readonly BootWrite[] {
  const named = new Set(lines.map(({ key }) => key));
  return lines.flatMap((line) => {
    const slashes = /^\/*/.exec(line.key)?.[0] ?? '';
    return writesOf(line, 'procps', (path) => named.has(slashes + path));
  });
}

function writesOf(
  { key, value, file, line }: Line,
  reader: SysctlDisk['reader'],
  isNamed: (path: string) => boolean,
): readonly BootWrite[] {
  if (value === undefined) return [];
  return namesFor(key, reader)
    .filter((name) => !isGlob(key) || !isNamed(pathOf(name)))
    .map((name) => ({ name, value, source: { value, file, line } }));
}

/**
 * What each setting will be after the next boot: the writes are done one after the other, as the kernel would take them. What the kernel
 * refuses changes nothing; such a line wins only where no other does.
 */
export function bootSettings(
  disk: SysctlDisk,
  version?: KernelVersion,
): ReadonlyMap<SysctlName, BootSetting> {
  const writes = [...procpsWrites(linesOf([disk.commandLine])), ...bootWrites(disk)];
  const values = new Map<SysctlName, number | undefined>(
    SYSCTL_NAMES.map((name) => [name, SYSCTL_SPECS[name].default]),
  );
  const winners = new Map<SysctlName, OnDisk>();
  const refused: BootWrite[] = [];
  for (const write of writes) {
    const { name, value, source } = write;
    const number = acceptedNumber(name, value, version);
    if (number === undefined) {
      refused.push(write);
      continue;
    }
    winners.set(name, source);
    values.set(name, number);
    const { clears } = SYSCTL_SPECS[name];
    if (clears === undefined || values.get(clears) === 0) continue;
    values.set(clears, 0);
    winners.set(clears, { ...source, value: '0', sets: name });
  }
  return new Map(
    SYSCTL_NAMES.map((name) => {
      const value = values.get(name);
      const refusedHere = refused.filter((write) => write.name === name).map(({ source }) => source);
      const winner = winners.get(name) ?? refusedHere.at(-1);
      const overridden = linesFor([disk.commandLine, ...readFiles(disk)], name, disk).filter(
        (line) => !isSame(line, winner) && !refusedHere.some((each) => isSame(each, line)),
      );
      return [
        name,
        {
          overridden,
          ignored: [...refusedHere.map(asRefused), ...ignoredFor(disk, name)],
          ...(value === undefined ? {} : { value }),
          ...(winner === undefined ? {} : { winner }),
        },
      ];
    }),
  );
}

function isSame({ file, line }: OnDisk, other: OnDisk | undefined): boolean {
  return file === other?.file && line === other.line;
}

function asRefused({ value, file, line }: OnDisk): IgnoredLine {
  return { text: value, file, line, reason: 'refused' };
}

function readFiles({ reader, files }: SysctlDisk): readonly SysctlFile[] {
  return reader === 'none' ? [] : files;
}

/** Lines that look meant for a setting and that no program reads. */
function ignoredFor(disk: SysctlDisk, name: SysctlName): readonly IgnoredLine[] {
  const rejected = [...disk.files, ...disk.unreadFiles].flatMap((file) =>
    file.rejected
      .filter(({ text }) => meantNames(text).includes(name))
      .map((line) => ({ ...line, file: file.path })),
  );
  const hidden = disk.unreadFiles
    .filter(({ reason }) => reason !== 'not-linked')
    .flatMap((file) =>
      linesFor([file], name, disk).map(({ file: path, line, value }) => ({
        text: `${name} = ${value}`,
        file: path,
        line,
        reason: file.reason,
        ...(file.by === undefined ? {} : { by: file.by }),
      })),
    );
  const unheard =
    disk.reader === 'none'
      ? linesFor(disk.files, name, disk).map(({ file, line, value }): IgnoredLine => ({
          text: `${name} = ${value}`,
          file,
          line,
          reason: 'no-reader',
        }))
      : [];
  return [...rejected, ...hidden, ...unheard];
}

/** The lines of files that set a setting, by name or by a pattern. */
export function linesFor(
  files: readonly SysctlFile[],
  name: SysctlName,
  { reader }: Pick<SysctlDisk, 'reader'>,
): readonly OnDisk[] {
  return files.flatMap((file) =>
    file.lines.flatMap((line) =>
      line.value === undefined || !namesFor(line.key, reader).includes(name) ? [] : [placeOf(file, line)],
    ),
  );
}
