import { earlyoom, oomd } from './scene-killers.ts';
import { crowd } from './scene-processes.ts';
import { GIB, type SceneSetup } from './scene-machine.ts';

/** 64 digits, as container engines call their own; no space in which a line could break. */
const LONGEST_ID = 'c0ffee'.repeat(10) + 'beef';
/** NAME_MAX: the longest name of one folder, and so of one cgroup; in the widest letter there is. */
const WIDEST = 'W'.repeat(255);
/** Cgroups in each other, each with as long a name as there can be. */
export const LONGEST_PATH = `/docker/${LONGEST_ID}/${WIDEST}/${'x'.repeat(255)}/${'_'.repeat(255)}`;
/** TASK_COMM_LEN without its end: 15 bytes, in the widest letters, in wide characters, and in ones that are escaped. */
export const LONGEST_NAMES = ['W'.repeat(15), '語'.repeat(5), '\u001b'.repeat(15)] as const;

/** A machine on which everything is called as long as the kernel lets it be. */
export function longestNames(): SceneSetup {
  const parts = LONGEST_PATH.split('/').slice(1);
  const paths = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  return {
    memoryBytes: 31.3 * GIB,
    swapBytes: 8 * GIB,
    kernelBytes: 1.6 * GIB,
    cacheBytes: 1.3 * GIB,
    pressure: { some10: 100, full10: 99.9 },
    majorFaults: 9_999_999,
    commit: { chargeBytes: 4096 * GIB, limitBytes: 23.7 * GIB, mode: 0 },
    killers: [oomd, earlyoom('-m', '10')],
    forecast: {
      lowSeconds: 1080,
      middleSeconds: 1560,
      highSeconds: 2460,
      fallingSeconds: 1260,
      fellBytes: 2.1 * GIB,
      taker: { kind: 'group', path: '/a', label: 'w'.repeat(200), tookBytes: 2 * GIB },
    },
    kills: 4,
    drift: 0,
    troubles: [
      {
        kind: 'failed',
        failure: {
          code: 'proc-unreadable',
          facts: { what: 'file', path: `/proc/4194304${LONGEST_PATH}`, errno: 'EACCES' },
        },
      },
    ],
    cgroups: paths.map((path, index) => ({
      path,
      label: index === 1 ? `docker:${LONGEST_ID}` : (parts[index] ?? ''),
      limitBytes: (12 - index) * GIB,
      oomGroup: index === 2,
    })),
    seeds: [
      ...LONGEST_NAMES.map((name, index) => ({
        name,
        command: `/${'opt'.repeat(80)}/${name} ${'-'.repeat(400)}`,
        anon: 5000 - 100 * index,
        swap: 900,
        adj: 1000,
        user: 'w'.repeat(32),
        cgroup: LONGEST_PATH,
        container: `docker:${LONGEST_ID}`,
        group: LONGEST_NAMES,
      })),
      ...LONGEST_NAMES.map((name) => ({
        name,
        anon: 900,
        adj: -1000,
        never: 'oom-score-adj-minimum' as const,
        unit: `${'u'.repeat(247)}.service`,
        cgroup: `/${'u'.repeat(247)}.service`,
      })),
      ...crowd(20),
    ],
  };
}
