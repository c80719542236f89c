import { nameOfContainer } from '#shared/containers/known-names.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { containerOf, labelOf, unitOf } from '#shared/kernel/cgroup/names.ts';
import { CGROUP_FILES } from '#shared/model/cgroup-change.ts';
import { unitNoun } from './unit.ts';

/**
 * What a cgroup is called in a sentence: `docker:16c48c5e68ad`, `cron.service`, `dbus.service of user 1000`. One below a container or a unit
 * is not that itself: `cron.service/worker`. Where there is neither, its path.
 */
export function cgroupName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  const paths = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  const whole = paths.at(-1) ?? '/';
  const owner = ownerOf(whole);
  const top = owner === undefined ? undefined : paths.find((above) => ownerOf(above) === owner);
  if (top === undefined) return safeText(parts.join('/') || whole);
  const unit = containerOf(top) === undefined ? unitOf(top) : undefined;
  return `${unit === undefined ? safeText(labelOf(top)) : unitNoun(unit)}${safeText(whole.slice(top.length))}`;
}

/** The path of a cgroup, behind the name of its container where that is known: `shop-db-1 (/docker/16c4…)`. */
export function cgroupWithPath(path: string): string {
  const container = containerOf(path);
  const isNamed = container !== undefined && nameOfContainer(container.replace(/^[^:]*:/, '')) !== undefined;
  return isNamed ? `${cgroupName(path)} (${safeText(path)})` : safeText(path);
}

/** The container or the unit that a path lies in, as a text that is its own. */
function ownerOf(path: string): string | undefined {
  const unit = unitOf(path);
  return containerOf(path) ?? (unit === undefined ? undefined : `${unit.manager} ${unit.name}`);
}

/** The subject of an entry of the journal, or of a change that waits; that of a cgroup by its name: `docker:16c48c5e68ad memory.max`. */
export function subjectName(subject: string): string {
  const [path = '', file = ''] = subject.split(/ (?=[^ ]*$)/);
  const isCgroup = path.startsWith('/') && CGROUP_FILES.some((known) => known === file);
  return isCgroup ? `${cgroupName(path)} ${file}` : safeText(subject);
}
