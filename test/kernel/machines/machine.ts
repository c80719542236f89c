import { type Agent, Gone } from './agent.ts';

/** A running kernel that the lab may torment: this machine within its own cgroups, or a guest as a whole. */
export interface Machine {
  readonly name: string;
  readonly release: string;
  readonly agent: Agent;
  /** A guest may run out of memory as a whole, has swap, and may change sysctls. */
  readonly isGuest: boolean;
  readonly cgroupVersion: 1 | 2;
  /** The directory of the lab's own cgroup: everything that it does is below. */
  readonly cgroupRoot: string;
  /** The same as `--scope cgroup:` wants it, and as the kernel prints it. */
  readonly cgroupPath: string;
  readonly eater: string;
  readonly lifeboat: readonly string[];
  /** CAP_SYS_RESOURCE: oom_score_adj may be lowered. */
  readonly mayLowerAdj: boolean;
  /** Swap is on all the time: the lab then keeps it out of its cgroups, but for where it is the matter. */
  readonly hasSwap: boolean;
  /** CPUs online: each keeps a part of the kernel's counters to itself. */
  readonly cpus: number;
  /** How much slower it may be than a machine that has nothing else to do: deadlines are multiplied by it. */
  readonly patience: number;
  /** What its console has said, for a report. */
  console(): string;
  close(): Promise<void>;
}

/** The kernel prints at most 10 reports in 5 s (oom_kill.c, oom_rs), then only kill lines: rounds wait for their turn. */
const windowMs = 5500;

export async function waitForReportQuota({ agent, isGuest }: Machine): Promise<void> {
  /* In a guest memory comes back slowly, and one push has killed seven. */
  const mostBefore = isGuest ? 3 : 8;
  const oldest = agent.oomReportsAt.at(-mostBefore);
  const waitMs = oldest === undefined ? 0 : oldest + windowMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

/** Polls what the agent does not tell by itself. */
export async function eventually(
  condition: () => Promise<boolean>,
  timeoutMs: number,
  what: string,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const isLast = performance.now() > end;
    if (await condition()) return;
    if (isLast) throw new Gone(`waited ${timeoutMs / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
