// Over 300 lines: cases of one subject, which share what stands at the top.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOomReports } from '#shared/kernel/oom-report/reader.ts';

/*
 * Logs that are composed: what a logger puts before a line, a report as a kernel version prints it, and names that look like parts of both. What
 * is read must be what was composed. The prefixes are what the programs named beside them print; places in braces change from line to line.
 */

/** Prefixes of a kernel's lines. */
const kernelPrefixes: Readonly<Record<string, string>> = {
  'journalctl -o cat, dmesg -t': '',
  dmesg: '[ {up}] ',
  'dmesg with the caller': '[ {up}][  T3173] ',
  'dmesg with the CPU': '[ {up}][    C3] ',
  'dmesg -r': '<4>[ {up}] ',
  'dmesg -d': '[ {up} <    0.000003>] ',
  'dmesg -T': '[Fri Jan 26 11:15:19 2024] ',
  'dmesg -T, German': '[Do Jan 26 11:15:19 2024] ',
  'dmesg -T, Chinese': '[五 1月 26 11:15:19 2024] ',
  'dmesg -e': '[Jan26 11:15] ',
  'dmesg -e, later lines': '[  +0.000003] ',
  'dmesg -td': '[<    0.000003>] ',
  'dmesg --time-format iso': '2024-01-26T11:15:19,344145+01:00 ',
  'dmesg -x': 'kern  :warn  : [ {up}] ',
  'dmesg -x -t': 'kern  :warn  : ',
  'dmesg -x -T': 'kern  :err   : [Fri Jan 26 11:15:19 2024] ',
  'journalctl -o short': 'Jan 26 11:15:19 hosta kernel: ',
  'journalctl -o short, a day of one figure': 'Jan  6 11:15:19 hosta kernel: ',
  'journalctl, Portuguese': 'jun 20 03:23:46 hosta kernel: ',
  'journalctl, Russian': 'апр 28 01:23:30 hosta kernel: ',
  'journalctl, French': 'févr. 28 01:23:30 hosta kernel: ',
  'journalctl, Chinese': '1月 26 11:15:19 hosta kernel: ',
  'journalctl, Thai': 'ม.ค. 26 11:15:19 hosta kernel: ',
  'journalctl --no-hostname': 'Jan 26 11:15:19 kernel: ',
  'journalctl -o short-full': 'Fri 2024-01-26 11:15:19 UTC hosta kernel: ',
  'journalctl -o short-full, another zone': 'Fr 2024-01-26 11:15:19 CET hosta kernel: ',
  'journalctl -o short-iso': '2026-10-08T08:40:00+0000 hosta kernel: ',
  'journalctl -o short-iso-precise': '2026-10-08T08:40:00.344145+00:00 hosta kernel: ',
  'journalctl -o short-precise': 'Aug 30 06:58:55.050705 hosta kernel: ',
  'journalctl -o short-monotonic': '[ {up}] hosta kernel: ',
  'journalctl -o short-delta': '[ {up} <    0.000001 >] hosta kernel: ',
  'journalctl -o short-unix': '1725001135.050705 hosta kernel: ',
  'journalctl -o with-unit': 'Fri 2024-01-26 11:15:19 UTC hosta kernel: ',
  'grep MESSAGE of journalctl -o verbose': '    MESSAGE=',
  'syslog with uptime': 'Jan 26 11:15:19 hosta kernel: [ {up}] ',
  'syslog with uptime and caller': 'Jan 26 11:15:19 hosta kernel: [ {up}][ T3173] ',
  'rsyslog in ISO form': '2026-10-08T08:40:00.123456+00:00 hosta kernel: [ {up}] ',
  'syslog with its priority': '<4>Jan 26 11:15:19 hosta kernel: [ {up}] ',
  'RFC 5424': '<4>1 2026-10-08T08:40:00.123456+00:00 hosta kernel - - - [ {up}] ',
  'a host with dots': 'Jan 26 11:15:19 node-1.example.org kernel: ',
  'a host that is an address': 'Jan 26 11:15:19 fe80::1 kernel: ',
  'kernel: alone': 'kernel: [ {up}] ',
  'logread of OpenWrt': 'Fri Jan 26 11:15:19 2024 kern.warn kernel: [ {up}] ',
  'syslogd of BusyBox': 'Jan 26 11:15:19 hosta kern.err kernel: [ {up}] ',
  Talos: 'node1: kern:    info: [2024-07-16T19:11:51.023Z]: ',
  'netconsole with rsyslog': 'Jan 26 11:15:19 10.0.0.5 [ {up}] ',
  '/dev/kmsg': '4,{seq},{usec},-;',
  '/dev/kmsg with the caller': '4,{seq},{usec},-,caller=T3173;',
  'logcat -b kernel': '01-26 11:15:19.344     0     0 W ',
  'logcat -b kernel, no tag': '01-26 11:15:19.344     0     0 W         : ',
  'kubectl logs --timestamps': '2024-01-26T11:15:19.344145678Z ',
  'kubectl logs --timestamps of dmesg': '2024-01-26T11:15:19.344145678Z [ {up}] ',
  'a file of a container runtime': '2024-01-26T11:15:19.344145678Z stdout F [ {up}] ',
  'docker compose': 'web-1  | [ {up}] ',
  'ts of moreutils': 'Jan 26 11:15:19 [ {up}] ',
  'grep over files': 'kern.log:Jan 26 11:15:19 hosta kernel: ',
  'grep -n over files': '/var/log/kern.log.1:1234:Jan 26 11:15:19 hosta kernel: [ {up}] ',
  'a console in the middle of a line': 'hosta login: [ {up}] ',
  indented: '    [ {up}] ',
  'indented by a tab': '\t[ {up}] ',
  'a mail': '> [ {up}] ',
  'a mail in a mail': '> > Jan 26 11:15:19 hosta kernel: ',
  'a mail in a mail, close': '>>[ {up}] ',
  'lost lines': '** 3 printk messages dropped ** [ {up}] ',
  'colours of dmesg': '\u001b[32m[ {up}] \u001b[0m\u001b[33m',
  'a vendor with CPU and pid': '[ {up}] c3   3173 ',
  'a vendor with process and pid': '<4>[ {up}]  (3)[3173:tunneld]',
  'an unknown logger': '{seq} ~ box7 ~ kmsg ~ ',
};

