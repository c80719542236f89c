import { parsePattern, type Node } from './pattern-syntax.ts';

/** A compiled pattern. */
export interface Pattern {
  readonly source: string;
  /** Whether it matches anywhere in a text, of which the first `LONGEST_TEXT` characters count. */
  test(text: string): boolean;
}

/** As much of a command line as is looked at. */
export const LONGEST_TEXT = 4_096;
/** Steps of the largest program: with the text's length it bounds the work. */
const MOST_STEPS = 1_000;

type Step =
  | { readonly op: 'character'; readonly has: (code: number) => boolean }
  | { readonly op: 'assert'; readonly what: 'start' | 'end' | 'boundary' | 'no-boundary' }
  /** Goes on at all of them. */
  | { readonly op: 'fork'; to: readonly number[] }
  | { readonly op: 'match' };

/** Why a text is no pattern; the offset is in UTF-16 units. */
export interface PatternError {
  readonly message: string;
  readonly at: number;
}

/**
 * Compiles a regular expression. The syntax is JavaScript's without what needs backtracking (references, looking ahead or behind), and it is
 * run as an automaton (Thompson, 1968): the time is bounded by pattern times text, whatever the pattern.
 */
export function compilePattern(source: string): Pattern | PatternError {
  const parsed = parsePattern(source);
  if ('message' in parsed) return parsed;
  const steps: Step[] = [];
  if (!emit(parsed, steps)) return { message: 'The pattern is too large.', at: 0 };
  steps.push({ op: 'match' });
  return { source, test: (text) => run(steps, Array.from(text.slice(0, LONGEST_TEXT), codeOf)) };
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

/** False when the program would be too large. */
function emit(node: Node, steps: Step[]): boolean {
  if (steps.length >= MOST_STEPS) return false;
  switch (node.kind) {
    case 'set':
      steps.push({ op: 'character', has: node.has });
      return true;
    case 'assert':
      steps.push({ op: 'assert', what: node.what });
      return true;
    case 'sequence':
      return node.nodes.every((each) => emit(each, steps));
    case 'choice':
      return emitChoice(node.nodes, steps);
    case 'repeat':
      return emitRepeat(node, steps);
  }
}

function emitChoice(nodes: readonly Node[], steps: Step[]): boolean {
  const fork: Step = { op: 'fork', to: [] };
  steps.push(fork);
  const starts: number[] = [];
  const ends: { to: readonly number[] }[] = [];
  for (const node of nodes) {
    starts.push(steps.length);
    if (!emit(node, steps)) return false;
    const end = { op: 'fork' as const, to: [] as readonly number[] };
    steps.push(end);
    ends.push(end);
  }
  fork.to = starts;
  for (const end of ends) end.to = [steps.length];
  return true;
}

function emitRepeat({ node, least, most }: Node & { readonly kind: 'repeat' }, steps: Step[]): boolean {
  for (let count = 0; count < least; count += 1) {
    const before = steps.length;
    if (!emit(node, steps)) return false;
    // Nothing repeated is nothing, however often.
    if (steps.length === before) break;
  }
  if (most === Infinity) {
    const start = steps.length;
    const fork: Step = { op: 'fork', to: [] };
    steps.push(fork);
    if (!emit(node, steps)) return false;
    steps.push({ op: 'fork', to: [start] });
    fork.to = [start + 1, steps.length];
    return true;
  }
  const forks: { to: readonly number[] }[] = [];
  for (let count = least; count < most; count += 1) {
    const fork = { op: 'fork' as const, to: [] as readonly number[] };
    steps.push(fork);
    forks.push(fork);
    fork.to = [steps.length];
    if (!emit(node, steps)) return false;
  }
  for (const fork of forks) fork.to = [...fork.to, steps.length];
  return true;
}

/** All places that the automaton may be in are followed at once, character by character. */
function run(steps: readonly Step[], codes: readonly number[]): boolean {
  let current: number[] = [];
  // In which round a step was last reached: no step is followed twice in one.
  const reached = new Int32Array(steps.length).fill(-1);
  for (let at = 0; at <= codes.length; at += 1) {
    const code = codes[at];
    const next: number[] = [];
    // A match may begin at every character.
    const stack = [0, ...current.reverse()];
    while (stack.length > 0) {
      const index = stack.pop() ?? 0;
      const step = steps[index];
      if (step === undefined || reached[index] === at) continue;
      reached[index] = at;
      if (step.op === 'match') return true;
      if (step.op === 'fork') stack.push(...step.to);
      else if (step.op === 'assert') {
        if (holds(step.what, codes, at)) stack.push(index + 1);
      } else if (code !== undefined && step.has(code)) next.push(index + 1);
    }
    current = next;
  }
  return false;
}

function holds(
  what: (Step & { readonly op: 'assert' })['what'],
  codes: readonly number[],
  at: number,
): boolean {
  switch (what) {
    case 'start':
      return at === 0;
    case 'end':
      return at === codes.length;
    case 'boundary':
      return isWord(codes[at - 1]) !== isWord(codes[at]);
    case 'no-boundary':
      return isWord(codes[at - 1]) === isWord(codes[at]);
  }
}

/** \w: letters and digits of ASCII, and the underscore. */
function isWord(code: number | undefined): boolean {
  return code !== undefined && /^\w$/.test(String.fromCodePoint(code));
}
