import { type Entry } from './entries.ts';
import { type WslFinding } from './finding.ts';
import { type WslFileKind } from './keys.ts';
import { type WslText } from './text.ts';

/** True where WSL can use no line, because of the way in which the characters are written. */
export function isLost({ encoding }: WslText, kind: WslFileKind, entries: readonly Entry[]): boolean {
  if (encoding === 'utf-16be-mark' && kind === 'wslconfig') return true;
  if (encoding === 'utf-8' || encoding === 'utf-8-mark') return false;
  if (encoding === 'utf-16le-mark' && kind === 'wslconfig') return false;
  return entries.length > 0 && entries.every(({ type }) => type === 'bad');
}

/** What the encoding does to the whole file. */
export function encodingFindings(
  source: WslText,
  kind: WslFileKind,
  entries: readonly Entry[],
): readonly WslFinding[] {
  const { encoding, endMark, text } = source;
  if (isLost(source, kind, entries)) {
    const ignored = { line: 1, kind: 'encoding-ignored', encoding } as const;
    const [bad] = entries;
    return kind === 'wsl.conf' && bad !== undefined
      ? [ignored, { line: bad.line, kind: 'stops-here' }]
      : [ignored];
  }
  if (kind === 'wsl.conf') return [];
  return [
    ...(encoding === 'utf-16le-mark' || encoding === 'utf-8-mark'
      ? [{ line: 1, kind: 'encoding-old-only', encoding } as const]
      : []),
    ...(endMark === undefined ? [] : [{ line: text.split('\n').length, kind: 'end-mark' } as const]),
  ];
}
