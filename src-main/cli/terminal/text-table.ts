/** One column: its heading, and on which side it is aligned. */
export interface Column {
  readonly heading: string;
  readonly align: 'left' | 'right';
}

/** Lines of a table whose columns are as wide as what is in them. The last column is not padded. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  // Not Math.max(...rows): the arguments of a call are limited, and pid_max is in the millions.
  const widths = columns.map(({ heading }, index) =>
    rows.reduce((widest, row) => Math.max(widest, width(row[index] ?? '')), width(heading)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? '';
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ heading }) => heading)), ...rows.map(line)];
}

/** Columns that a text takes: code points are near enough for names, which are at most 15 bytes. */
function width(text: string): number {
  return Array.from(text).length;
}
