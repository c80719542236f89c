import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OomReportReader, parseOomReports } from '#shared/kernel/oom-report/reader.ts';
import { type OomReport, taskPageTablePages } from '#shared/kernel/oom-report/report.ts';

const folder = join(import.meta.dirname, '../../../../fixtures/oom-logs');

function log(name: string): string {
  return readFileSync(join(folder, `${name}.log`), 'utf8');
}

function only(name: string): OomReport {
  const [report, ...others] = parseOomReports(log(name));
  if (!report || others.length > 0) throw new Error(`${name}: ${others.length + (report ? 1 : 0)} reports`);
  return report;
}

/** What index.tsv says of each log: the pids that were killed, the first that it names, and why. */
const index = readFileSync(join(folder, 'index.tsv'), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [name = '', , , , pids = '', victim = '', , constraint = ''] = line.split('\t');
    return {
      name,
      pids: pids === '-' ? [] : (pids.split(' ')[0] ?? '').split(';').map(Number),
      victim,
      constraint: /^CONSTRAINT_\w+$/.test(constraint) ? constraint : undefined,
    };
  });

/** Folded by a mail program, or only a piece: what is left of them is tested apart. */
const damaged = new Set([
  'lkml-6.5-memcg-alloc_anon-linewrapped',
  'zram-6.11rc6-memcg-oomgroup-linewrapped',
  'talos-6.x-kata-kern-info-prefix-memcg-stats-fragment',
  'btrfs-6.12rc2-aarch64-64k-table-only-truncated',
]);

describe('the logs of real kernels', () => {
  it('are all in the index', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.log'));
    expect(index.map(({ name }) => `${name}.log`).sort()).toEqual(files.sort());
  });

  it.each(index.filter(({ name }) => !damaged.has(name)))('$name: who was killed and why', (expected) => {
    const reports = parseOomReports(log(expected.name));
    const kills = reports.flatMap((report) => report.kills);
    expect(kills.map(({ pid }) => pid)).toEqual(expect.arrayContaining(expected.pids));
    expect(kills[0]?.name).toBe(expected.victim);
    if (expected.constraint !== undefined) {
      expect(reports.map(({ constraint }) => constraint)).toContain(expected.constraint);
    }
  });
});

describe('kernels from 5.1 on', () => {
  it('a global report with everything', () => {
    const report = only('oomanalyser-arch-6.1.1-global');
    expect(report).toMatchObject({
      scope: 'global',
      constraint: 'CONSTRAINT_NONE',
      kernelRelease: '6.1.1-arch1-1',
      trigger: { name: 'doxygen', pid: 473206, gfpMask: '0x140dca', order: 0, oomScoreAdj: 0 },
      machine: { ramPages: 4115400, reservedPages: 97082, swapTotalKib: 25165820, swapFreeKib: 84 },
      taskCgroup: '/user.slice/user-504.slice/session-2.scope',
      chosen: { pid: 473206, uid: 504, name: 'doxygen' },
      reaped: [473206],
      noKillableProcess: false,
    });
    expect(report.kills).toEqual([
      {
        pid: 473206,
        name: 'doxygen',
        uid: 504,
        totalVmKib: 30290680,
        anonRssKib: 9234320,
        fileRssKib: 4,
        shmemRssKib: 0,
        pageTablesKib: 59264,
        oomScoreAdj: 0,
        byGroup: false,
        allocatingTask: false,
      },
    ]);
    expect(report.tasks).toHaveLength(112);
    expect(report.panic).toBeUndefined();
  });

  it('a memory cgroup, its counters and its columns of 6.8', () => {
    const report = only('lkml-6.16-bpf-oom-custom-constraint');
    expect(report).toMatchObject({
      scope: 'cgroup',
      oomCgroup: '/cgroup-test-work-dir673/oom_test/cg2',
      usage: { memory: { usageKib: 42240, failures: 0 }, swap: { usageKib: 0, limitKib: 0, failures: 0 } },
    });
    expect(report.usage.memory).not.toHaveProperty('limitKib');
    expect(report.tasks).toEqual([
      {
        pid: 675,
        tgid: 675,
        uid: 0,
        totalVmPages: 162013,
        rssPages: 10969,
        rssAnonPages: 10712,
        rssFilePages: 257,
        rssShmemPages: 0,
        pageTableBytes: 155648,
        swapPages: 0,
        oomScoreAdj: 0,
        name: 'test_progs',
      },
    ]);
  });

  it('memory.oom.group: the first victim, then the group with it again', () => {
    const report = only('aks-5.15-k8s-systemd-memcg-oomgroup');
    expect(report.groupCgroup).toMatch(/^\/kubepods\.slice\/.*\.scope$/);
    expect(report.kills.map(({ pid, byGroup }) => [pid, byGroup])).toEqual([
      [7788, false],
      [7620, true],
      [7656, true],
      [7657, true],
      [7712, true],
      [7788, true],
    ]);
  });

  it('a name in parentheses, and a trigger without an end', () => {
    const [killed, begun] = parseOomReports(log('nfs-6.1.119-elrepo-sd-pam-then-nfsd-trigger-truncated'));
    expect(killed?.kills[0]?.name).toBe('(sd-pam)');
    expect(killed?.chosen?.name).toBe('(sd-pam)');
    expect(begun).toMatchObject({ trigger: { name: 'nfsd', pid: 1874 }, kills: [], scope: 'unknown' });
  });

  it('panic_on_oom: the report ends in a panic', () => {
    const reports = parseOomReports(log('lkml-5.15rc4-lxc-memcg-then-global-panic_on_oom1'));
    expect(reports.map(({ panic }) => panic)).toEqual([
      undefined,
      'Out of memory: system-wide panic_on_oom is enabled',
    ]);
    expect(reports[1]).toMatchObject({ trigger: { gfpMask: '0x0', gfpFlags: '' }, kills: [] });
  });

  it('a table of 64 KiB pages, cut off', () => {
    const report = only('btrfs-6.12rc2-aarch64-64k-table-only-truncated');
    expect(report.tasks).toHaveLength(30);
    expect(report.kills).toEqual([]);
  });
});

