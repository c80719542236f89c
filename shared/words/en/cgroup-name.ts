import { safeText } from '#shared/format/safe-text.ts';
import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { CGROUP_FILES } from '#shared/model/cgroup-change.ts';

/** What a cgroup is called in a sentence: `docker: 16c48c5e68ad`, `cron.service`. Never its path, which people do not know it by. */
export function cgroupName(path: string): string {
  return safeText(labelOf(path));
}

/** The subject of an entry of the journal, or of a change that waits; that of a cgroup by its name: `docker: 16c48c5e68ad memory.max`. */
export function subjectName(subject: string): string {
  const [path = '', file = ''] = subject.split(/ (?=[^ ]*$)/);
  const isCgroup = path.startsWith('/') && CGROUP_FILES.some((known) => known === file);
  return isCgroup ? `${cgroupName(path)} ${file}` : safeText(subject);
}
