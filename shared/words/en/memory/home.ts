import { formatBytes } from '#shared/format/bytes.ts';
import { formatAdj, formatCount } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type KillScope } from '#shared/model/alert.ts';
import { type Protection, type SeenRule } from '#shared/model/rule.ts';
import { type ScopeSummary } from '#shared/model/scope.ts';
import { cgroupName } from '../cgroup-name.ts';
import { nameOf } from '../process.ts';
import { inSpan, lasting } from './forecast.ts';
import { headroomText } from './headroom.ts';

/** What has not moved for a shorter time is not called steady. */
const NOTABLE_SECONDS = 60;

/** What stands beside the list while no process is chosen. */
export const home = {
  label: 'Limits, kills and protected processes',
  limits: {
    title: 'Close to a limit',
    all: 'All groups',
    none: 'No cgroup has a limit. Containers get one with --memory.',
    /** `38 MiB left of 256 MiB`. */
    left: ({ headroom, limitBytes }: ScopeSummary) =>
      `${headroomText(headroom)} left of ${formatBytes(limitBytes)}`,
    /** When it ends, or why it does not: `in 3 to 6 minutes`, `steady for 2 hours`. */
    state: ({ forecast, high, steadySeconds = 0, firstAbove }: ScopeSummary) => {
      if (high !== undefined) return 'slowed down, not killed';
      if (forecast !== undefined) return inSpan(forecast.lowSeconds, forecast.highSeconds);
      if (firstAbove !== undefined)
        return firstAbove.path === undefined ? 'after the machine' : 'after one above it';
      return steadySeconds < NOTABLE_SECONDS ? '' : `steady for ${lasting(steadySeconds)}`;
    },
  },
  kills: {
    title: 'Killed in the last hour',
    none: 'No kills in the last hour.',
    unknown: 'an unknown process',
    name: (name: string | undefined) => (name === undefined ? home.kills.unknown : nameOf({ name })),
    /** `4 times in 6 minutes`, `once, at 11:36:05`. */
    times: (count: number, spanSeconds: number, at: string) =>
      count === 1
        ? `once, at ${at}`
        : `${formatCount(count)} times${spanSeconds < 1 ? '' : ` in ${lasting(spanSeconds)}`}, last at ${at}`,
    where: (scope: KillScope | undefined) => {
      switch (scope?.kind) {
        case undefined:
          return '';
        case 'global':
          return 'The machine ran out of memory.';
        case 'cgroup':
          return `${cgroupName(scope.path)} reached its limit.`;
        case 'sysrq':
          return 'It was requested by SysRq f.';
        case 'nodes':
        case 'constraint':
          return 'The memory that it may use ran out.';
      }
    },
    freed: (bytes: number) => (bytes > 0 ? `Freed about ${formatBytes(bytes)}.` : ''),
    why: 'Why',
    more: (count: number) => `${formatCount(count)} more`,
  },
  kept: {
    title: 'Protected by you',
    none: 'You have protected nothing.',
    all: 'All',
    rule: ({ text }: SeenRule) => safeText(text),
    value: (adj: number | undefined) => (adj === undefined ? '' : formatAdj(adj)),
    /** Until when it holds. */
    until: (kind: Protection['kind'] | 'rule') =>
      ({
        rule: 'rule, while Lifeboat runs',
        unit: 'its unit, kept after reboot',
        'foreign-unit': 'its unit, kept after reboot',
        processes: 'until it ends',
      })[kind],
  },
} as const;
