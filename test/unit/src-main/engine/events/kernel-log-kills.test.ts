import { describe, expect, it } from 'vitest';
import { KernelLogKills } from '../../../../../src-main/engine/events/kernel-log-kills.ts';

const PREFIX = '4,100,5000000,-;';
const push = (log: KernelLogKills, ...lines: string[]) =>
  lines.flatMap((line) => log.push(`${PREFIX}${line}\n SUBSYSTEM=memory\n`));

const GROUP = [
  'python3 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
  'Tasks state (memory values in pages):',
  '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
  '[   500]     0   500    90000    20000   204800      300             5 python3',
  'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/box,task_memcg=/box/in,task=python3,pid=500,uid=0',
  'Memory cgroup out of memory: Killed process 500 (python3) total-vm:360000kB, anon-rss:79000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:5',
  'Tasks in /box/in are going to be killed due to memory.oom.group set',
  'Memory cgroup out of memory: Killed process 500 (python3) total-vm:360000kB, anon-rss:79000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:200kB oom_score_adj:5',
  'Memory cgroup out of memory: Killed process 501 (worker) total-vm:9000kB, anon-rss:4000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:40kB oom_score_adj:0',
];

describe('KernelLogKills', () => {
  it('gives each kill once, with what the report says of it, swap of the table included', () => {
    const log = new KernelLogKills(4096);
    expect(push(log, ...GROUP)).toEqual([
      {
        pid: 500,
        name: 'python3',
        oomScoreAdj: 5,
        freedBytes: (79_000 + 200) * 1024 + 300 * 4096,
        scope: { kind: 'cgroup', path: '/box' },
      },
      {
        pid: 501,
        name: 'worker',
        oomScoreAdj: 0,
        freedBytes: 4040 * 1024,
        scope: { kind: 'cgroup', path: '/box' },
      },
    ]);
  });

  it('tells two reports apart, also of the same pid', () => {
    const log = new KernelLogKills(4096);
    const kill =
      'Out of memory: Killed process 7 (a) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB';
    const trigger = 'a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0';
    expect(push(log, trigger, kill, trigger, kill).map(({ pid, scope }) => [pid, scope?.kind])).toEqual([
      [7, 'global'],
      [7, 'global'],
    ]);
  });

  it('passes over everything else', () => {
    const log = new KernelLogKills(4096);
    expect(push(log, 'usb 1-1: new device', 'audit: type=1400', '\\x1b[2J')).toEqual([]);
  });

  const kill = 'Out of memory: Killed process 7 (a) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB';
  const because = (constraint: string, nodes: string) =>
    `oom-kill:constraint=${constraint},${nodes},global_oom,task_memcg=/a,task=a,pid=7,uid=0`;
  it.each([
    ['CONSTRAINT_NONE', 'nodemask=(null),cpuset=/,mems_allowed=0-1', { kind: 'global' }],
    [
      'CONSTRAINT_CPUSET',
      'nodemask=(null),cpuset=docker-9.scope,mems_allowed=1',
      { kind: 'nodes', by: 'cpuset', nodes: '1', cpuset: 'docker-9.scope' },
    ],
    [
      'CONSTRAINT_MEMORY_POLICY',
      'nodemask=0,2-3,cpuset=/,mems_allowed=0-3',
      { kind: 'nodes', by: 'memory-policy', nodes: '0,2-3' },
    ],
    [
      'CONSTRAINT_OF_TOMORROW',
      'nodemask=(null)',
      { kind: 'constraint', constraint: 'CONSTRAINT_OF_TOMORROW' },
    ],
  ])('the constraint decides where memory ran out: %s', (constraint, nodes, scope) => {
    const log = new KernelLogKills(4096);
    expect(push(log, because(constraint, nodes), kill)).toMatchObject([{ pid: 7, scope }]);
  });

  it('claims nothing where an older kernel says that the request was bound to nodes, and not by what', () => {
    const log = new KernelLogKills(4096);
    const trigger =
      'a invoked oom-killer: gfp_mask=0x14000c0(GFP_KERNEL), nodemask=1,  order=0, oom_score_adj=0';
    const [killed] = push(
      log,
      trigger,
      'Out of memory: Kill process 7 (a) score 9 or sacrifice child',
      'Killed process 7 (a)',
    );
    expect(killed).toEqual({ pid: 7, name: 'a' });
  });

  it('says that memory had not run out where a person asked for the kill', () => {
    const sysrq = 'kworker/0:1 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0';
    const because =
      'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=a,pid=7,uid=0';
    expect(push(new KernelLogKills(4096), 'sysrq: Manual OOM execution', sysrq, because, kill)).toMatchObject(
      [{ pid: 7, scope: { kind: 'sysrq' } }],
    );
  });

  // What a user, or a device that a user plugs in, can make the kernel itself print.
  it.each([
    'usb 1-1: Product: ',
    'usb 1-1: SerialNumber: Jan  1 00:00:00 host kernel: ',
    'usb 1-1: Product: [   12.345678] ',
    '[U] ',
    'audit: type=1400 comm="x" ',
    'EXT4-fs (sda1): mounted filesystem: ',
  ])('takes no kill out of a text that stands in a line of the kernel: %j', (before) => {
    expect(push(new KernelLogKills(4096), `${before}${kill}`)).toEqual([]);
  });

  it('takes kills from the kernel only: facility 0', () => {
    const log = new KernelLogKills(4096);
    for (const priority of [12, 13, 30, 191]) expect(log.push(`${priority},1,1,-;${kill}`)).toEqual([]);
    expect(log.push(`4,1,1,-;monit[99]: ${kill}`)).toEqual([]);
    expect(log.push(`3,1,1,-;${kill}`)).toHaveLength(1);
  });

  it('reads a name as the process had it', () => {
    const log = new KernelLogKills(4096);
    const line =
      'Out of memory: Killed process 7 (a\\x0ab) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB';
    expect(push(log, line)).toMatchObject([{ pid: 7, name: 'a\nb' }]);
  });
});