/** Prefixes of the lines of programs, in the same forms. */
const programPrefixes: Readonly<Record<string, string>> = {
  'syslog with a pid': 'Jan 26 11:15:19 hosta monit[99]: ',
  'syslog without a pid': 'Jan 26 11:15:19 hosta monit: ',
  'syslog with a short host': 'Jan 26 11:15:19 h app: ',
  'a tag that says kernel, with a pid': 'Jan 26 11:15:19 hosta kernel[77]: ',
  'uptime behind the tag': 'Jan 26 11:15:19 hosta dockerd[812]: [ {up}] ',
  'uptime behind the tag, no pid': 'Jan 26 11:15:19 hosta relay: [ {up}] ',
  'journalctl in another language': 'апр 28 01:23:30 hosta monit[99]: ',
  'journalctl -o short-iso': '2026-10-08T08:40:00+0000 hosta monit[99]: ',
  'journalctl -o short-monotonic': '[ {up}] hosta monit[99]: ',
  'journalctl -o short-unix': '1725001135.050705 hosta relay: [ {up}] ',
  'journalctl -o short-full': 'Fri 2024-01-26 11:15:19 UTC hosta monit[99]: ',
  'dmesg -x': 'user  :notice: [ {up}] ',
  'dmesg -r': '<13>[ {up}] ',
  'dmesg -r, a daemon': '<30>[ {up}] ',
  'syslog with its priority': '<13>Jan 26 11:15:19 hosta kernel: ',
  'RFC 5424': '<13>1 2026-10-08T08:40:00.123456+00:00 hosta app 77 - - ',
  '/dev/kmsg, LOG_USER': '12,{seq},{usec},-;',
  '/dev/kmsg, a daemon': '30,{seq},{usec},-,caller=T99;',
  '/dev/kmsg with a tag': '4,{seq},{usec},-;a-driver-of-disks: ',
  'logread of OpenWrt': 'Fri Jan 26 11:15:19 2024 user.notice monit: ',
  'logread of OpenWrt, logger -t kernel': 'Fri Jan 26 11:15:19 2024 user.notice kernel: ',
  Talos: 'node1: user: warning: [2024-07-16T19:11:51.023Z]: ',
  logcat: '01-26 11:15:19.344  1234  1240 I ',
  'logcat with a tag': '01-26 11:15:19.344  1234  1240 I MyApp   : ',
  'a driver': '[ {up}] driver: ',
  'the command line of the kernel': '[ {up}] Kernel command line: quiet ',
  'a path that the kernel prints': '[ {up}] cgroup: fork rejected by pids controller in /user.slice/x1 ',
  'a path with words of a tag': "[ {up}] process '/tmp/x1 11:15:19 h kernel: ",
  'nohang, which repeats the kernel': 'Jan 26 11:15:19 hosta nohang[7]: kmsg: ',
};

