/** earlyoom begins with SIGTERM at `term`, and goes on to SIGKILL at `kill`, which is never above it. */
export interface TermKill {
  readonly term: number;
  readonly kill: number;
}

/** The options of earlyoom that decide when it acts. Absent: not given. */
export interface EarlyoomOptions {
  readonly memPercent?: TermKill;
  readonly memKib?: TermKill;
  readonly swapPercent?: TermKill;
  readonly swapKib?: TermKill;
  /** `--dryrun`: it kills nothing. */
  readonly rehearses?: true;
}

/** Options with an argument. `-P` is there since 1.8.1: before, a command line with it does not start. */
const WITH_ARGUMENT = 'msMSNrP';
const WITHOUT_ARGUMENT = 'kingdvph';
const LONG = {
  prefer: true,
  avoid: true,
  ignore: true,
  dryrun: false,
  'ignore-root-user': false,
  'sort-by-rss': false,
  syslog: false,
  'kernel-oom': false,
  help: false,
  debug: false,
} as const;

const FIELDS: Readonly<Record<string, 'memPercent' | 'memKib' | 'swapPercent' | 'swapKib'>> = {
  m: 'memPercent',
  M: 'memKib',
  s: 'swapPercent',
  S: 'swapKib',
};

/**
 * What earlyoom reads from its arguments (main.c, getopt_long(3)); the last of several counts. Undefined where it holds something that a running
 * earlyoom of the versions that are known cannot have been given.
 */
export function parseEarlyoomOptions(args: readonly string[]): EarlyoomOptions | undefined {
  const found: { -readonly [K in keyof EarlyoomOptions]: EarlyoomOptions[K] } = {};
  const rest = [...args];
  for (let each = rest.shift(); each !== undefined; each = rest.shift()) {
    if (each === '--') return rest.length === 0 ? found : undefined;
    if (each.startsWith('--')) {
      const name = longName(each);
      if (name === undefined) return undefined;
      if (name === 'dryrun') found.rehearses = true;
      if (LONG[name] && !each.includes('=')) rest.shift();
      continue;
    }
    if (!/^-./s.test(each)) return undefined;
    for (let at = 1; at < each.length; at++) {
      const letter = each.charAt(at);
      if (WITHOUT_ARGUMENT.includes(letter)) continue;
      if (!WITH_ARGUMENT.includes(letter)) return undefined;
      const value = at + 1 < each.length ? each.slice(at + 1) : rest.shift();
      const field = FIELDS[letter];
      if (field === undefined) break;
      const tuple = parseTermKill(value ?? '');
      if (tuple === undefined) return undefined;
      found[field] = tuple;
      break;
    }
  }
  return found;
}

/** getopt_long(3) takes every beginning of a name that is that of one option alone. */
function longName(argument: string): keyof typeof LONG | undefined {
  const name = argument.slice(2).split('=', 1)[0] ?? '';
  const names = Object.keys(LONG) as (keyof typeof LONG)[];
  const exact = names.find((each) => each === name);
  const [only, second] = exact === undefined ? names.filter((each) => each.startsWith(name)) : [exact];
  return second === undefined ? only : undefined;
}

/** `TERM[,KILL]`, msg.c parse_term_kill_tuple(): KILL is half of TERM by default, and a smaller TERM is raised to it. */
function parseTermKill(text: string): TermKill | undefined {
  const comma = text.indexOf(',');
  const term = decimal(comma < 0 ? text : text.slice(0, comma));
  const kill = comma < 0 ? term && term / 2 : decimal(text.slice(comma + 1));
  if (term === undefined || kill === undefined || (term === 0 && kill === 0)) return undefined;
  return { term: Math.max(term, kill), kill };
}

/** What strtod(3) reads, without its hexadecimal and infinite numbers; nothing at all is 0. */
function decimal(text: string): number | undefined {
  if (text === '') return 0;
  return /^[ \t\n\v\f\r]*\+?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}
