import { formatCount } from '../../../format/count.ts';

/** Sentences of `lifeboat groups`. */
export const groupsTerminal = {
  none: 'No group has a limit. Only the whole machine can run out.',
  noneMatch: 'No group matches.',
  others: (count: number) =>
    count === 1
      ? '1 other group has no limit and runs out with the machine (--all shows it).'
      : `${formatCount(count)} other groups have no limit and run out with the machine (--all shows them).`,
  kind: (kinds: readonly string[]) =>
    `It must be one of ${kinds.join(', ')}, or several with commas between them.`,
} as const;
