import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { oomScoreOfBadness } from '#shared/kernel/badness/oom-score.ts';
import { killOrder, type OomContext } from '#shared/kernel/kill-order/kill-order.ts';
import { parseOomReports } from '#shared/kernel/oom-report/reader.ts';
import { type OomReport, taskPageTablePages } from '#shared/kernel/oom-report/report.ts';
import { withFormula } from '#shared/kernel/rules.ts';
import { type KernelTask } from '#shared/kernel/task.ts';
import {
  cgroupScope,
  contextOf,
  exactly,
  pidsOf,
  rulesFor,
  taskOf,
} from '../../../../helpers/kernel-tasks.ts';

const PAGE_KIB = 4;

function reportsIn(name: string): OomReport[] {
  const path = new URL(`../../../../fixtures/oom-logs/${name}.log`, import.meta.url);
  return parseOomReports(readFileSync(path, 'utf8'));
}

function reportIn(name: string, index = 0): OomReport {
  const report = reportsIn(name)[index];
  if (report === undefined) throw new Error(`${name} has no report ${index}`);
  return report;
}

interface RowExtras {
  /** Pids of which it is known that they are children of others in the table. */
  readonly parents?: ReadonlyMap<number, number>;
  /** Where all of the table was, as the log says. */
  readonly cgroup?: string;
  readonly capSysAdmin?: boolean;
}

/** The table of a report, whose order is that of the scan. */
function tasksOf(
  report: OomReport,
  { parents, cgroup = '/', capSysAdmin = false }: RowExtras = {},
): KernelTask[] {
  return report.tasks.map((row) =>
    taskOf({
      pid: row.pid,
      parentPid: parents?.get(row.pid) ?? 0,
      rssPages: row.rssPages,
      swapPages: row.swapPages ?? 0,
      pageTablePages: taskPageTablePages(row, PAGE_KIB * 1024) ?? 0,
      oomScoreAdj: row.oomScoreAdj ?? 0,
      globalInit: row.pid === 1,
      cgroup,
      capSysAdmin,
    }),
  );
}

/** Totalpages as the report itself has it: RAM and swap of the machine, or the limit of the cgroup, where it had no swap. */
function totalPagesOf({ scope, machine, usage }: OomReport): number {
  const limitKib = usage.memory?.limitKib;
  if (scope === 'cgroup' && limitKib !== undefined) return limitKib / PAGE_KIB;
  const { ramPages, reservedPages, swapTotalKib } = machine;
  if (ramPages === undefined || reservedPages === undefined || swapTotalKib === undefined) {
    throw new Error('the report does not say how much memory there was');
  }
  return ramPages - reservedPages + swapTotalKib / PAGE_KIB;
}

function contextFor(report: OomReport, over: Partial<OomContext> & { release?: string } = {}): OomContext {
  const { release = report.kernelRelease, ...rest } = over;
  if (release === undefined) throw new Error('the report does not name its kernel');
  return contextOf({
    rules: rulesFor(release),
    scope: report.scope === 'cgroup' ? cgroupScope('/') : { kind: 'global' },
    ...('totalPages' in rest ? {} : { totalPages: totalPagesOf(report) }),
    ...rest,
  });
}

const KILLS: readonly {
  readonly log: string;
  readonly index?: number;
  readonly victim: number;
  readonly over?: Parameters<typeof contextFor>[1];
}[] = [
  { log: 'oomanalyser-rhel7-3.10-global', victim: 6576 },
  { log: 'cadvisor-3.13-global-ubuntu', victim: 1532 },
  { log: 'cadvisor-4.8-docker-two-ooms-kmsg-interleaved', index: 0, victim: 1381 },
  { log: 'cadvisor-4.8-docker-two-ooms-kmsg-interleaved', index: 1, victim: 1667 },
  // The limit was cut from the log; the score shows that it was 10 MiB.
  { log: 'elrepo-4.15.7-memcg-v1-score-842248-elided', victim: 38_610, over: { totalPages: 2560 } },
  // A vendor's 4.x with the report of 5.0; 16 GiB.
  {
    log: 'k8s-vendor-4.x-memcg-guaranteed-pod-wrong-victim',
    victim: 5740,
    over: { totalPages: 4_194_304, release: '5.1.0' },
  },
  { log: 'rhel8-4.18-syslog-global-varnish', victim: 3_117_813 },
  { log: 'lkml-5.2rc7-memcg-dmesg', victim: 23_793 },
  { log: 'aks-5.15-k8s-systemd-memcg-oomgroup', victim: 7788 },
  { log: 'lkml-5.15rc4-lxc-memcg-then-global-panic_on_oom1', victim: 15_307 },
  { log: 'oomanalyser-arch-6.1.1-global', victim: 473_206 },
  { log: 'arch-6.7.4-memcg-user-service-rsync', index: 1, victim: 128_825 },
  { log: 'xfs-6.10rc1-journal-syslog-systemd-scope', victim: 2102 },
  // One task in a cgroup whose limit the log does not have.
  { log: 'lkml-6.16-bpf-oom-custom-constraint', victim: 675, over: { totalPages: 10_000 } },
];

/** Kernels that did not choose as any released one does. */
const OUT_OF_TREE = ['patched-numa-mempolicy-nrss-column'];
/** A child was killed in the place of the chosen one: see below. */
const SACRIFICED = ['arch-4.17-memcg-v1-child-sacrificed'];