describe('older kernels', () => {
  it('4.8: two reports between the lines of others, two columns of page tables', () => {
    const reports = parseOomReports(log('cadvisor-4.8-docker-two-ooms-kmsg-interleaved'));
    expect(reports.map(({ chosen }) => chosen?.score)).toEqual([1046, 1003]);
    const [first] = reports;
    const [task] = first?.tasks ?? [];
    expect(task).toMatchObject({ rssPages: 5191, pageTablePages: 38, swapPages: 5489 });
    expect(first?.usage['memory+swap']).toEqual({ usageKib: 40940, limitKib: 40960, failures: 6 });
  });

  it('4.17: a child dies in place of the one that was chosen', () => {
    const report = only('arch-4.17-memcg-v1-child-sacrificed');
    expect(report.chosen).toEqual({ pid: 18160, name: 'foo.sh', score: 261 });
    expect(report.kills[0]?.pid).toBe(18415);
    expect(report.oomCgroup).toBe('/dirty-test');
  });

  it('4.3: oom_kill_allocating_task, four times', () => {
    const reports = parseOomReports(log('next-4.3-oom_kill_allocating_task-ksm04-tail'));
    expect(reports.map(({ kills }) => kills[0]?.pid)).toEqual([22612, 22613, 22614, 22593]);
  });

  it('2.6.32 of RHEL 6: the UID stands between pid and name', () => {
    const report = only('rhel6-2.6.32-oom_kill_allocating_task-tail');
    expect(report.kills[0]).toMatchObject({ pid: 18992, uid: 48, name: 'httpd.worker', anonRssKib: 1615472 });
  });

  it('2.6.31: no table, no figures', () => {
    const report = only('lkml-2.6.31rc1-global-msgctl11-no-table');
    expect(report).toMatchObject({ chosen: { pid: 3855, score: 179248 }, kills: [{ pid: 4222 }] });
  });
});

/** Badness as the kernel of 4.17 and later adds it up, from a row of its table. */
function badness(report: OomReport, totalPages: number): number[] {
  return report.tasks.map(
    (task) =>
      task.rssPages +
      (task.swapPages ?? 0) +
      (taskPageTablePages(task, 4096) ?? 0) +
      (task.oomScoreAdj ?? 0) * Math.trunc(totalPages / 1000),
  );
}