interface Shape {
  readonly trigger: (name: string) => string;
  readonly task: (name: string) => string;
  readonly header: readonly string[];
  readonly row: (pid: number, name: string) => string;
  readonly verdict: (pid: number, name: string) => readonly string[];
}

const pad = (value: number, width: number) => String(value).padStart(width);

/** What kernels and distributions print. */
const shapes: Readonly<Record<string, Shape>> = {
  'EL6 (2.6.32)': {
    trigger: (name) => `${name} invoked oom-killer: gfp_mask=0x201da, order=0, oom_adj=0, oom_score_adj=0`,
    task: (name) => `Pid: 3173, comm: ${name} Not tainted 2.6.32-642.el6.x86_64 #1`,
    header: ['[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name'],
    row: (pid, name) =>
      `[${pad(pid, 5)}]  1000 ${pad(pid, 5)}    20000     9000   1       0             0 ${name}`,
    verdict: (pid, name) => [
      `Out of memory: Kill process ${pid} (${name}) score 6 or sacrifice child`,
      `Killed process ${pid}, UID 1000, (${name}) total-vm:80000kB, anon-rss:30000kB, file-rss:6000kB`,
    ],
  },
  'EL7 (3.10)': {
    trigger: (name) => `${name} invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=969`,
    task: (name) =>
      `CPU: 1 PID: 3173 Comm: ${name} Kdump: loaded Tainted: G      ------------ T 3.10.0-1160.el7.x86_64 #1`,
    header: ['[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name'],
    row: (pid, name) =>
      `[${pad(pid, 5)}]  1000 ${pad(pid, 5)}    20000     9000     120        0             0 ${name}`,
    verdict: (pid, name) => [
      `Out of memory: Kill process ${pid} (${name}) score 60 or sacrifice child`,
      `Killed process ${pid} (${name}), UID 1000, total-vm:80000kB, anon-rss:30000kB, file-rss:6000kB, shmem-rss:0kB`,
    ],
  },
  '4.9 to 4.14': {
    trigger: (name) =>
      `${name} invoked oom-killer: gfp_mask=0x14000c0(GFP_KERNEL), nodemask=0-1,  order=0, oom_score_adj=-998`,
    task: (name) => `CPU: 9 PID: 3173 Comm: ${name} Not tainted 4.14.88-coreos #1`,
    header: ['[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name'],
    row: (pid, name) =>
      `[${pad(pid, 5)}]  1000 ${pad(pid, 5)}    20000     9000      22       4        0             0 ${name}`,
    verdict: (pid, name) => [
      `Out of memory: Kill process ${pid} (${name}) score 398 or sacrifice child`,
      `Killed process ${pid} (${name}) total-vm:80000kB, anon-rss:30000kB, file-rss:6000kB, shmem-rss:0kB`,
    ],
  },
  '6.1': {
    trigger: (name) =>
      `${name} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0`,
    task: (name) => `CPU: 3 PID: 3173 Comm: ${name} Not tainted 6.1.73 #0`,
    header: [
      'Tasks state (memory values in pages):',
      '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
    ],
    row: (pid, name) =>
      `[${pad(pid, 7)}]  1000 ${pad(pid, 5)}    20000     9000    24576        0             0 ${name}`,
    verdict: (pid, name) => [
      `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,b,task=${name},pid=${pid},uid=1000`,
      `Out of memory: Killed process ${pid} (${name}) total-vm:80000kB, anon-rss:30000kB, file-rss:6000kB, shmem-rss:0kB, UID:1000 pgtables:24kB oom_score_adj:0`,
    ],
  },
  'a kernel to come': {
    trigger: (name) =>
      `${name} invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0, policy=new`,
    task: (name) => `CPU: 3 UID: 1000 PID: 3173 Comm: ${name} Not tainted 7.2.0 #1 PREEMPT(lazy)`,
    header: [
      'Tasks state (memory values in pages):',
      '[  pid  ]   uid  tgid total_vm      rss rss_new pgtables_bytes swapents oom_score_adj name',
    ],
    row: (pid, name) =>
      `[${pad(pid, 7)}]  1000 ${pad(pid, 5)}    20000     9000      77    24576        0             0 ${name}`,
    verdict: (pid, name) => [
      `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=${name},pid=${pid},uid=1000,more=7`,
      `Out of memory: Killed process ${pid} (${name}) total-vm:80000kB, hugetlb-rss:9kB, anon-rss:30000kB, file-rss:6000kB (approximate), shmem-rss:0kB, UID:1000 pgtables:24kB oom_score_adj:0 more:7`,
    ],
  },
};

