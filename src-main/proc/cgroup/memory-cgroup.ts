import { type MemoryMount } from './mounts.ts';
import { parseCgroupEvents, type CgroupEvents } from './events.ts';
import { cgroupFolder } from './tree.ts';
import { type GroupMemory } from '#shared/kernel/cgroup/group-memory.ts';
import { decimal, fieldAfter, optional } from '../fields.ts';
import { parseMemoryStat } from './memory-stat.ts';
import { type Read, readParsed, readText } from '../kernel-files.ts';

/** The figures of one memory cgroup. */
export interface MemoryCgroup extends Omit<GroupMemory, 'path'>, CgroupEvents {
  /** v2 memory.oom.group. False where it does not exist. */
  readonly oomGroup: boolean;
  /** v1 memory.oom_control: processes that ask for memory at the limit wait, none is killed. False in v2. */
  readonly oomKillDisable: boolean;
  /** v1: processes wait now. */
  readonly underOom?: boolean;
}

/** What a limit file says when there is no limit: Infinity here. */
export function parseLimit(text: string, pageSizeBytes: number): number | undefined {
  const limit = text.trimEnd();
  if (limit === 'max') return Infinity;
  const bytes = decimal(limit);
  if (Number.isNaN(bytes)) return undefined;
  // v1 has no word for it: PAGE_COUNTER_MAX is LONG_MAX / PAGE_SIZE pages on 64 bits and LONG_MAX pages on 32
  // (include/linux/page_counter.h); RES_COUNTER_MAX before 3.19 was LLONG_MAX bytes.
  const isUnlimited = bytes >= 2 ** 63 - pageSizeBytes || bytes === (2 ** 31 - 1) * pageSizeBytes;
  return isUnlimited ? Infinity : bytes;
}

/** A file that may not be there: absent then, as where it says nothing that can be used. */
function optionalFigure(path: string, parse: (text: string) => number | undefined): number | undefined {
  const read = readParsed(path, parse);
  return read.ok && read.value !== Infinity ? read.value : undefined;
}

function parseNumber(text: string): number | undefined {
  const value = decimal(text.trimEnd());
  return Number.isNaN(value) ? undefined : value;
}

/** One number of a file of `key value` lines. */
function numberAfter(key: string): (text: string) => number | undefined {
  return (text) => parseNumber(fieldAfter(text, `${key} `) ?? '');
}

/** memory.min: absent where it protects nothing; `max` protects everything. */
function protection(path: string, parse: (text: string) => number | undefined): number | undefined {
  const read = readParsed(path, parse);
  return read.ok && read.value > 0 ? read.value : undefined;
}

/**
 * The memory files of a cgroup: Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst, mm/memcontrol.c. `path` is relative to
 * the mount and starts with `/`. memory.stat, which costs the kernel most, is read `always`, or of cgroups that have a limit or protection
 * only; where usage and limit are those of `before`, all but what the kernel counts is taken from there. `missing` when the cgroup is not there, or no longer, and for the root of a whole v2 hierarchy, which has no such files.
 */
export function readMemoryCgroup(
  mount: MemoryMount,
  path: string,
  pageSizeBytes: number,
  stat: 'always' | 'limited' = 'always',
  before?: Omit<MemoryCgroup, 'underOom'>,
): Read<MemoryCgroup> {
  const found = cgroupFolder(mount, path);
  if (!found.ok) return found;
  const folder = found.value;
  const isV1 = mount.version === 1;
  const limitOf = (text: string): number | undefined => parseLimit(text, pageSizeBytes);
  const limit = readParsed(`${folder}/${isV1 ? 'memory.limit_in_bytes' : 'memory.max'}`, limitOf);
  if (!limit.ok) return limit;
  const usage = readParsed(`${folder}/${isV1 ? 'memory.usage_in_bytes' : 'memory.current'}`, parseNumber);
  if (!usage.ok) return usage;
  const common = {
    ...optional('limitBytes', limit.value === Infinity ? undefined : limit.value),
    usageBytes: usage.value,
  };
  if (before?.usageBytes === usage.value && before.limitBytes === common.limitBytes)
    return { ok: true, value: { ...before, ...(isV1 ? readControl(folder) : readEvents(folder)) } };
  const figures = isV1 ? readV1(folder, limitOf) : readV2(folder, limitOf);
  if (stat === 'limited' && !isLimited({ ...common, ...figures })) {
    return { ok: true, value: { ...common, ...figures } };
  }
  const read = readParsed(`${folder}/memory.stat`, parseMemoryStat);
  if (!read.ok) return read;
  const { swapBytes, ...terms } = read.value;
  return {
    ok: true,
    value: { ...common, ...optional('swapUsageBytes', swapBytes), ...figures, stat: terms },
  };
}

/** True when what can be reclaimed in it matters to any limit. */
function isLimited(figures: Partial<GroupMemory>): boolean {
  const { limitBytes, memswLimitBytes, swapLimitBytes, highBytes, minBytes } = figures;
  return [limitBytes, memswLimitBytes, swapLimitBytes, highBytes, minBytes].some(
    (each) => each !== undefined,
  );
}

type Figures = Omit<MemoryCgroup, 'usageBytes'>;
type ParseLimit = (text: string) => number | undefined;

function readV1(folder: string, limitOf: ParseLimit): Figures {
  const memsw = optionalFigure(`${folder}/memory.memsw.limit_in_bytes`, limitOf);
  const memswUsage =
    memsw === undefined ? undefined : optionalFigure(`${folder}/memory.memsw.usage_in_bytes`, parseNumber);
  return {
    ...optional('memswLimitBytes', memsw),
    ...optional('memswUsageBytes', memswUsage),
    ...optional('swappiness', optionalFigure(`${folder}/memory.swappiness`, parseNumber)),
    oomGroup: false,
    ...readControl(folder),
  };
}

/** memory.oom_control. */
function readControl(folder: string): Pick<MemoryCgroup, 'oomKillDisable' | 'underOom'> & CgroupEvents {
  const read = readText(`${folder}/memory.oom_control`);
  const control = read.ok ? read.value : '';
  const underOom = numberAfter('under_oom')(control);
  return {
    oomKillDisable: numberAfter('oom_kill_disable')(control) === 1,
    ...optional('underOom', underOom === undefined ? undefined : underOom === 1),
    ...parseCgroupEvents(control),
  };
}

function readEvents(folder: string): CgroupEvents {
  const events = readText(`${folder}/memory.events`);
  return parseCgroupEvents(events.ok ? events.value : '');
}

function readV2(folder: string, limitOf: ParseLimit): Figures {
  return {
    ...optional('highBytes', optionalFigure(`${folder}/memory.high`, limitOf)),
    ...optional('minBytes', protection(`${folder}/memory.min`, limitOf)),
    ...optional('swapLimitBytes', optionalFigure(`${folder}/memory.swap.max`, limitOf)),
    ...optional('swapUsageBytes', optionalFigure(`${folder}/memory.swap.current`, parseNumber)),
    oomGroup: optionalFigure(`${folder}/memory.oom.group`, parseNumber) === 1,
    oomKillDisable: false,
    ...readEvents(folder),
  };
}
