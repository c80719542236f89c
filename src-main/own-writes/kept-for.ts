import { adjInDropIn } from '#shared/format/drop-in.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { isStartingUnit, type Unit } from '#shared/model/unit.ts';
import { readText } from '../proc/kernel-files.ts';
import { keptIn, userDropIn } from './user-unit.ts';

/**
 * What Lifeboat's own drop-in keeps for a unit: its file, and the value as text, empty where there is none. `not-ours` for one that another has
 * written. A user unit is one of this user.
 */
export function keptFor(
  { manager, name }: Unit,
  root: string,
): Result<{ readonly file: string; readonly value: string }> {
  if (manager !== 'system') {
    const dropIn = userDropIn(name);
    if (!dropIn.ok) return dropIn;
    const kept = keptIn(dropIn.value.file);
    return kept.ok ? ok({ file: dropIn.value.file, value: kept.value }) : kept;
  }
  // Names may come from the journal, a file.
  if (!isStartingUnit(name)) return fail('unit-unknown', { unit: name, fault: 'none-such' });
  const file = `/etc/systemd/system/${name}.d/90-lifeboat.conf`;
  const read = readText(`${root}${file}`);
  if (!read.ok) {
    return read.why === 'missing'
      ? ok({ file, value: '' })
      : fail('io-failed', { what: 'read', path: file, errno: read.errno });
  }
  // Every user may read what root wrote.
  const value = read.value === '' ? '' : adjInDropIn(name, read.value, true);
  return value === undefined ? fail('not-ours', { what: 'file', path: file }) : ok({ file, value });
}
