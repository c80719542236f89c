import { type RuleFault } from '#shared/failure/rule-faults.ts';

/** Why a text is no pattern, and where in it. */
export interface PatternFault {
  readonly fault: RuleFault;
  readonly at: number;
}

/** A pattern taken apart. */
export type Node =
  | { readonly kind: 'set'; readonly has: (code: number) => boolean }
  | { readonly kind: 'assert'; readonly what: 'start' | 'end' | 'boundary' | 'no-boundary' }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly least: number; readonly most: number };

class SyntaxTrouble extends Error {
  readonly fault: RuleFault;
  readonly at: number;
  constructor(fault: RuleFault, at: number) {
    super(fault.kind);
    this.fault = fault;
    this.at = at;
  }
}

/** Longer ones, and deeper brackets, are no patterns that people write. */
const LONGEST_PATTERN = 1_000;
const DEEPEST = 50;
const MOST_REPEATS = 1_000;

const CLASSES: Readonly<Record<string, RegExp>> = {
  d: /^\d$/,
  D: /^\D$/su,
  w: /^\w$/,
  W: /^\W$/su,
  s: /^\s$/,
  S: /^\S$/su,
};
const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v' };

/** Takes a regular expression apart; in JavaScript's own words it has the flags `s` and `u`. */
export function parsePattern(source: string): Node | PatternFault {
  if (source.length > LONGEST_PATTERN) {
    return { fault: { kind: 'pattern-too-long', count: LONGEST_PATTERN }, at: LONGEST_PATTERN };
  }
  try {
    const reader = new Reader(source);
    const node = reader.choice(0);
    if (!reader.atEnd) reader.fail('close-without-open');
    return node;
  } catch (error) {
    if (!(error instanceof SyntaxTrouble)) throw error;
    return { fault: error.fault, at: error.at };
  }
}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get atEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  fail(kind: RuleFault['kind'], at = this.#at, about: Omit<RuleFault, 'kind'> = {}): never {
    throw new SyntaxTrouble({ kind, ...about }, at);
  }

  choice(depth: number): Node {
    if (depth > DEEPEST) this.fail('too-deep');
    const nodes = [this.#sequence(depth)];
    while (this.#take('|')) nodes.push(this.#sequence(depth));
    const [only] = nodes;
    return nodes.length === 1 && only !== undefined ? only : { kind: 'choice', nodes };
  }

  #sequence(depth: number): Node {
    const nodes: Node[] = [];
    while (!this.atEnd && !this.#sees('|') && !this.#sees(')')) nodes.push(this.#repeated(depth));
    return { kind: 'sequence', nodes };
  }

  #repeated(depth: number): Node {
    const node = this.#single(depth);
    const start = this.#at;
    const range = this.#quantifier();
    if (range === undefined) return node;
    if (node.kind === 'assert') this.fail('nothing-to-repeat', start);
    // Few or many: whether there is a match is the same.
    this.#take('?');
    if (/^[*+?{]/.test(this.#source.slice(this.#at))) this.fail('nothing-to-repeat');
    return { kind: 'repeat', node, ...range };
  }

  #quantifier(): { readonly least: number; readonly most: number } | undefined {
    if (this.#take('*')) return { least: 0, most: Infinity };
    if (this.#take('+')) return { least: 1, most: Infinity };
    if (this.#take('?')) return { least: 0, most: 1 };
    if (!this.#sees('{')) return undefined;
    const [whole = '', from = '', comma, to = ''] =
      /^\{(\d+)(,)?(\d+)?\}/.exec(this.#source.slice(this.#at)) ?? [];
    if (whole === '') this.fail('brace');
    const least = Number(from);
    const most = comma === undefined ? least : to === '' ? Infinity : Number(to);
    if (most < least) this.fail('repeat-order');
    if (least > MOST_REPEATS || (most !== Infinity && most > MOST_REPEATS)) {
      this.fail('repeat-too-often', this.#at, { count: MOST_REPEATS });
    }
    this.#at += whole.length;
    return { least, most };
  }

  #single(depth: number): Node {
    if (this.#take('^')) return { kind: 'assert', what: 'start' };
    if (this.#take('$')) return { kind: 'assert', what: 'end' };
    if (this.#take('.')) return { kind: 'set', has: () => true };
    if (this.#sees('[')) return this.#bracket();
    if (this.#sees('(')) return this.#group(depth);
    if (this.#sees('\\')) return this.#escape();
    const character = this.#next();
    if (/^[*+?{]$/.test(character)) this.fail('nothing-to-repeat', this.#at - 1);
    if (character === ']' || character === '}') {
      this.fail('unescaped', this.#at - 1, { of: character });
    }
    return only(character);
  }

  #group(depth: number): Node {
    const start = this.#at;
    this.#at += 1;
    if (this.#sees('?') && !this.#source.startsWith('?:', this.#at)) {
      this.fail('group-kind', start);
    }
    if (this.#sees('?')) this.#at += 2;
    const node = this.choice(depth + 1);
    if (!this.#take(')')) this.fail('open-group', start);
    return node;
  }

  #escape(): Node {
    const character = this.#source.charAt(this.#at + 1);
    if (character === 'b' || character === 'B') {
      this.#at += 2;
      return { kind: 'assert', what: character === 'b' ? 'boundary' : 'no-boundary' };
    }
    return { kind: 'set', has: this.#escaped().has };
  }

  /** A class such as \d, or a character that stands for itself. */
  #escaped(): { readonly has: (code: number) => boolean; readonly code?: number } {
    const start = this.#at;
    this.#at += 1;
    if (this.atEnd) this.fail('trailing-backslash', start);
    const character = this.#next();
    const inClass = CLASSES[character];
    if (inClass !== undefined) return { has: (code) => inClass.test(String.fromCodePoint(code)) };
    if (/^[1-9]$/.test(character)) this.fail('back-reference', start);
    const control = CONTROLS[character];
    if (control === undefined && !/^[\^$\\.*+?()[\]{}|/-]$/.test(character)) {
      this.fail('unknown-escape', start, { of: character });
    }
    const code = (control ?? character).codePointAt(0) ?? 0;
    return { has: (each) => each === code, code };
  }

  #bracket(): Node {
    const start = this.#at;
    this.#at += 1;
    const negated = this.#take('^');
    const members: ((code: number) => boolean)[] = [];
    while (!this.#take(']')) {
      if (this.atEnd) this.fail('open-set', start);
      members.push(this.#member());
    }
    return { kind: 'set', has: (code) => members.some((has) => has(code)) !== negated };
  }

  #member(): (code: number) => boolean {
    const start = this.#at;
    const from = this.#memberCharacter();
    const isRange =
      this.#sees('-') && this.#source[this.#at + 1] !== ']' && this.#at + 1 < this.#source.length;
    if (!isRange) return from.has;
    this.#at += 1;
    const to = this.#memberCharacter();
    const { code: low } = from;
    const { code: high } = to;
    if (low === undefined || high === undefined || low > high) this.fail('range', start);
    return (code) => code >= low && code <= high;
  }

  #memberCharacter(): { readonly has: (code: number) => boolean; readonly code?: number } {
    if (this.#sees('\\')) return this.#escaped();
    const code = this.#next().codePointAt(0) ?? 0;
    return { has: (each) => each === code, code };
  }

  #sees(character: string): boolean {
    return this.#source[this.#at] === character;
  }

  #take(character: string): boolean {
    const sees = this.#sees(character);
    if (sees) this.#at += 1;
    return sees;
  }

  /** The next character, both halves of it where it has two. */
  #next(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    return character;
  }
}

function only(character: string): Node {
  const code = character.codePointAt(0) ?? 0;
  return { kind: 'set', has: (each) => each === code };
}
