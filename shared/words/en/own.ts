import { formatAdj, formatCount } from '#shared/format/count.ts';
import { type OwnProcess, type OwnRole } from '#shared/model/own-process.ts';

const ROLES: Record<OwnRole, string> = {
  main: 'monitor',
  // Chromium keeps a second one ready.
  window: 'for the window',
  zygote: 'process launcher',
  graphics: 'graphics',
  network: 'network',
  utility: 'utility',
  helper: 'administrator helper',
};

/** Lifeboat's own survival. */
export const own = {
  title: 'Lifeboat itself',
  roles: ROLES,
  lead: (processes: readonly OwnProcess[], eligibleCount: number) => {
    const ranks = processes.flatMap(({ rank }) => rank ?? []);
    if (processes.length === 0) return 'Lifeboat cannot see its own processes here.';
    if (ranks.length === 0) return 'None of its processes can be killed.';
    const first = Math.min(...ranks);
    const who = processes.length === 1 ? 'It has' : 'The first of its processes has';
    return `${who} place ${formatCount(first)} of ${formatCount(eligibleCount)}.`;
  },
  why: 'Protect Lifeboat, so that it is still there when memory runs out. Chromium sets +300 for its windows, desktops set +100 to +200 for their programs.',
  columns: { role: 'Process', rank: 'Place', adj: 'oom_score_adj', memory: 'Memory' },
  table: 'Processes of Lifeboat',
  never: 'never',
  protect: (adj: number) => `Set to ${formatAdj(adj)}`,
  protecting: 'Writing…',
  safe: 'All are protected.',
  again: 'Protect new Lifeboat processes too, while changes are allowed',
  failed: 'Lifeboat’s own place cannot be read',
  isNext: (rank: number) =>
    rank === 1
      ? 'Lifeboat itself is the next victim.'
      : `Lifeboat itself is number ${formatCount(rank)} in this order.`,
  show: 'Protect Lifeboat',
} as const;
