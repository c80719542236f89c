import { parsePattern, type Node, type PatternFault } from './pattern-syntax.ts';

/** A compiled pattern. */
export interface Pattern {
  readonly source: string;
  /** Whether it matches anywhere in a text, of which the first `LONGEST_TEXT` characters count. */
  test(text: string): boolean;
}

/** No command line is longer: the kernel gives arguments and environment 6 MiB together (fs/exec.c, bprm_stack_limits()). */
export const LONGEST_TEXT = 6 * 1024 * 1024;
/** Steps of the largest program: with the text's length it bounds the work. */
const MOST_STEPS = 1_000;

type Step =
  | { readonly op: 'character'; readonly has: (code: number) => boolean }
  | { readonly op: 'assert'; readonly what: 'start' | 'end' | 'boundary' | 'no-boundary' }
  /** Goes on at all of them. */
  | { readonly op: 'fork'; to: readonly number[] }
  | { readonly op: 'match' };

/**
 * Compiles a regular expression. The syntax is JavaScript's without what needs backtracking (references, looking ahead or behind), and it is
 * run as an automaton (Thompson, 1968): the time is bounded by pattern times text, whatever the pattern.
 */
export function compilePattern(source: string): Pattern | PatternFault {
  const parsed = parsePattern(source);
  if ('fault' in parsed) return parsed;
  const steps: Step[] = [];
  if (!emit(parsed, steps)) return { fault: { kind: 'pattern-too-large' }, at: 0 };
  steps.push({ op: 'match' });
  const matches = automaton(steps);
  return { source, test: (text) => matches(text.slice(0, LONGEST_TEXT)) };
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

/** What the automaton knows between two characters: where it may be, and what stood before. */
interface State {
  readonly at: readonly number[];
  readonly isStart: boolean;
  readonly afterWord: boolean;
  /** The next state for each character that has occurred here: most texts repeat themselves. */
  readonly next: Map<number, State | 'match'>;
}

/** States remembered: a state that occurred occurs again soon, or never. */
const MOST_STATES = 2_000;
const END = -1;

/** Answers whether a program matches anywhere in a text. All places that it may be in are followed at once, character by character. */
function automaton(steps: readonly Step[]): (text: string) => boolean {
  const states = new Map<string, State>();
  // In which round a step was last reached: no step is followed twice in one.
  const reached = new Int32Array(steps.length).fill(-1);
  let round = 0;
  const stateOf = (at: readonly number[], isStart: boolean, afterWord: boolean): State => {
    const key = `${at.join()}${isStart ? '^' : ''}${afterWord ? 'w' : ''}`;
    const known = states.get(key);
    if (known !== undefined) return known;
    if (states.size >= MOST_STATES) states.clear();
    const state = { at, isStart, afterWord, next: new Map<number, State | 'match'>() };
    states.set(key, state);
    return state;
  };
  const follow = (state: State, code: number): State | 'match' => {
    const next: number[] = [];
    // A match may begin at every character.
    const stack = [0, ...state.at];
    round = (round + 1) % 2 ** 30;
    while (stack.length > 0) {
      const index = stack.pop() ?? 0;
      const step = steps[index];
      if (step === undefined || reached[index] === round) continue;
      reached[index] = round;
      if (step.op === 'match') return 'match';
      if (step.op === 'fork') stack.push(...step.to);
      else if (step.op === 'assert') {
        if (holds(step.what, state, code)) stack.push(index + 1);
      } else if (code !== END && step.has(code)) next.push(index + 1);
    }
    return stateOf(
      next.sort((a, b) => a - b),
      false,
      isWord(code),
    );
  };
  return (text) => {
    let state = stateOf([], true, false);
    for (let at = 0; at <= text.length; at += 1) {
      const code = text.codePointAt(at) ?? END;
      if (code > 0xffff) at += 1;
      let next = state.next.get(code);
      if (next === undefined) {
        next = follow(state, code);
        state.next.set(code, next);
      }
      if (next === 'match') return true;
      state = next;
    }
    return false;
  };
}

function holds(what: (Step & { readonly op: 'assert' })['what'], before: State, code: number): boolean {
  switch (what) {
    case 'start':
      return before.isStart;
    case 'end':
      return code === END;
    case 'boundary':
      return before.afterWord !== isWord(code);
    case 'no-boundary':
      return before.afterWord === isWord(code);
  }
}

/** \w: letters and digits of ASCII, and the underscore. */
function isWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f ||
    (code >= 0x61 && code <= 0x7a)
  );
}
