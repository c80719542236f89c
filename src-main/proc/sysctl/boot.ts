import { SYSCTL_SPECS } from '#shared/model/sysctl-specs.ts';
import { SYSCTL_NAMES, type OnDisk, type SysctlChange, type SysctlName } from '#shared/model/sysctl.ts';
import { KEPT_FILE, type SysctlDisk, type SysctlFile } from './files.ts';
import { globMatches, isGlob, kernelNumber, simplePath, type SysctlLine } from './lines.ts';

/** What a setting will be after the next boot, and by which line. */
export interface BootSetting {
  /** Absent where no file sets it and the kernel computes it. */
  readonly value?: number;
  /** The line that is written last; for ratio and kbytes perhaps the other's, which sets this one to 0. */
  readonly winner?: OnDisk;
  /** The other lines that name it, in the order in which they are read. */
  readonly overridden: readonly OnDisk[];
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
const NAME_OF_PATH = new Map<string, SysctlName>(SYSCTL_NAMES.map((name) => [pathOf(name), name]));

/** Every write to one of our settings, in the order in which the reader does them. */
export function bootWrites({ reader, files }: Pick<SysctlDisk, 'reader' | 'files'>): readonly BootWrite[] {
  return reader === 'systemd' ? systemdWrites(linesOf(files)) : procpsWrites(linesOf(files));
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
  return [...byKey.values()].flatMap((line) => writesOf(line, (path) => byKey.has(path)));
}

/**
 * procps: src/sysctl.c, write_setting_list(). Every line is written, one after the other; a pattern passes over what any line names to the
 * letter. As 4.0.2 does it: later versions also pass over what a line `-pattern` matches.
 */
function procpsWrites(lines: readonly Line[]): readonly BootWrite[] {
  const named = new Set(lines.map(({ key }) => key));
  return lines.flatMap((line) => {
    const slashes = /^\/*/.exec(line.key)?.[0] ?? '';
    return writesOf(line, (path) => named.has(slashes + path));
  });
}

function writesOf(line: Line, isNamed: (path: string) => boolean): readonly BootWrite[] {
  const { key, value, file } = line;
  if (value === undefined) return [];
  const source = { value, file, line: line.line };
  return namesFor(key)
    .filter((name) => !isGlob(key) || !isNamed(pathOf(name)))
    .map((name) => ({ name, value, source }));
}

/** Our settings that a key or a pattern means. */
function namesFor(rawKey: string): readonly SysctlName[] {
  const key = simplePath(rawKey);
  if (isGlob(key)) return SYSCTL_NAMES.filter((name) => globMatches(key, pathOf(name)));
  const name = NAME_OF_PATH.get(key);
  return name === undefined ? [] : [name];
}

/** What each setting will be after the next boot: the writes are done one after the other, as the kernel would take them. */
export function bootSettings(disk: SysctlDisk): ReadonlyMap<SysctlName, BootSetting> {
  const writes = [...procpsWrites(linesOf([disk.commandLine])), ...bootWrites(disk)];
  const values = new Map<SysctlName, number | undefined>(
    SYSCTL_NAMES.map((name) => [name, SYSCTL_SPECS[name].default]),
  );
  const winners = new Map<SysctlName, OnDisk>();
  for (const { name, value, source } of writes) {
    winners.set(name, source);
    const number = acceptedNumber(name, value);
    if (number === undefined) continue;
    values.set(name, number);
    const { clears } = SYSCTL_SPECS[name];
    if (clears === undefined || values.get(clears) === 0) continue;
    values.set(clears, 0);
    winners.set(clears, { ...source, value: '0' });
  }
  return new Map(
    SYSCTL_NAMES.map((name) => {
      const value = values.get(name);
      const winner = winners.get(name);
      const overridden = linesFor([disk.commandLine, ...disk.files], name).filter(
        ({ file, line }) => file !== winner?.file || line !== winner.line,
      );
      return [
        name,
        {
          overridden,
          ...(value === undefined ? {} : { value }),
          ...(winner === undefined ? {} : { winner }),
        },
      ];
    }),
  );
}

/** The lines of files that set a setting, by name or by a pattern. */
export function linesFor(files: readonly SysctlFile[], name: SysctlName): readonly OnDisk[] {
  return linesOf(files).flatMap(({ key, value, file, line }) =>
    value === undefined || !namesFor(key).includes(name) ? [] : [{ value, file, line }],
  );
}

/** Kernel tables with a range (EINVAL outside); the others take every int or unsigned long. */
const RANGED: ReadonlySet<SysctlName> = new Set(['vm.overcommit_memory', 'vm.panic_on_oom', 'vm.swappiness']);

/** The number that the kernel would take, undefined where it would refuse. */
function acceptedNumber(name: SysctlName, text: string): number | undefined {
  const number = kernelNumber(text);
  const { lowest, highest } = SYSCTL_SPECS[name];
  if (number === undefined || (RANGED.has(name) && (number < lowest || number > highest))) return undefined;
  return number;
}

/** The files as they would be with these settings kept by Lifeboat. */
export function withKept(disk: SysctlDisk, changes: readonly SysctlChange[]): SysctlDisk {
  const kept = disk.files.find(({ path }) => path === KEPT_FILE);
  const paths = new Set(changes.map(({ name }) => pathOf(name)));
  const old = kept?.lines.filter(({ key }) => !paths.has(simplePath(key))) ?? [];
  const last = kept?.lines.at(-1)?.line ?? 0;
  const file: SysctlFile = {
    path: KEPT_FILE,
    lines: [
      ...old,
      ...changes.map(({ name, value }, index) => ({
        key: pathOf(name),
        value: value.toString(),
        line: last + index + 1,
      })),
    ],
  };
  if (kept !== undefined) {
    return { ...disk, files: disk.files.map((each) => (each === kept ? file : each)) };
  }
  const position = disk.files.findIndex(({ path }) => isAfterKept(path));
  const at = position < 0 ? disk.files.length : position;
  // One of the same name in another folder is hidden by ours.
  const hidden = (path: string) => path.endsWith('/90-lifeboat.conf');
  return {
    ...disk,
    files: [...disk.files.slice(0, at), file, ...disk.files.slice(at)].filter(
      (each) => each === file || !hidden(each.path),
    ),
  };
}

function isAfterKept(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // /etc/sysctl.conf is last of all.
  return (
    path === '/etc/sysctl.conf' || Buffer.compare(Buffer.from(name), Buffer.from('90-lifeboat.conf')) > 0
  );
}
