/** What badness() read of a process before the rewrite of 2.6.36. Such kernels occur in logs; Lifeboat does not run on them. */
export interface OldBadnessInput {
  readonly totalVmPages: number;
  /** total_vm of each child that has an address space of its own. */
  readonly childrenVmPages: readonly number[];
  /** User and system time. */
  readonly cpuSeconds: number;
  /** Time since its start. */
  readonly runSeconds: number;
  readonly nice: number;
  /** CAP_SYS_ADMIN or CAP_SYS_RESOURCE, in older kernels uid or euid 0. */
  readonly privileged: boolean;
  readonly capSysRawio: boolean;
  /** False when its memory nodes and the allocating task's are disjoint. */
  readonly sharesNodes: boolean;
  /** -17..15; -17 is never killed and must not be asked here. */
  readonly oomAdj: number;
}

/**
 * The points of the old heuristic. Follows mm/oom_kill.c, badness(), of 2.6.31. Times are rounded as the kernel's shifts of
 * jiffies do: CPU time in units of 8 s, run time in units of 1,024 s.
 */
export function badnessBefore2636(input: OldBadnessInput): number {
  let points = input.totalVmPages;
  for (const pages of input.childrenVmPages) points += Math.trunc(pages / 2) + 1;
  points = divide(points, intSqrt(Math.trunc(input.cpuSeconds / 8)));
  points = divide(points, intSqrt(intSqrt(Math.trunc(input.runSeconds / 1024))));
  if (input.nice > 0) points *= 2;
  if (input.privileged) points = Math.trunc(points / 4);
  if (input.capSysRawio) points = Math.trunc(points / 4);
  if (!input.sharesNodes) points = Math.trunc(points / 8);
  if (input.oomAdj > 0) return Math.max(points, 1) * 2 ** input.oomAdj;
  return Math.trunc(points / 2 ** -input.oomAdj);
}

function divide(points: number, divisor: number): number {
  return divisor > 0 ? Math.trunc(points / divisor) : points;
}

function intSqrt(value: number): number {
  return Math.trunc(Math.sqrt(Math.max(0, value)));
}
