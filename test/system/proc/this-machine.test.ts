import { execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { readAuxv } from '../../../src-main/proc/pid/auxv.ts';
import { HOST_FILES, type Read } from '../../../src-main/proc/kernel-files.ts';
import { readMeminfo } from '../../../src-main/proc/meminfo.ts';
import { readOnlineCpuCount } from '../../../src-main/proc/online.ts';
import { readPasswd } from '../../../src-main/proc/passwd.ts';
import { readPidCgroup } from '../../../src-main/proc/cgroup/pid-cgroup.ts';
import { readCmdline } from '../../../src-main/proc/pid/cmdline.ts';
import { readOomScoreAdj } from '../../../src-main/proc/pid/oom-score-adj.ts';
import { readPidStat } from '../../../src-main/proc/pid/stat.ts';
import { readPidStatm } from '../../../src-main/proc/pid/statm.ts';
import { readPidStatus } from '../../../src-main/proc/pid/status.ts';
import { readLiveThread } from '../../../src-main/proc/pid/task-status.ts';
import { readSelfLimits } from '../../../src-main/proc/pid/self-limits.ts';
import { readVmstat } from '../../../src-main/proc/vmstat.ts';
import { compile } from '../../helpers/c-program.ts';
import { untilStates } from '../../helpers/processes/process-children.ts';

const program = compile('odd-process');
afterAll(() => {
  program.end();
});

function ask(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }).trim();
}

function valueOf<T>(read: Read<T>): T {
  if (!read.ok) throw new Error(`${read.path}: ${read.why} ${read.errno ?? ''}`);
  return read.value;
}

const { pageSizeBytes, clockTicksPerSecond } = valueOf(readAuxv(HOST_FILES));

describe('the same as others say', () => {
  it('getconf: page size, clock ticks and processors', () => {
    expect(pageSizeBytes).toBe(Number(ask('getconf', 'PAGESIZE')));
    expect(clockTicksPerSecond).toBe(Number(ask('getconf', 'CLK_TCK')));
    expect(valueOf(readOnlineCpuCount(HOST_FILES))).toBe(Number(ask('getconf', '_NPROCESSORS_ONLN')));
  });

  it('free: memory and swap', () => {
    const rows = ask('free', '-b')
      .split('\n')
      .map((row) => row.split(/\s+/));
    const meminfo = valueOf(readMeminfo(HOST_FILES));
    expect(meminfo.memTotalBytes).toBe(Number(rows[1]?.[1]));
    expect(meminfo.swapTotalBytes).toBe(Number(rows[2]?.[1]));
  });

  it('the shell: how many files may be open', () => {
    const limit = (kind: string): number =>
      Number(ask('sh', '-c', `ulimit -${kind}n`).replace('unlimited', 'Infinity'));
    const limits = valueOf(readSelfLimits(HOST_FILES));
    expect(limits.openFilesHard).toBe(limit('H'));
    // Node raises its own soft limit to the hard one, and its children have it from there.
    expect(limits.openFilesSoft).toBe(limit('S'));
  });

  it('id: our name', () => {
    expect(valueOf(readPasswd(HOST_FILES)).get(process.getuid?.() ?? -1)).toBe(ask('id', '-un'));
  });

  it('ps: an idle process, to the page', async () => {
    const pid = Number(await program.start('name', 'a) Z 0 0'));
    await untilStates(pid, /^S$/);
    const [parent, threads, uid, euid, rss, vsz, state] = ask(
      'ps',
      '-o',
      'ppid=,nlwp=,ruid=,uid=,rss=,vsz=,state=',
      '-p',
      String(pid),
    ).split(/\s+/);
    const status = valueOf(readPidStatus(HOST_FILES, pid, pageSizeBytes));
    const stat = valueOf(readPidStat(HOST_FILES, pid));
    expect({ ...status, ...stat }).toMatchObject({
      parentPid: Number(parent),
      threads: Number(threads),
      uid: Number(uid),
      euid: Number(euid),
      state,
    });
    expect((status.memory?.rssPages ?? 0) * pageSizeBytes).toBe(Number(rss) * 1024);
    expect((status.memory?.vmSizePages ?? 0) * pageSizeBytes).toBe(Number(vsz) * 1024);
    expect(valueOf(readPidStatm(HOST_FILES, pid)).residentPages).toBe(status.memory?.rssPages);
    expect(stat.name).toBe('a) Z 0 0');
    expect(ask('ps', '-o', 'comm=', '-p', String(pid))).toBe(stat.name);
  });
});

describe('every process of this machine, while others come and go', () => {
  it('is read, or is gone, or is not for us; never anything else', async () => {
    const READERS: Readonly<Record<string, (pid: number) => Read<unknown>>> = {
      stat: (pid) => readPidStat(HOST_FILES, pid),
      status: (pid) => readPidStatus(HOST_FILES, pid, pageSizeBytes),
      statm: (pid) => readPidStatm(HOST_FILES, pid),
      cmdline: (pid) => readCmdline(HOST_FILES, pid),
      cgroup: (pid) => readPidCgroup(HOST_FILES, pid),
      oom_score_adj: (pid) => readOomScoreAdj(HOST_FILES, pid),
      task: (pid) => readLiveThread(HOST_FILES, pid, pageSizeBytes),
    };
    // A hundred processes that end while they are read.
    const children = Array.from({ length: 100 }, (_, index) => spawn('sleep', [String(index / 200)]));
    const ended = Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
    const odd = new Set<string>();
    let seen = 0;
    let isOver = false as boolean;
    void ended.then(() => (isOver = true));
    while (!isOver) {
      for (const name of readdirSync(HOST_FILES.proc).filter((entry) => /^\d+$/.test(entry))) {
        for (const [file, read] of Object.entries(READERS)) {
          const answer = read(Number(name));
          if (answer.ok) seen++;
          else if (answer.why !== 'missing' && answer.why !== 'denied')
            odd.add(`${file} of ${name}: ${answer.why} ${answer.errno ?? ''}`);
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([...odd]).toEqual([]);
    expect(seen).toBeGreaterThan(100);
    expect(readVmstat(HOST_FILES)).toMatchObject({ ok: true });
  });
});
