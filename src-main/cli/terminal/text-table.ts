import { shorten } from '#shared/format/safe-text.ts';

/** One column: its heading, on which side it is aligned, and how it makes room in a narrow terminal. */
export interface Column {
  readonly heading: string;
  readonly align: 'left' | 'right';
  /** The width that it may be cut to; undefined for one that is never cut. */
  readonly least?: number;
  /** Its turn among those that are left out where cutting is not enough; undefined for one that always stays. */
  readonly leftOut?: number;
}

interface Sized extends Column {
  readonly index: number;
  readonly width: number;
  readonly isEmpty: boolean;
}

const GAP = '  ';

/**
 * Lines of a table whose columns are as wide as what is in them. The last column is not padded. With `most`, the columns of a terminal, long cells
 * are cut and then columns left out until each line fits.
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  most?: number,
): string[] {
  // Not Math.max(...rows): the arguments of a call are limited, and pid_max is in the millions.
  const natural = columns
    .map((column, index): Sized => {
      const widest = (now: number, row: readonly string[]) => Math.max(now, width(row[index] ?? ''));
      const widestCell = rows.reduce(widest, 0);
      return {
        ...column,
        index,
        width: Math.max(widestCell, width(column.heading)),
        isEmpty: widestCell === 0,
      };
    })
    .filter((column) => column.width > 0);
  const sized = most === undefined ? natural : cut(withoutSome(natural, most), most);
  const line = (cells: readonly string[]) =>
    sized
      .map(({ align, index, width: most }) => {
        const cell = shorten(cells[index] ?? '', most);
        const padding = ' '.repeat(Math.max(0, most - width(cell)));
        return align === 'right' ? padding + cell : cell + padding;
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ heading }) => heading)), ...rows.map(line)];
}

/** Leaves columns out by their turn, empty ones first, until the others fit, each cut as far as it may be. */
function withoutSome(columns: readonly Sized[], most: number): readonly Sized[] {
  const least = columns.map((column) => ({ ...column, width: leastWidth(column) }));
  const next = columns
    .filter(({ leftOut }) => leftOut !== undefined)
    .toSorted((a, b) => Number(b.isEmpty) - Number(a.isEmpty) || (a.leftOut ?? 0) - (b.leftOut ?? 0))[0];
  if (next === undefined || widthOf(least) <= most) return columns;
  return withoutSome(
    columns.filter((column) => column !== next),
    most,
  );
}

/** Cuts the widest of the columns that may be cut, until all fit or none can be cut further. */
function cut(columns: readonly Sized[], most: number): readonly Sized[] {
  let now = columns;
  while (widthOf(now) > most) {
    const widest = now
      .filter((column) => column.width > leastWidth(column))
      .toSorted((a, b) => b.width - a.width)[0];
    if (widest === undefined) return now;
    now = now.map((column) => (column === widest ? { ...column, width: column.width - 1 } : column));
  }
  return now;
}

function leastWidth({ width: own, least, heading }: Sized): number {
  return least === undefined ? own : Math.min(own, Math.max(least, width(heading)));
}

function widthOf(columns: readonly Sized[]): number {
  return columns.reduce((sum, column) => sum + column.width + GAP.length, -GAP.length);
}

/** Columns that a text takes: code points are near enough for names, which are at most 15 bytes. */
function width(text: string): number {
  return Array.from(text).length;
}
