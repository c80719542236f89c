import { assertNever } from '#shared/result.ts';
import { safeText } from '#shared/format/safe-text.ts';
import {
  type IgnoredLine,
  type LaterSetter,
  type OnDisk,
  type SysctlState,
} from '#shared/model/sysctl/sysctl.ts';
import { say, strong, type Sentence } from '../../sentence.ts';
import { valueText } from './values.ts';

/** Where the value comes from at boot. */
export function diskSentence(state: SysctlState): Sentence {
  const { spec, onDisk, afterBoot, decidedBy } = state;
  const host = decidedBy === 'host' ? ' The host of this container decides, whatever files here say.' : '';
  if (onDisk === undefined) {
    return spec.default === undefined
      ? say`Not set on disk: the kernel computes it at every boot.${host}`
      : say`Not set on disk; the kernel’s default is ${valueText(spec.name, spec.default)}.${host}`;
  }
  if (onDisk.sets !== undefined) {
    return say`${strong(safeText(onDisk.value))}, because ${placeOf(onDisk)} sets ${onDisk.sets}.${host}`;
  }
  const where = say`${strong(safeText(onDisk.value))} in ${placeOf(onDisk)}`;
  const result = decidedBy === 'host' || afterBoot === Number(onDisk.value) ? '' : notAsWritten(state);
  return say`${where}.${result}${host}`;
}

function notAsWritten({ spec, afterBoot }: SysctlState): string {
  const after = afterBoot === undefined ? 'what the kernel computes' : valueText(spec.name, afterBoot);
  return ` After the next boot: ${after}.`;
}

/** Lines that lose, lines that are not read, and lines that count for nothing, each with its reason. */
export function loserSentences({ overridden, unread, ignored }: SysctlState): readonly Sentence[] {
  return [
    ...overridden.map((line) => say`${safeText(line.value)} in ${placeOf(line)} is overridden by it.`),
    ...unread.map(
      (line) =>
        say`${safeText(line.value)} in ${placeOf(line)} has no effect: systemd does not read that file.`,
    ),
    ...ignored.map(
      (line) =>
        say`“${safeText(line.text)}” in ${safeText(line.file)}, line ${line.line.toString()} has no effect${line.reason === 'this-boot' ? ' after this boot' : ''}: ${ignoredReason(line)}.`,
    ),
  ];
}

function ignoredReason({ reason, by }: IgnoredLine): string {
  switch (reason) {
    case 'byte-order-mark':
      return 'the file begins with a byte order mark, which becomes part of the name';
    case 'encoding':
      return 'the file is UTF-16, which no program reads';
    case 'not-an-assignment':
      return 'there is no "=" in it';
    case 'no-such-setting':
      return 'no setting has that name';
    case 'refused':
      return 'the kernel refuses this value';
    case 'file-name':
      return 'the name of the file does not end in .conf';
    case 'hidden-file':
      return 'systemd passes over hidden files';
    case 'same-name':
      return `${safeText(by ?? 'a file in an earlier folder')} has the same name and is read instead`;
    case 'not-linked':
      return 'systemd does not read that file';
    case 'folder':
      return 'no program reads that folder';
    case 'this-boot':
      return '/run is emptied before the next boot';
    case 'no-reader':
      return 'nothing reads such files when this machine starts';
    default:
      return assertNever(reason);
  }
}

/** The place of a line. */
export function placeOf({ file, line }: Pick<OnDisk, 'file' | 'line'>): string {
  return file === '/proc/cmdline' ? 'the kernel’s command line' : `${safeText(file)}, line ${line}`;
}

/** Several places. */
export function placesOf(lines: readonly OnDisk[]): string {
  return lines.length === 0 ? 'the settings' : lines.map(placeOf).join(', and ');
}

/** The value now is not what the next boot would set. Claims no cause that is not known. */
export function driftSentence({
  spec,
  now,
  afterBoot,
  drifts,
  onDisk,
  editedAfterBoot,
}: SysctlState): Sentence {
  if (!drifts || now === undefined || afterBoot === undefined) return [];
  const is = say`Now ${strong(valueText(spec.name, now))}`;
  const after = valueText(spec.name, afterBoot);
  if (onDisk === undefined) return say`${is}, the kernel’s default is ${after}.`;
  if (onDisk.file === '/proc/cmdline') return say`${is}, the kernel’s command line says ${after}.`;
  if (onDisk.sets !== undefined)
    return say`${is}, ${after} after the next boot: ${placeOf(onDisk)} sets ${onDisk.sets}.`;
  const edited = editedAfterBoot === true ? ' (edited after boot; not applied)' : '';
  return say`${is}, file says ${after}${edited}: ${placeOf(onDisk)}.`;
}

/** The programs that may set a setting after the files, one sentence each. */
export function laterSentences({ later }: SysctlState): readonly Sentence[] {
  return later.map((setter) => {
    const to = setter.value === undefined ? 'sets it' : `sets it to ${safeText(setter.value)}`;
    return say`Unless ${laterName(setter)} ${to} later.`;
  });
}

/** Something that may set a setting, with its place. */
export function laterName({ kind, by, file, line }: LaterSetter): string {
  const place = file === undefined ? '' : ` (${safeText(file)}${line === undefined ? '' : `, line ${line}`})`;
  return `${setterName(kind, safeText(by ?? ''))}${place}`;
}

function setterName(kind: LaterSetter['kind'], by: string): string {
  switch (kind) {
    case 'tuned':
      return `tuned’s profile ${by}`;
    case 'kubelet':
      return by === 'kubelet' ? 'the kubelet, which runs here,' : `the kubelet in ${by}, which runs here,`;
    case 'udev':
      return 'a rule of udev';
    case 'unit':
      return `the unit ${by}`;
    case 'cloud-init':
      return 'cloud-init';
    case 'network':
      return 'a script of the network';
    case 'tmpfiles':
      return 'systemd-tmpfiles';
    case 'cron':
      return 'a job of cron';
    case 'wsl':
      return 'the boot command of WSL';
    case 'script':
      return 'a script of the system';
    default:
      return assertNever(kind);
  }
}

/** A file that this user may not read. */
export function unreadableSentence(file: string): Sentence {
  return say`${safeText(file)} cannot be read by this user: what it sets is not known.`;
}

/** What is said of the next boot, and what it is worth. */
export function reservation(decidedBy: SysctlState['decidedBy'], reader: string): string {
  if (decidedBy === 'host')
    return 'This is a container: these settings are the kernel’s, and the host decides what they are after its next boot.';
  if (reader === 'none')
    return 'Nothing reads sysctl files when this machine starts: the next boot brings the kernel’s defaults, unless a program sets a value later.';
  return 'The next boot brings what the kernel and the files say, unless a program sets a value later.';
}

/** What keeping a value would do, before it is done. */
export function keepPlan(
  name: string,
  text: string,
  { file, line }: { readonly file: string; readonly line?: 'written' | 'removed' | 'none' },
): string {
  if (line === 'none') return `${name} = ${text} after the next boot already: nothing would be written.`;
  if (line === 'removed') return `Would keep ${name} = ${text}: ${safeText(file)} would no longer set it.`;
  return `Would keep ${name} = ${text} in ${safeText(file)}.`;
}
