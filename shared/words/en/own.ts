import { formatAdj, formatCount } from '#shared/format/count.ts';
import { type OwnProcess, type OwnRole } from '#shared/model/own-process.ts';

const ROLES: Record<OwnRole, string> = {
  main: 'watches',
  // Chromium keeps a second one ready.
  window: 'for the window',
  zygote: 'starts the others',
  graphics: 'graphics',
  network: 'network',
  utility: 'utility',
  helper: 'helper, as root',
};

/** Lifeboat's own survival. */
export const own = {
  title: 'Lifeboat itself',
  roles: ROLES,
  lead: (processes: readonly OwnProcess[], eligibleCount: number) => {
    const ranks = processes.flatMap(({ rank }) => rank ?? []);
    if (processes.length === 0) return 'Lifeboat does not see itself here.';
    if (ranks.length === 0) return 'None of its processes can be killed.';
    const first = Math.min(...ranks);
    const who = processes.length === 1 ? 'It has' : 'The first of its processes has';
    return `${who} place ${formatCount(first)} of ${formatCount(eligibleCount)}.`;
  },
  why: 'What watches memory should not be the first to go. Chromium gives its windows +300, desktops give their programs +100 to +200.',
  columns: { role: 'Process', rank: 'Place', adj: 'oom_score_adj', memory: 'Memory' },
  table: 'Processes of Lifeboat',
  never: 'never',
  protect: (adj: number) => `Set to ${formatAdj(adj)}`,
  protecting: 'Writing…',
  safe: 'All of them are protected.',
  again: 'Do the same for each new one, as long as changes are allowed',
  failed: 'It cannot be said where Lifeboat stands',
  isNext: (rank: number) =>
    rank === 1
      ? 'Lifeboat itself is the next victim.'
      : `Lifeboat itself has place ${formatCount(rank)} in this order.`,
  show: 'Protect it',
} as const;
