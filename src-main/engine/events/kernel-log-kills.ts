import { OomReportReader } from '#shared/kernel/oom-report/reader.ts';
import { taskPageTablePages, type OomKill, type OomReport } from '#shared/kernel/oom-report/report.ts';
import { type KillAlert, type KilledProcess } from '#shared/model/alert.ts';

/** A kill as the kernel reports it. */
export interface LoggedKill extends KilledProcess {
  readonly scope?: NonNullable<KillAlert['scope']>;
}

/** Takes the kernel's log record by record, and gives each kill as soon as its line is there. */
export class KernelLogKills {
  readonly #pageSizeBytes: number;
  readonly #reader = new OomReportReader();
  #report: OomReport | undefined;
  #reportedPids = new Set<number>();

  constructor(pageSizeBytes: number) {
    this.#pageSizeBytes = pageSizeBytes;
  }

  /** Takes records from before: a kill in them is no news, a report that has begun in them goes on. */
  passOver(records: readonly string[]): void {
    for (const record of records) this.push(record);
  }

  /** Takes a record of /dev/kmsg. */
  push(record: string): readonly LoggedKill[] {
    this.#reader.push(record);
    const report = this.#reader.current;
    if (report === undefined) return [];
    if (report !== this.#report) {
      this.#report = report;
      this.#reportedPids = new Set();
    }
    // With memory.oom.group the first victim is in the report twice.
    const fresh = report.kills.filter(({ pid }) => !this.#reportedPids.has(pid));
    for (const { pid } of fresh) this.#reportedPids.add(pid);
    return fresh.map((kill) => this.#kill(report, kill));
  }

  #kill(report: OomReport, { pid, name, oomScoreAdj, anonRssKib, pageTablesKib }: OomKill): LoggedKill {
    const row = report.tasks.find(({ tgid }) => tgid === pid);
    const tables = row === undefined ? undefined : taskPageTablePages(row, this.#pageSizeBytes);
    const adj = oomScoreAdj ?? row?.oomScoreAdj;
    const scope = scopeOf(report);
    // The kill line has no swap; the table of tasks has.
    const swapBytes = (row?.swapPages ?? 0) * this.#pageSizeBytes;
    const tableBytes =
      pageTablesKib === undefined ? (tables ?? 0) * this.#pageSizeBytes : pageTablesKib * 1024;
    return {
      pid,
      name,
      ...(adj === undefined ? {} : { oomScoreAdj: adj }),
      ...(anonRssKib === undefined ? {} : { freedBytes: anonRssKib * 1024 + tableBytes + swapBytes }),
      ...(scope === undefined ? {} : { scope }),
    };
  }
}

/**
 * Where memory ran out. The constraint decides (mm/oom_kill.c, constrained_alloc()): a request that may use some nodes only fails when those are
 * full. It is not believed for cgroups, where 5.0 to 5.1 print a wrong one. Before 5.0 none is printed, and a request that is bound to nodes
 * looks like any other.
 */
function scopeOf(report: OomReport): LoggedKill['scope'] {
  const { scope, oomCgroup, constraint, nodemask, memsAllowed, cpuset, trigger } = report;
  if (scope === 'cgroup') return oomCgroup === undefined ? undefined : { kind: 'cgroup', path: oomCgroup };
  if (scope === 'unknown') return undefined;
  // is_sysrq_oom()
  if (trigger?.order === -1) return { kind: 'sysrq' };
  switch (constraint) {
    case 'CONSTRAINT_CPUSET': {
      const nodes = memsAllowed ?? nodemask;
      return {
        kind: 'nodes',
        by: 'cpuset',
        ...(nodes === undefined ? {} : { nodes }),
        ...(cpuset === undefined ? {} : { cpuset }),
      };
    }
    case 'CONSTRAINT_MEMORY_POLICY':
      return { kind: 'nodes', by: 'memory-policy', ...(nodemask === undefined ? {} : { nodes: nodemask }) };
    case 'CONSTRAINT_NONE':
      return { kind: 'global' };
    case undefined:
      return trigger?.nodemask === undefined ? { kind: 'global' } : undefined;
    default:
      return { kind: 'constraint', constraint };
  }
}
