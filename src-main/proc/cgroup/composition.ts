import { type GroupComposition } from '#shared/model/owners/group.ts';
import { type MemoryMount } from './mounts.ts';
import { cgroupFolder } from './tree.ts';
import { decimal, fieldAfter, optional } from '../fields.ts';
import { readParsed } from '../kernel-files.ts';

/** Bytes of the first of these keys that the text has. */
function bytesOf(text: string, ...keys: readonly string[]): number | undefined {
  const field = keys.map((key) => fieldAfter(text, `${key} `)).find((found) => found !== undefined);
  const bytes = decimal(field ?? '');
  return Number.isNaN(bytes) ? undefined : bytes;
}

/**
 * The parts of memory.stat of a cgroup v2, mm/memcontrol.c memcg_stat_format(). `file` holds shmem; `kernel` (5.18+) holds slab. Undefined without
 * `anon` and `file`.
 *
 *     anon 208896
 *     file 1085440
 *     shmem 0
 */
export function parseComposition(text: string): GroupComposition | undefined {
  const anonBytes = bytesOf(text, 'anon');
  const fileBytes = bytesOf(text, 'file');
  if (anonBytes === undefined || fileBytes === undefined) return undefined;
  const shmemBytes = bytesOf(text, 'shmem') ?? 0;
  const slabBytes = bytesOf(text, 'slab');
  const parts = ['kernel_stack', 'pagetables', 'percpu', 'vmalloc'].map((key) => bytesOf(text, key) ?? 0);
  const whole = bytesOf(text, 'kernel');
  const kernelBytes =
    whole === undefined ? parts.reduce((sum, bytes) => sum + bytes, 0) : whole - (slabBytes ?? 0);
  return {
    anonBytes,
    fileBytes: Math.max(0, fileBytes - shmemBytes),
    shmemBytes,
    ...optional('slabBytes', slabBytes),
    kernelBytes: Math.max(0, kernelBytes),
    ...optional('socketBytes', bytesOf(text, 'sock')),
  };
}

/** The same of cgroup v1, memcg1_stat_format(): `cache` holds shmem, `rss` is anonymous. The kernel's own is in another file. */
export function parseCompositionV1(text: string): GroupComposition | undefined {
  const anonBytes = bytesOf(text, 'total_rss', 'rss');
  const cacheBytes = bytesOf(text, 'total_cache', 'cache');
  if (anonBytes === undefined || cacheBytes === undefined) return undefined;
  const shmemBytes = bytesOf(text, 'total_shmem', 'shmem') ?? 0;
  return {
    anonBytes,
    fileBytes: Math.max(0, cacheBytes - shmemBytes),
    shmemBytes,
    ...optional('swapBytes', bytesOf(text, 'total_swap', 'swap')),
  };
}

function figureIn(path: string): number | undefined {
  const read = readParsed(path, (text) => {
    const bytes = decimal(text.trimEnd());
    return Number.isNaN(bytes) ? undefined : bytes;
  });
  return read.ok ? read.value : undefined;
}

/** What the memory of a cgroup and of those below it is made of; undefined when it is gone, or does not say. */
export function readComposition(mount: MemoryMount, path: string): GroupComposition | undefined {
  const found = cgroupFolder(mount, path);
  if (!found.ok) return undefined;
  const folder = found.value;
  const isV1 = mount.version === 1;
  const stat = readParsed(`${folder}/memory.stat`, isV1 ? parseCompositionV1 : parseComposition);
  if (!stat.ok) return undefined;
  if (!isV1) return { ...stat.value, ...optional('swapBytes', figureIn(`${folder}/memory.swap.current`)) };
  const socketBytes = figureIn(`${folder}/memory.kmem.tcp.usage_in_bytes`);
  return {
    ...stat.value,
    ...optional('kernelBytes', figureIn(`${folder}/memory.kmem.usage_in_bytes`)),
    ...optional('socketBytes', socketBytes),
  };
}
