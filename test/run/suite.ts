/** The suites of `npm test`, in the order in which they run. */
export const SUITES = [
  'unit',
  'system',
  'cli',
  'e2e',
  'scenes',
  'helper',
  'package',
  'electron',
  'kernel',
] as const;
export type SuiteName = (typeof SUITES)[number];

/** What could not run, and why. */
export interface LeftOut {
  readonly part: string;
  readonly why: string;
}

/** A test that failed, and what it said of it. */
export interface Failure {
  readonly test: string;
  readonly message: string;
}

/** What a suite gave. `failures` names those of `failed` that have a name. */
export interface SuiteResult {
  readonly name: SuiteName | 'build';
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly leftOut: readonly LeftOut[];
  readonly failures: readonly Failure[];
}

/** Why a suite cannot run as this user; undefined when it can. */
export function whyNotAsUser(name: SuiteName, isRoot: boolean): string | undefined {
  if (isRoot) return undefined;
  if (name === 'helper')
    return 'needs root: it writes real sysctls, and asks the real sudo and pkexec for another user';
  return name === 'package' ? 'needs root: it installs the deb for real' : undefined;
}

/**
 * Suites in their order, those that run at the same time together: `helper` changes this machine and waits most of its time, and `scenes`,
 * which looks at machines that are made up, uses what is left of the processors.
 */
export function inTurns(suites: readonly SuiteName[]): readonly (readonly SuiteName[])[] {
  const turns: SuiteName[][] = [];
  for (const name of suites) {
    const last = turns.at(-1);
    if (name === 'helper' && last?.[0] === 'scenes') last.push(name);
    else turns.push([name]);
  }
  return turns;
}

export function isSuiteName(name: string): name is SuiteName {
  return (SUITES as readonly string[]).includes(name);
}
