import { type MemoryMount } from './mounts.ts';
import { parseCgroupEvents, type CgroupEvents } from './events.ts';
import { cgroupFolder } from './tree.ts';
import { decimal, fieldAfter, isFigure, optional } from '../fields.ts';
import { type Read, readParsed, readText } from '../kernel-files.ts';

/** The books of one memory cgroup. */
export interface MemoryCgroup extends CgroupEvents {
  /** memory.max or memory.limit_in_bytes; absent when there is none. */
  readonly limitBytes?: number;
  /** memory.current or memory.usage_in_bytes: with page cache, tmpfs and kernel memory, and with all that is below. */
  readonly usageBytes: number;
  /** v2 memory.swap.max; absent when there is none, or swap is not counted. */
  readonly swapLimitBytes?: number;
  /** v1 memory.memsw.limit_in_bytes, memory and swap together; absent likewise. */
  readonly memswLimitBytes?: number;
  /** Absent where swap is not counted. */
  readonly swapUsageBytes?: number;
  /** v1 memory.swappiness; v2 has none of its own. */
  readonly swappiness?: number;
  readonly inactiveFileBytes: number;
  readonly activeFileBytes: number;
  /** v2 memory.oom.group. False where it does not exist. */
  readonly oomGroup: boolean;
  /** v1 memory.oom_control: nobody is killed, whoever asks for memory waits. False in v2. */
  readonly oomKillDisable: boolean;
  /** v1: somebody waits now. */
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

/** The figures of a memory.stat that are of use here; v1 has those of the subtree under `total_`. */
export function parseMemoryStat(
  text: string,
):
  | { readonly inactiveFileBytes: number; readonly activeFileBytes: number; readonly swapBytes?: number }
  | undefined {
  const bytes = (key: string): number | undefined => {
    const field = fieldAfter(text, `total_${key} `) ?? fieldAfter(text, `${key} `);
    return field === undefined ? undefined : decimal(field);
  };
  const inactiveFileBytes = bytes('inactive_file');
  const activeFileBytes = bytes('active_file');
  const swapBytes = bytes('swap');
  if (!isFigure(inactiveFileBytes) || !isFigure(activeFileBytes) || Number.isNaN(swapBytes)) return undefined;
  return { inactiveFileBytes, activeFileBytes, ...optional('swapBytes', swapBytes) };
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

/**
 * The memory files of a cgroup: Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst, mm/memcontrol.c. `path` is relative to
 * the mount and starts with `/`. `missing` when the cgroup is not there, or no longer, and for the root of a whole v2 hierarchy,
 * which has no books.
 */
export function readMemoryCgroup(
  mount: MemoryMount,
  path: string,
  pageSizeBytes: number,
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
  const stat = readParsed(`${folder}/memory.stat`, parseMemoryStat);
  if (!stat.ok) return stat;

  const { inactiveFileBytes, activeFileBytes, swapBytes } = stat.value;
  const common = {
    ...optional('limitBytes', limit.value === Infinity ? undefined : limit.value),
    usageBytes: usage.value,
    inactiveFileBytes,
    activeFileBytes,
  };
  if (isV1) {
    const oomControl = readText(`${folder}/memory.oom_control`);
    const control = oomControl.ok ? oomControl.value : '';
    const underOom = numberAfter('under_oom')(control);
    return {
      ok: true,
      value: {
        ...common,
        ...optional('memswLimitBytes', optionalFigure(`${folder}/memory.memsw.limit_in_bytes`, limitOf)),
        ...optional('swapUsageBytes', swapBytes),
        ...optional('swappiness', optionalFigure(`${folder}/memory.swappiness`, parseNumber)),
        oomGroup: false,
        oomKillDisable: numberAfter('oom_kill_disable')(control) === 1,
        ...optional('underOom', underOom === undefined ? undefined : underOom === 1),
        ...parseCgroupEvents(control),
      },
    };
  }
  const events = readText(`${folder}/memory.events`);
  return {
    ok: true,
    value: {
      ...common,
      ...optional('swapLimitBytes', optionalFigure(`${folder}/memory.swap.max`, limitOf)),
      ...optional('swapUsageBytes', optionalFigure(`${folder}/memory.swap.current`, parseNumber)),
      oomGroup: optionalFigure(`${folder}/memory.oom.group`, parseNumber) === 1,
      oomKillDisable: false,
      ...parseCgroupEvents(events.ok ? events.value : ''),
    },
  };
}
