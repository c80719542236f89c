import { fail, ok, type Result } from '#shared/result.ts';
import { type SysctlChange, type SysctlName } from '#shared/model/sysctl/sysctl.ts';
import { SYSCTL_RANGES } from '#shared/model/sysctl/ranges.ts';
import { attempt, type Meanings, readControl, wholeNumber, withControlFile } from '../files.ts';
import { type Tree } from '../tree.ts';

/** Settings with their values, as the kernel prints them. */
export type Values = ReadonlyMap<SysctlName, string>;

const ON_WRITE: Meanings = {
  EINVAL: (subject, errno) => fail('out-of-range', { what: 'kernel', subject, errno }),
};

function pathOf(tree: Tree, name: SysctlName): string {
  return `${tree.root}/proc/sys/${name.replaceAll('.', '/')}`;
}

/** The present values. */
export function readSysctls(tree: Tree, names: readonly SysctlName[]): Result<Values> {
  const values = new Map<SysctlName, string>();
  for (const name of names) {
    const read = readControl(pathOf(tree, name));
    if (!read.ok) return read;
    if (wholeNumber(read.value) === undefined) return fail('io-failed', { what: 'no-number', path: name });
    values.set(name, read.value);
  }
  return ok(values);
}

/** Writes one after the other, up to the first that the kernel does not take. */
export function writeSysctls(tree: Tree, changes: readonly SysctlChange[]): Result<void> {
  for (const { name, value } of changes) {
    const path = pathOf(tree, name);
    const write = () => withControlFile(path, (file) => file.write(String(value)));
    const wrote = attempt(name, write, ON_WRITE);
    if (!wrote.ok) return wrote;
  }
  return ok(undefined);
}

/**
 * The writes that a change comes down to. A value that is there already is not written: writing overcommit_kbytes, even the same 0, would
 * clear overcommit_ratio, and the other way round (mm/util.c). For the same reason only that one of the two is written that is not 0.
 */
export function neededWrites(changes: readonly SysctlChange[], now: Values): readonly SysctlChange[] {
  return changes.filter(({ name, value }) => {
    const partner = changes.find((change) => change.name === SYSCTL_RANGES[name].clears);
    const follows = value === 0 && partner !== undefined && partner.value !== 0;
    return !follows && now.get(name) !== String(value);
  });
}

/** Values as changes that would set them. */
export function asChanges(values: Values): readonly SysctlChange[] {
  return [...values].map(([name, value]) => ({ name, value: Number(value) }));
}
