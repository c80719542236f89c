import { SYSCTL_NAMES, type SysctlName } from '../../model/sysctl/sysctl.ts';
import { type BootReader, type RejectedLine } from './disk.ts';
import { globMatches, isGlob } from './glob.ts';
import { assignment, isComment, rawLines, simplePath, type RawLine } from './lines.ts';

const pathOf = (name: SysctlName) => name.replace('.', '/');
/** `vm/swappiness` by its last part, where that alone names one setting. */
const SECTIONS = SYSCTL_NAMES.filter((name) => name !== 'kernel.panic').map(
  (name) => [name.slice(name.indexOf('.') + 1), name] as const,
);
/** Real settings of other meaning that are one or two letters away from ours. */
const OTHERS: ReadonlySet<string> = new Set(['panic_on_oops', 'panic_on_warn']);
/** Longer words are no typing mistakes, shorter ones are too near to everything. */
const LONGEST_WORD = 40;
const SHORTEST_WORD = 8;

/** Our settings that a key or a pattern means to the reader. */
export function namesFor(rawKey: string, reader: BootReader): readonly SysctlName[] {
  const key = simplePath(rawKey, reader);
  if (isGlob(key)) return SYSCTL_NAMES.filter((name) => globMatches(key, pathOf(name)));
  return SYSCTL_NAMES.filter((name) => pathOf(name) === key);
}

/**
 * Lines that a person meant for one of the settings and that the reader ignores: a byte order mark before the first, blanks inside a
 * name, no `=`, a name with a typing mistake, UTF-16.
 */
export function rejectedLines(text: string, reader: BootReader): readonly RejectedLine[] {
  if (isUtf16(text)) {
    return rawLines(text.replace(/\0|^\ufffd+/g, ''), 'procps')
      .filter(({ text: each }) => !isComment(each) && meantNames(each).length > 0)
      .map((raw) => ({ ...raw, reason: 'encoding' }));
  }
  return rawLines(text, reader).flatMap((raw) => {
    if (isComment(raw.text)) return [];
    const found = assignment(raw, reader);
    if (found !== undefined && (isGlob(found.key) || namesFor(found.key, reader).length > 0)) return [];
    return meantNames(raw.text).length === 0 ? [] : [{ ...raw, reason: reasonOf(raw) }];
  });
}

/** Every second byte of UTF-16 is NUL in what people write into such a file. */
function isUtf16(text: string): boolean {
  return (text.match(/\0/g)?.length ?? 0) * 3 > text.length && text.length > 3;
}

function reasonOf({ text }: RawLine): RejectedLine['reason'] {
  if (text.startsWith('\ufeff')) return 'byte-order-mark';
  return text.includes('=') ? 'no-such-setting' : 'not-an-assignment';
}

/** The settings that a line seems to mean, whatever stands around their names: `sysctl -w vm.swappiness=1`, `vm . swappiness`, `vm.swapiness`. */
export function meantNames(text: string): readonly SysctlName[] {
  const key = text.includes('=') ? text.slice(0, text.indexOf('=')) : text;
  const folded = key.normalize('NFKC').toLowerCase();
  const words = new Set(
    [folded, folded.replace(/[-\s]+/g, '_')].flatMap((each) => each.split(/[^a-z0-9_]+/)),
  );
  const found = SECTIONS.filter(([section, name]) =>
    [...words].some(
      (word) => word === section || word === name.replace('.', '_') || isMistyped(word, section),
    ),
  ).map(([, name]) => name);
  const isPanic = /(^|[^a-z0-9_])(kernel[^a-z0-9_]+)?panic[^a-z0-9_]*$/.test(
    folded.replace(/[\s:>]*-?\d*$/, ''),
  );
  return isPanic && found.length === 0 ? ['kernel.panic'] : found;
}

function isMistyped(word: string, section: string): boolean {
  if (word.length < SHORTEST_WORD || word.length > LONGEST_WORD || OTHERS.has(word)) return false;
  return distanceIsWithin(word, section, 2);
}

/** Whether so few letters have to be added, removed or replaced to make one word of the other (Levenshtein). */
function distanceIsWithin(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most) return false;
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced));
    }
    above = current;
  }
  return (above[b.length] ?? most + 1) <= most;
}
