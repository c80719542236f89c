/** The suites of `npm test`: those that look at this machine, or change it, in the order in which they run. */
const ON_THIS_MACHINE = [
  'system',
  'cli',
  'e2e',
  'helper',
  'package',
  'electron',
  // Kills on this machine's kernel, in cgroups.
  'kernel-here',
] as const;

/** Those to which it makes no difference what happens on this machine: made-up trees and scenes, and kernels in virtual machines. */
const APART = ['unit', 'scenes', 'kernel'] as const;

export const SUITES = [...APART, ...ON_THIS_MACHINE] as const;
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
 * Suites that run at the same time, each row in its order. The suites on this machine wait most of their time, and all see the same machine; the others use what is
 * left of the processors.
 */
export function inRows(suites: readonly SuiteName[]): {
  readonly onThisMachine: readonly SuiteName[];
  readonly apart: readonly SuiteName[];
} {
  const among = (row: readonly SuiteName[]) => row.filter((name) => suites.includes(name));
  return { onThisMachine: among(ON_THIS_MACHINE), apart: among(APART) };
}

/** Suites that are no project of Vitest: parts of the kernel lab. */
export type LabSuite = 'kernel' | 'kernel-here';

export function isLabSuite(name: SuiteName): name is LabSuite {
  return name === 'kernel' || name === 'kernel-here';
}

export function isSuiteName(name: string): name is SuiteName {
  return (SUITES as readonly string[]).includes(name);
}
