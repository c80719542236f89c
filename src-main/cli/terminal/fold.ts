/** Narrower than this, folding helps nobody. */
const LEAST_COLUMNS = 40;

/** A sentence in lines that a terminal does not break by itself, each indented; one line where nobody reads along. Undefined `columns`: no terminal. */
export function fold(text: string, indent: string, columns: number | undefined): string {
  if (columns === undefined || columns < LEAST_COLUMNS) return indent + text;
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    const longer = line === indent ? indent + word : `${line} ${word}`;
    if (longer.length <= columns || line === indent) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}