/** Names of at most 15 bytes, as a hostile program would choose them. */
const hostileNames = [
  'tunneld',
  'x',
  'a b c',
  'tmux: server',
  'in:imjournal',
  'runc:[2:INIT]',
  '(sd-pam)',
  'CPU 2/KVM',
  'kworker/0:1',
  'a) b (c',
  'x) total-vm:1kB',
  ',pid=1,uid=0',
  'a,task=init',
  'Killed process ',
  'invoked oom-kil',
  'kernel: x',
  'monit[99]: x',
  'h app[7]: x',
  '[ 1.000000] x',
  '[  1] 0 1 1 1',
  'Pid: 1, comm: x',
  'CPU: 1 PID: 2 ',
  'x Not tainted',
  '11:15:19 x',
  '12,1,1,-;x',
  '<13>x',
  '8',
  '1 2 3',
  'ünïcödé',
  '日本語日本',
];
const name = fc.oneof(
  fc.constantFrom(...hostileNames),
  fc
    .string({ minLength: 1, maxLength: 15, size: 'max', unit: 'grapheme-ascii' })
    .filter((text) => text.trim() === text),
);

/** The lines of a log, each behind its prefix. */
function logged(prefix: string, lines: readonly string[]): string[] {
  return lines.map((line, index) =>
    prefix
      .replace('{up}', (5827.344145 + index / 1e4).toFixed(6))
      .replace('{seq}', String(4000 + index))
      .replace('{usec}', String(5827344145 + index * 100))
      // The kernel escapes its own sign of escape there, and all that is not ASCII.
      .concat(/^\d+,/.test(prefix) ? kmsgEscaped(line) : line),
  );
}