describe('killOrder and what kernels did', () => {
  it('every log with a table and a kill is among these', () => {
    const logs = readdirSync(new URL('../../../../fixtures/oom-logs/', import.meta.url))
      .filter((name) => name.endsWith('.log'))
      .map((name) => name.slice(0, -'.log'.length))
      .filter((name) => reportsIn(name).some(({ tasks, kills }) => tasks.length > 0 && kills.length > 0));
    expect(new Set(logs)).toEqual(new Set([...KILLS.map(({ log }) => log), ...OUT_OF_TREE, ...SACRIFICED]));
  });

  it.for(KILLS)('$log: $victim', ({ log, index, victim, over }) => {
    const report = reportIn(log, index);
    expect(report.kills[0]?.pid).toBe(victim);
    const { places, outcome } = killOrder(tasksOf(report), contextFor(report, over), exactly, 1);
    expect([outcome, places[0]?.task.pid]).toEqual(['kills', victim]);
  });

  it('RHEL 8 takes the same one with the formula that its scores show', () => {
    const report = reportIn('rhel8-4.18-syslog-global-varnish');
    const rules = withFormula(rulesFor('4.18.0'), '5.9');
    const [first] = killOrder(tasksOf(report), contextFor(report, { rules }), exactly).places;
    expect(first?.task.pid).toBe(report.kills[0]?.pid);
  });

  it('the wrong victim of the guaranteed pod is the right one since 5.9', () => {
    const report = reportIn('k8s-vendor-4.x-memcg-guaranteed-pod-wrong-victim');
    const context = contextFor(report, { totalPages: 4_194_304, release: '5.9.0' });
    expect(killOrder(tasksOf(report), context, exactly).places[0]?.task.pid).toBe(58_406);
  });

  it('Arch 4.17 chose 18160 and killed its child 18415', () => {
    const report = reportIn('arch-4.17-memcg-v1-child-sacrificed');
    const tasks = tasksOf(report, { parents: new Map([[18_415, 18_160]]) });
    const { places } = killOrder(tasks, contextFor(report), exactly);
    expect([report.chosen?.pid, report.kills[0]?.pid]).toEqual([18_160, 18_415]);
    expect(pidsOf(places.map(({ task }) => task))).toEqual([18_415, 18_160]);
    // No child is sacrificed since 5.1.
    const later = killOrder(tasks, contextFor(report, { release: '5.1.0' }), exactly).places;
    expect(later[0]?.task.pid).toBe(18_160);
  });

  it('AKS 5.15 killed the whole container of 7788, as memory.oom.group says', () => {
    const report = reportIn('aks-5.15-k8s-systemd-memcg-oomgroup');
    const group = report.groupCgroup;
    const killed = report.kills.map(({ pid }) => pid);
    if (group === undefined) throw new Error('no group');
    const tasks = tasksOf(report).map((task) =>
      killed.includes(task.pid) ? { ...task, cgroup: group } : task,
    );
    const context = contextFor(report, { scope: cgroupScope('/'), oomGroups: new Set([group]) });
    const [first] = killOrder(tasks, context, exactly).places;
    expect(first?.task.pid).toBe(7788);
    expect(pidsOf(first?.diesWith ?? []).toSorted()).toEqual(killed.filter((pid) => pid !== 7788).toSorted());
  });

  it.for([
    { log: 'cadvisor-3.13-global-ubuntu', score: 919 },
    { log: 'oomanalyser-rhel7-3.10-global', score: 651 },
    { log: 'arch-4.17-memcg-v1-child-sacrificed', score: 261 },
    // Swap counts up to the limit of both: 40 MiB and 600 MiB.
    { log: 'cadvisor-4.8-docker-two-ooms-kmsg-interleaved', score: 1046, totalPages: 10_240 },
    { log: 'cadvisor-4.8-docker-two-ooms-kmsg-interleaved', index: 1, score: 1003, totalPages: 153_600 },
    {
      log: 'elrepo-4.15.7-memcg-v1-score-842248-elided',
      score: 842_248,
      totalPages: 2560,
      capSysAdmin: true,
    },
  ])('$log printed $score for the one it chose', ({ log, index, score, totalPages, capSysAdmin = false }) => {
    const report = reportIn(log, index);
    expect(report.chosen?.score).toBe(score);
    const context = contextFor(report, totalPages === undefined ? {} : { totalPages });
    const { places } = killOrder(tasksOf(report, { capSysAdmin }), context, exactly);
    const chosen = places.find(({ task }) => task.pid === report.chosen?.pid);
    const { formula } = context.rules;
    expect(oomScoreOfBadness(formula, chosen?.badnessPages ?? NaN, context.totalPages)).toBe(score);
  });

  it('a report of a panic names no victim, and panic_on_oom says why', () => {
    const report = reportIn('lkml-5.15rc4-lxc-memcg-then-global-panic_on_oom1', 1);
    expect([report.kills, report.panic]).toEqual([[], expect.stringContaining('panic_on_oom')]);
    const context = contextFor(report, { scope: { kind: 'global' }, panicOnOom: 1 });
    const { outcome, either } = killOrder(tasksOf(report), context, exactly);
    expect([outcome, either]).toEqual(['panics', []]);
  });
});
