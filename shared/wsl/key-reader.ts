import { correctedLine } from './bad-lines.ts';
import { doubled, meantKey, meantSection } from './corrections.ts';
import { type AcceptedValue, type AcceptedValues } from './effective.ts';
import { type Entry } from './entries.ts';
import { type WslFault, type WslFinding } from './finding.ts';
import { acceptValue, oddValue } from './key-faults.ts';
import { WSL_KEYS, type WslFileKind, type WslKey, type WslKeyTable } from './keys.ts';
import { safeModeFindings, type SeenKey } from './overridden.ts';
import { fromBytes } from './text.ts';

type KeyEntry = Extract<Entry, { readonly type: 'key' }>;
type BadEntry = Extract<Entry, { readonly type: 'bad' }>;

/** Longer lines are no typing mistakes: no correction is offered. */
const LONGEST_LINE = 1000;
/** So many names are compared with those that WSL knows: a file of nothing but unknown keys must not take minutes. */
const MOST_GUESSES = 200;

const MARK = '\u00ef\u00bb\u00bf';

/** Looks at what was read line by line: which values WSL accepts, and what is wrong. */
export class KeyReader {
  readonly findings: WslFinding[] = [];
  readonly #table: WslKeyTable;
  readonly #other: WslKeyTable;
  readonly #isWindows: boolean;
  readonly #text: string;
  readonly #ramBytes: number | undefined;
  readonly #seen = new Map<WslKey, SeenKey>();
  readonly #accepted = new Map<string, AcceptedValue>();
  #guesses = 0;

  constructor(kind: WslFileKind, text: string, ramBytes: number | undefined) {
    this.#isWindows = kind === 'wslconfig';
    this.#table = WSL_KEYS[kind];
    this.#other = WSL_KEYS[this.#isWindows ? 'wsl.conf' : 'wslconfig'];
    this.#text = text;
    this.#ramBytes = ramBytes;
  }

  /** The values that WSL accepts; the findings are in `findings` afterwards. */
  read(entries: readonly Entry[]): AcceptedValues {
    for (const [index, entry] of entries.entries()) {
      if (entry.type === 'section') this.#section(entry.name, entry);
      else if (entry.type === 'bad') this.#bad(entry);
      else this.#key(entry, entries[index + 1]?.type === 'key');
    }
    this.findings.push(...safeModeFindings(this.#seen, this.#accepted));
    return this.#accepted;
  }

  #add(line: number, fault: WslFault, correction?: string): void {
    this.findings.push(correction === undefined ? { ...fault, line } : { ...fault, line, correction });
  }

  /** The line as it stands in the file; undefined where it is too long to be corrected. */
  #raw(from: number): string | undefined {
    const end = this.#text.indexOf('\n', from);
    const stop = end < 0 ? this.#text.length : end;
    if (stop - from > LONGEST_LINE) return undefined;
    const raw = this.#text.slice(from, stop).split('\r', 1)[0] ?? '';
    return this.#isWindows ? raw : fromBytes(raw);
  }

