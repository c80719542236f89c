import { type SysctlName } from '#shared/model/sysctl/sysctl.ts';

/** First line of a file that Lifeboat began. Files of version 0.1.0 are recognized by it: its text stays. */
const HEADER = '# Settings that Lifeboat was told to keep. Other lines are left alone.';

/**
 * A line of sysctl.d(5) that sets this name: `-` in front ignores errors, and `/` may stand for `.`. Everything else (comments, other
 * names, globs) belongs to others.
 */
function setterOf(name: SysctlName): RegExp {
  return new RegExp(`^\\s*-?\\s*${name.replaceAll('.', '[./]')}\\s*=(.*)$`);
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The value that a file sets: of several lines the last counts. */
export function valueIn(text: string, name: SysctlName): string | undefined {
  const setter = setterOf(name);
  return linesOf(text)
    .flatMap((line) => setter.exec(line)?.[1]?.trim() ?? [])
    .at(-1);
}

/** The text without the lines that set this name; empty when only the header is left. */
export function withoutLine(text: string, name: SysctlName): string {
  const setter = setterOf(name);
  const kept = linesOf(text).filter((line) => !setter.test(line));
  return kept.every((line) => line === HEADER || line.trim() === '') ? '' : `${kept.join('\n')}\n`;
}

/** The text with one line that sets this name, where the last one stood before, else at the end. */
export function withLine(text: string, name: SysctlName, value: number): string {
  const setter = setterOf(name);
  const lines = linesOf(text);
  const at = lines.findLastIndex((line) => setter.test(line));
  const line = `${name} = ${value}`;
  if (at < 0) return `${[...(text === '' ? [HEADER] : lines), line].join('\n')}\n`;
  const kept = lines.flatMap((other, index) => (index === at ? [line] : setter.test(other) ? [] : [other]));
  return `${kept.join('\n')}\n`;
}
