import { type SortColumn, type TableRange, type TableRow, type TableRows } from '#shared/contract/watch.ts';

const ORDER_BY: Record<SortColumn, (row: TableRow) => number | string> = {
  rank: ({ rank }) => rank ?? Infinity,
  name: ({ name }) => name.toLowerCase(),
  pid: ({ pid }) => pid,
  user: ({ user }) => user,
  badness: ({ badnessPages }) => badnessPages,
  rss: ({ rssPages }) => rssPages,
  swap: ({ swapPages }) => swapPages,
  oomScore: ({ oomScore }) => oomScore,
  oomScoreAdj: ({ oomScoreAdj }) => oomScoreAdj,
  growth: ({ growthBytesPerMinute }) => growthBytesPerMinute ?? -Infinity,
};

/** The rows of a scene that a table shows, searched and sorted as the engine does it. */
export function tableOf(rows: readonly TableRow[], range: TableRange): TableRows {
  const words = range.query.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = rows.filter((row) => {
    const text = [row.name, row.command, row.pid, row.user, row.unit?.name, row.container]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const key = ORDER_BY[range.sort];
  const sorted = matching.toSorted((a, b) => {
    const [x, y] = [key(a), key(b)];
    const way = x < y ? -1 : x > y ? 1 : 0;
    return (range.descending ? -way : way) || a.pid - b.pid;
  });
  return { range, total: sorted.length, rows: sorted.slice(range.from, range.from + range.count) };
}