function kmsgEscaped(line: string): string {
  return line.replace(/[^\x20-\x7e]|\\/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

function composed(shape: Shape, triggerName: string, victimName: string): string[] {
  return [
    shape.trigger(triggerName),
    shape.task(triggerName),
    'Call Trace:',
    ' dump_stack+0x14/0x20',
    '131000 pages RAM',
    '9000 pages reserved',
    ...shape.header,
    shape.row(1201, 'dnsd'),
    shape.row(3173, triggerName),
    shape.row(42, victimName),
    ...shape.verdict(42, victimName),
    `oom_reaper: reaped process 42 (${victimName}), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB`,
  ];
}

function expectWhole(log: string, triggerName: string, victimName: string): void {
  const [report, ...others] = parseOomReports(log);
  expect(others).toEqual([]);
  expect(report?.trigger).toMatchObject({ name: triggerName, pid: 3173, order: 0 });
  expect(report?.kills).toHaveLength(1);
  expect(report?.kills[0]).toMatchObject({
    pid: 42,
    name: victimName,
    totalVmKib: 80000,
    anonRssKib: 30000,
    fileRssKib: 6000,
  });
  expect(report?.chosen).toMatchObject({ pid: 42, name: victimName });
  expect(report?.tasks.map((task) => [task.tgid, task.name, task.rssPages])).toEqual([
    [1201, 'dnsd', 9000],
    [3173, triggerName, 9000],
    [42, victimName, 9000],
  ]);
  expect(report?.machine).toMatchObject({ ramPages: 131000, reservedPages: 9000 });
  expect(report).toMatchObject({ scope: 'global', reaped: [42] });
}

describe('a report behind any prefix', () => {
  it.each(Object.entries(kernelPrefixes))('%s', (_, prefix) => {
    for (const shape of Object.values(shapes)) {
      expectWhole(logged(prefix, composed(shape, 'tunneld', 'hog')).join('\n'), 'tunneld', 'hog');
    }
  });

  it(
    'names trigger, victim and table as they were, whatever the prefix, the kernel and the names',
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.values(kernelPrefixes)),
          fc.constantFrom(...Object.values(shapes)),
          name,
          name,
          fc.constantFrom('\n', '\r\n'),
          (prefix, shape, triggerName, victimName, end) => {
            expectWhole(
              logged(prefix, composed(shape, triggerName, victimName)).join(end),
              triggerName,
              victimName,
            );
          },
        ),
        { numRuns: 1500, examples: [] },
      );
    },
  );

  it('lines of programs between its own change nothing', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(kernelPrefixes)),
        fc.constantFrom(...Object.values(programPrefixes)),
        fc.constantFrom(...Object.values(shapes)),
        fc.nat(12),
        fc.nat(20),
        (prefix, other, shape, which, where) => {
          const lines = logged(prefix, composed(shape, 'tunneld', 'hog'));
          const forged = logged(
            other,
            composed(shape, 'x', 'init').map((line) => line.replaceAll('42', '1')),
          );
          lines.splice(where % (lines.length + 1), 0, forged[which % forged.length] ?? '');
          expectWhole(lines.join('\n'), 'tunneld', 'hog');
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('words of a report that no kernel wrote', () => {
  const whole = Object.entries(programPrefixes).flatMap(([title, prefix]) =>
    Object.entries(shapes).map(([kernel, shape]) => ({ title: `${title}, as of ${kernel}`, prefix, shape })),
  );
  it.each(whole)('$title: open no report and name no victim', ({ prefix, shape }) => {
    const lines = logged(prefix, composed(shape, 'x', 'init'));
    expect(parseOomReports(lines.join('\n'))).toEqual([]);
    for (const line of lines) expect(parseOomReports(line)).toEqual([]);
  });

  it.each(['yesterday I saw ', 'Re: ', 'and then the log says '])('prose that quotes a line, %j', (prose) => {
    for (const shape of Object.values(shapes)) {
      for (const line of composed(shape, 'x', 'init')) expect(parseOomReports(`${prose}${line}`)).toEqual([]);
    }
  });
});
