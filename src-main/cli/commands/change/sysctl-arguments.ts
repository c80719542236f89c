import { InvalidArgumentError } from 'commander';
import { kernelRange } from '#shared/kernel/sysctl/number.ts';
import { SYSCTL_PRESETS } from '#shared/kernel/sysctl/presets.ts';
import { parseKernelVersion } from '#shared/kernel/version.ts';
import {
  SYSCTL_NAMES,
  type SysctlChange,
  type SysctlName,
  type SysctlPreset,
} from '#shared/model/sysctl/sysctl.ts';
import { readKernelRelease } from '../../../proc/kernel-release.ts';
import { kernelFiles } from '../../../this-machine.ts';
import { nearest } from '#shared/format/nearest.ts';
import { terminal } from '#shared/words/en/terminal.ts';

/** The setting that a text names: `vm.swappiness`, `vm/swappiness` or `swappiness`. */
export function sysctlName(text: string): SysctlName {
  const name = text.replaceAll('/', '.');
  const found = SYSCTL_NAMES.find((each) => each === name || each.slice(each.indexOf('.') + 1) === name);
  if (found !== undefined) return found;
  const near = nearest(name, SYSCTL_NAMES) ?? withoutFolder(name);
  throw new InvalidArgumentError(terminal.sysctl.unknown(near));
}

function withoutFolder(name: string): SysctlName | undefined {
  const short = nearest(
    name,
    SYSCTL_NAMES.map((each) => each.slice(each.indexOf('.') + 1)),
  );
  return SYSCTL_NAMES.find((each) => each.slice(each.indexOf('.') + 1) === short);
}

const COMMANDS = ['list', 'get', 'set', 'keep', 'forget', 'diff'] as const;

/** Collects names to list. */
export function sysctlNames(text: string, before: readonly SysctlName[] | undefined): readonly SysctlName[] {
  // "list" may be left out: what looks like another command is one with a typing mistake.
  const command = text.length <= 6 ? nearest(text, COMMANDS) : undefined;
  if (command !== undefined) throw new InvalidArgumentError(terminal.sysctl.nearCommand(command));
  return [...(before ?? []), sysctlName(text)];
}

/** A number within what this kernel takes. */
function sysctlNumber(name: SysctlName, text: string): number {
  const { lowest, highest } = kernelRange(name, kernelVersion());
  const value = Number(text);
  if (!/^-?\d{1,16}$/.test(text) || value < lowest || value > highest) {
    throw new InvalidArgumentError(terminal.sysctl.range(name, lowest, highest));
  }
  // -0 is 0 to the kernel.
  return value + 0;
}

/** Where it cannot be read, what the latest kernels take. */
function kernelVersion() {
  const release = readKernelRelease(kernelFiles());
  const version = release.ok ? parseKernelVersion(release.value) : undefined;
  return version ?? { major: 99, minor: 0, patch: 0 };
}

/** Collects `NAME=VALUE`. */
export function sysctlAssignments(
  text: string,
  before: readonly SysctlChange[] | undefined,
): readonly SysctlChange[] {
  const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (key === '') throw new InvalidArgumentError(terminal.sysctl.assignment);
  const name = sysctlName(key.trim());
  if (before?.some((change) => change.name === name) === true) {
    throw new InvalidArgumentError(`${name} is there twice.`);
  }
  return [...(before ?? []), { name, value: sysctlNumber(name, value.trim()) }];
}

/** `NAME` or `NAME=VALUE`. */
export function sysctlToKeep(text: string): { readonly name: SysctlName; readonly value?: number } {
  const [change] = text.includes('=') ? sysctlAssignments(text, undefined) : [];
  return change ?? { name: sysctlName(text) };
}

/** A preset by its name. */
export function sysctlPreset(text: string): SysctlPreset {
  const found = SYSCTL_PRESETS.find(({ id }) => id === text);
  if (found !== undefined) return found;
  const ids = SYSCTL_PRESETS.map(({ id }) => id);
  throw new InvalidArgumentError(terminal.sysctl.noPreset(nearest(text, ids), ids));
}
