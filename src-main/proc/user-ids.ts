import { readParsed, type KernelFiles } from './kernel-files.ts';

/** How user ids of other namespaces look from here. */
export interface UserIds {
  /** The id that stands for every user without one here; absent where each has one. */
  readonly unmapped?: number;
}

/** DEFAULT_OVERFLOWUID of include/linux/highuid.h. */
const DEFAULT_OVERFLOW = 65_534;

/**
 * /proc/self/uid_map: kernel/user_namespace.c m_start(), user_namespaces(7); and /proc/sys/kernel/overflowuid. The initial namespace has
 * one line, which maps every id to itself:
 *
 *              0          0 4294967295
 */
export function readUserIds(files: KernelFiles): UserIds {
  const map = readParsed(`${files.proc}/self/uid_map`, parseIsWholeMap);
  if (map.ok && map.value) return {};
  const overflow = readParsed(`${files.proc}/sys/kernel/overflowuid`, (text) => {
    const digits = /^(\d{1,10})\n?$/.exec(text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  });
  return { unmapped: overflow.ok ? overflow.value : DEFAULT_OVERFLOW };
}

/** Whether a uid_map maps every user to itself; undefined for any other text. */
export function parseIsWholeMap(text: string): boolean | undefined {
  const lines = text.trimEnd().split('\n');
  if (!lines.every((line) => /^ *\d+ +\d+ +\d+$/.test(line))) return undefined;
  return /^ *0 +0 +4294967295$/.test(lines.join('\n'));
}
