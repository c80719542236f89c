import { describe, expect, it } from 'vitest';
import { readPidCgroup } from '../../../../../src-main/proc/cgroup/pid-cgroup.ts';
import { readCmdline } from '../../../../../src-main/proc/pid/cmdline.ts';
import { readLiveThread } from '../../../../../src-main/proc/pid/task-status.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../../helpers/captured.ts';
import { procTree } from '../../../../helpers/proc-tree.ts';

describe('readLiveThread', () => {
  it('finds the address space of a dead leader with a living thread', () => {
    const read = readLiveThread(CAPTURED, CAPTURED_PIDS.deadLeader, 4096);
    expect(read.ok && read.value).toMatchObject({
      tid: 5383,
      status: { name: 'odd', state: 'S', threads: 2 },
      stat: { pid: 5383, state: 'S' },
    });
    expect(read.ok && read.value?.memory.rssPages).toBeGreaterThan(100);
  });

  it('finds none for a zombie and a kernel thread', () => {
    expect(readLiveThread(CAPTURED, CAPTURED_PIDS.zombie, 4096)).toEqual({
      ok: true,
      value: undefined,
    });
    expect(readLiveThread(CAPTURED, CAPTURED_PIDS.kthreadd, 4096)).toEqual({
      ok: true,
      value: undefined,
    });
  });

  it('leads to what only the files of the thread say', () => {
    const tree = procTree({
      cgroupVersion: 1,
      processes: [
        { pid: 7, memory: 'none', cgroup: '/a', cmdline: ['sleep', '9'], otherThreads: [{ tid: 8 }] },
      ],
    });
    const read = readLiveThread(tree, 7, 4096);
    const thread = read.ok ? read.value : undefined;
    expect(readPidCgroup(tree, 7)).toMatchObject({ value: { memory: '/' } });
    expect(readCmdline(tree, 7)).toEqual({ ok: true, value: [] });
    expect(thread && readPidCgroup(thread.files, thread.tid)).toMatchObject({ value: { memory: '/a' } });
    expect(thread && readCmdline(thread.files, thread.tid)).toEqual({ ok: true, value: ['sleep', '9'] });
    tree.cleanup();
  });

  it('passes over threads that vanish or break meanwhile', () => {
    const tree = procTree({
      processes: [
        { pid: 7, memory: 'none', otherThreads: [{ tid: 8 }, { tid: 9 }, { tid: 10, rssAnonPages: 77 }] },
      ],
    });
    tree.remove('/proc/7/task/8/status');
    tree.breakFile('/proc/7/task/9/status');
    expect(readLiveThread(tree, 7, 4096)).toMatchObject({
      value: { tid: 10, memory: { rssAnonPages: 77 } },
    });
    tree.cleanup();
  });

  it('tells a process that is gone', () => {
    expect(readLiveThread(CAPTURED, 99, 4096)).toMatchObject({
      ok: false,
      why: 'missing',
      errno: 'ENOENT',
    });
  });
});
