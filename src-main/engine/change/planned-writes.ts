import { type AdjChange } from '#shared/model/change.ts';
import { type CgroupPreview } from '#shared/model/cgroup-change.ts';
import { type PlannedWrite } from '#shared/model/planned-change.ts';
import { type SysctlChange, type SysctlState } from '#shared/model/sysctl/sysctl.ts';
import { clearedBy } from './pending-change.ts';

/** The write of one adjustment. */
export function adjWrite({ pid, startTicks, name, before, after }: AdjChange): PlannedWrite {
  return {
    mechanism: 'oom-score-adj',
    subject: `${name} (${pid})`,
    process: { pid, startTicks },
    seen: before.toString(),
    value: after.toString(),
  };
}

/** The writes of settings, with what the kernel clears along with them (ratio and kbytes), where that takes something away. */
export function sysctlWrites(
  changes: readonly SysctlChange[],
  now: readonly SysctlState[],
): readonly PlannedWrite[] {
  const present = new Map(now.map((state) => [state.spec.name, state.now]));
  const cleared = clearedBy(changes, present);
  return [...changes, ...cleared].map(({ name, value }) => {
    const seen = present.get(name);
    return {
      mechanism: 'sysctl',
      subject: name,
      ...(seen === undefined ? {} : { seen: seen.toString() }),
      value: value.toString(),
    };
  });
}

/** The write of a value of a cgroup. */
export function cgroupWrite({
  change,
  file,
  before,
}: Pick<CgroupPreview, 'change' | 'file' | 'before'>): PlannedWrite {
  return {
    mechanism: 'cgroup-file',
    subject: `${change.path} ${file}`,
    seen: before.toString(),
    value: change.value.toString(),
  };
}
