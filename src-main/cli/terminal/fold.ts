/** In narrower terminals folded text is harder to read than text that the terminal breaks. */
const LEAST_COLUMNS = 40;
/** What is indented this far is a command, which has to stay in one line to be copied. */
const COMMAND_INDENT = 5;

/** A sentence in lines that a terminal does not break by itself, each indented. One line where `columns` is undefined: no terminal. */
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

/** A line of output folded under its own indent; commands to copy, which are indented by five or more, stay whole. */
export function foldLine(line: string, columns: number | undefined): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  if (columns === undefined || line.length <= columns || indent.length >= COMMAND_INDENT) return line;
  return fold(line.slice(indent.length), indent, columns);
}