describe('the rows are what the kernel chose from', () => {
  it.each([
    'oomanalyser-arch-6.1.1-global',
    'rhel8-4.18-syslog-global-varnish',
    'xfs-6.10rc1-journal-syslog-systemd-scope',
  ])('%s: the largest was killed', (name) => {
    const report = only(name);
    const { ramPages = 0, reservedPages = 0, swapTotalKib = 0 } = report.machine;
    const points = badness(report, ramPages - reservedPages + swapTotalKib / 4);
    const largest = report.tasks[points.indexOf(Math.max(...points))];
    expect(largest?.tgid).toBe(report.chosen?.pid);
  });
});

describe('hostile logs', () => {
  const head = '[1.0] x invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0';
  const columns = '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name';

  it.each([
    ['blanks', 'a b'],
    ['what ends a name', 'a) b (c'],
    ['a summary', ',pid=1,uid=0'],
    ['a row', '[  1] 0 1 1 1'],
    ['a line break', 'nl\nnl'],
    ['only a line break', '\n'],
    ['nothing', ''],
    ['a kill line', 'Killed process '],
    ['colons', 'x: y: z'],
  ])('a name with %s names no other process', (_, name) => {
    const [report, ...others] = parseOomReports(
      [
        head.replace('] x ', `] ${name} `),
        columns,
        `[     42]     7    42      100       50    36864        3          -17 ${name}`,
        `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,b,task_memcg=/a,b/c,task=${name},pid=42,uid=7`,
        `Memory cgroup out of memory: Killed process 42 (${name}) total-vm:400kB, anon-rss:200kB, file-rss:0kB, shmem-rss:0kB, UID:7 pgtables:36kB oom_score_adj:-17`,
      ].join('\n'),
    );
    expect(others).toEqual([]);
    expect(report?.kills).toMatchObject([{ pid: 42, name, uid: 7, oomScoreAdj: -17 }]);
    expect(report).toMatchObject({ oomCgroup: '/a,b', taskCgroup: '/a,b/c', chosen: { pid: 42, name } });
    expect(report?.tasks).toMatchObject([{ pid: 42, uid: 7, rssPages: 50, swapPages: 3, oomScoreAdj: -17 }]);
  });

  it('never throws, whatever a log holds', { timeout: 30_000 }, () => {
    const lines = readdirSync(folder)
      .filter((file) => file.endsWith('.log'))
      .flatMap((file) => log(file.slice(0, -'.log'.length)).split('\n'));
    const line = fc.oneof(
      fc.constantFrom(...lines),
      fc.string({ maxLength: 300, size: 'max', unit: 'binary' }),
      fc
        .tuple(fc.constantFrom(...lines), fc.nat(200), fc.string())
        .map(([text, at, more]) => text.slice(0, at) + more),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60, size: 'max' }), (some) => {
        for (const report of parseOomReports(some.join('\n'))) {
          for (const { pid } of report.kills) expect(Number.isSafeInteger(pid)).toBe(true);
          for (const task of report.tasks) expect(Number.isSafeInteger(task.rssPages)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['one endless line', 'a'.repeat(20_000_000)],
    ['an endless name', `Killed process 1 (${'('.repeat(5_000_000)}`],
    ['endless blanks in a row', `${columns}\n[ 1]${' '.repeat(5_000_000)}1`],
    // Each of them is a kill of its own: what grows with their square takes minutes for 100,000.
    ['a kill line that never ends', `Killed process 1 (x\n`.repeat(50_000)],
    ['prefixes of prefixes', `${'<1>'.repeat(500_000)} invoked oom-killer`],
  ])('%s takes no time', (_, text) => {
    // Best of three: other work on the same processors makes a run longer.
    const seconds: number[] = [];
    while (seconds.length < 3 && !seconds.some((each) => each < 2)) {
      const before = process.cpuUsage();
      parseOomReports(`${head}\n${text}\n${text}`);
      seconds.push(process.cpuUsage(before).user / 1e6);
    }
    expect(Math.min(...seconds)).toBeLessThan(2);
  });

  it('gives a report up when nothing of it comes any more', () => {
    const reader = new OomReportReader();
    reader.push(head);
    reader.push('Memory cgroup out of memory: Killed process 42 (x) total-vm:4kB, anon-rss:0kB');
    const ended = Array.from({ length: 500 }, () => reader.push('eth0: link is up')).filter(Boolean);
    expect(ended).toHaveLength(1);
    expect(reader.current).toBeUndefined();
  });
});