  #guess<T>(look: () => T | undefined): T | undefined {
    this.#guesses += 1;
    return this.#guesses > MOST_GUESSES ? undefined : look();
  }

  #section(name: string, { line }: { readonly line: number }): void {
    if (this.#table.section(name) !== undefined) return;
    if (this.#other.section(name) !== undefined) {
      this.#add(line, { kind: 'unknown-section', section: name, of: this.#other.kind });
      return;
    }
    const meant = this.#guess(() => meantSection(name, this.#table.sections));
    if (meant === undefined) this.#add(line, { kind: 'unknown-section', section: name });
    else this.#add(line, { kind: 'unknown-section', section: name, meant }, `[${meant}]`);
  }

  #bad(entry: BadEntry): void {
    const { why, line, from, section, escaped } = entry;
    const raw = this.#raw(from);
    const hasMark = !this.#isWindows && line === 1 && this.#text.startsWith(MARK);
    if (why === 'escape') {
      const correction =
        raw === undefined ? undefined : this.#guess(() => correctedLine(raw, entry, this.#table));
      this.#add(line, { kind: 'escape-error', character: escaped ?? '' }, correction);
    } else if (hasMark) {
      // The line is right, without the mark.
      this.#add(line, { kind: 'invalid-line', why: 'byte-order-mark' }, raw?.slice(1));
    } else {
      const correction =
        raw === undefined ? undefined : this.#guess(() => correctedLine(raw, entry, this.#table));
      const isSection = why === 'section-name' || why === 'section-end' || why === 'after-section';
      this.#add(
        line,
        isSection ? { kind: 'invalid-line', why, section } : { kind: 'invalid-line', why },
        correction,
      );
    }
    if (!this.#isWindows) this.#add(line, { kind: 'stops-here' });
  }

  #key(entry: KeyEntry, isKeyNext: boolean): void {
    const known = this.#table.find(entry.name);
    if (known === undefined) {
      this.#unknown(entry, isKeyNext);
      this.#joined(entry, undefined, false);
      return;
    }
    const { line, key, value } = entry;
    const first = this.#seen.get(known);
    if (first !== undefined) {
      const { line: firstLine, wasRefused } = first;
      this.#add(line, { kind: 'duplicate-ignored', key, firstLine, wasRefused });
      return;
    }
    const read = acceptValue(known, key, fromBytes(value), this.#isWindows, this.#ramBytes);
    const wasRefused = !('accepted' in read);
    this.#seen.set(known, { key, line, wasRefused });
    if ('accepted' in read) {
      this.#accepted.set(`${known.section}.${known.key}`, read.accepted);
      const odd = oddValue(known, key, fromBytes(value), read.accepted, this.#ramBytes);
      if (odd !== undefined) {
        const isEscape = odd.fault.kind === 'path-characters' && odd.fault.why === 'escape';
        const correction = isEscape ? this.#changed(entry, doubled) : this.#assigned(key, odd.meant);
        this.#add(line, odd.fault, correction);
      } else if (known.type === 'path' && entry.isCut)
        this.#add(line, { kind: 'path-characters', key, why: 'not-ascii' });
    } else this.#add(line, read.fault, this.#assigned(key, read.meant));
    this.#joined(entry, known, wasRefused);
  }

  #assigned(key: string, meant: string | undefined): string | undefined {
    return meant === undefined ? undefined : `${key}=${meant}`;
  }

  /** The line with its value changed. */
  #changed({ from }: KeyEntry, change: (value: string) => string): string | undefined {
    const raw = this.#raw(from);
    const at = raw?.indexOf('=') ?? -1;
    return raw === undefined || at < 0
      ? undefined
      : `${raw.slice(0, at + 1)}${change(raw.slice(at + 1))}`.trim();
  }

  #unknown({ key, section, line, from }: KeyEntry, isKeyNext: boolean): void {
    const raw = this.#raw(from)?.trim();
    const [elsewhere] = this.#table.named(key);
    const under = (belongs: string): string | undefined => {
      if (raw === undefined || /\\$/.test(raw)) return undefined;
      // What follows stays where it is.
      return `[${belongs}]\n${raw}${isKeyNext && section !== '' ? `\n[${section}]` : ''}`;
    };
    if (section === '') {
      if (elsewhere === undefined) this.#add(line, { kind: 'key-outside-section', key });
      else {
        const belongs = elsewhere.section;
        this.#add(line, { kind: 'key-outside-section', key, belongs }, under(belongs));
      }
      return;
    }
    const spelled = this.#table.section(section);
    if (spelled === undefined) {
      this.#add(line, { kind: 'unknown-key', key, inBadSection: true });
      return;
    }
    if (elsewhere !== undefined) {
      const belongs = elsewhere.section;
      this.#add(line, { kind: 'wrong-section', key, section: spelled, belongs }, under(belongs));
      return;
    }
    const here = this.#table.all.filter((each) => each.section === spelled);
    const meant = this.#guess(() => meantKey(key, here, this.#table.all));
    if (meant === undefined) this.#add(line, { kind: 'unknown-key', key });
    else {
      const fits = meant.section === spelled;
      const corrected = raw?.replace(/^[A-Za-z0-9]+/, meant.key);
      const correction = corrected === undefined || !fits ? undefined : corrected;
      this.#add(line, { kind: 'unknown-key', key, meant: meant.key }, correction);
    }
  }

  /** A backslash at the end of a line that was not meant to join it with the next. */
  #joined(entry: KeyEntry, known: WslKey | undefined, wasRefused: boolean): void {
    const { key, line, joins, hasBackslashReturn } = entry;
    if (joins.length === 0) {
      // Of CR LF: the value ends there. Releases since autumn 2026 refuse the line instead.
      if (hasBackslashReturn)
        this.#add(line, { kind: 'escape-error', character: '\r' }, this.#changed(entry, doubled));
      return;
    }
    const isMistake =
      wasRefused || known?.type === 'path' || joins.some((position) => this.#startsSetting(position));
    if (!isMistake) return;
    const mended = (raw: string) => (known?.type === 'path' ? doubled(raw) : raw.replace(/\s*\\$/, ''));
    this.#add(line, { kind: 'lines-joined', key }, this.#changed(entry, mended));
  }

  /** What looks like a line of its own. */
  #startsSetting(position: number): boolean {
    const next = this.#text.slice(position, position + 100);
    if (/^[ \t]*\[/.test(next)) return true;
    const name = /^[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=/.exec(next)?.[1];
    return name !== undefined && this.#table.named(name).length > 0;
  }
}
