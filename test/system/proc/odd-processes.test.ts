import { afterAll, describe, expect, it } from 'vitest';
import { HOST_FILES } from '../../../src-main/proc/kernel-files.ts';
import { readCmdline } from '../../../src-main/proc/pid/cmdline.ts';
import { readPidStat } from '../../../src-main/proc/pid/stat.ts';
import { readPidStatus } from '../../../src-main/proc/pid/status.ts';
import { readLiveThread } from '../../../src-main/proc/pid/task-status.ts';
import { compile } from '../../helpers/c-program.ts';
import { untilStates } from '../../helpers/processes/process-children.ts';

const program = compile('odd-process');
afterAll(() => {
  program.end();
});

async function start(...args: readonly (string | Buffer)[]): Promise<number> {
  const pid = Number(await program.start(...args));
  // What lives waits, in one thread at most; what ends has ended.
  await untilStates(pid, /^(S|Z|SZ)$/);
  return pid;
}

describe('odd processes of the running kernel', () => {
  it('a dead leader: nothing in its own files, all in those of its thread', async () => {
    const pid = await start('dead-leader');
    const status = readPidStatus(HOST_FILES, pid, 4096);
    expect(status).toMatchObject({ ok: true, value: { state: 'Z', threads: 2 } });
    expect(status.ok && status.value).not.toHaveProperty('memory');
    const thread = readLiveThread(HOST_FILES, pid, 4096);
    expect(thread.ok && thread.value?.status.state).toBe('S');
    expect(thread.ok && thread.value?.memory.rssPages).toBeGreaterThan(0);
  });

  it('a zombie: no memory in any thread, no arguments', async () => {
    const pid = await start('zombie');
    expect(readPidStat(HOST_FILES, pid)).toMatchObject({ ok: true, value: { state: 'Z', rssPages: 0 } });
    expect(readLiveThread(HOST_FILES, pid, 4096)).toEqual({ ok: true, value: undefined });
    expect(readCmdline(HOST_FILES, pid)).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['that ends the field', 'a) R 1 ((b'],
    ['that looks like a line of status', '\nVmRSS:\t 9 kB'],
    ['with escapes of the terminal', '\u001b[2J\u0007\u009b\r'],
    ['with backslashes', '\\n\\\\040\\'],
    ['in other letters', '日本語のプ'],
    ['of 15 letters', 'abcdefghijklmno'],
  ])('a name %s', async (_, name) => {
    const pid = await start('name', name);
    expect(readPidStat(HOST_FILES, pid)).toMatchObject({
      ok: true,
      value: { name, pid, parentPid: process.pid },
    });
    expect(readPidStatus(HOST_FILES, pid, 4096)).toMatchObject({ ok: true, value: { name, state: 'S' } });
  });

  it('a name that is not UTF-8', async () => {
    const pid = await start('name', Buffer.from([0xff, 0x41, 0xc3]));
    expect(readPidStat(HOST_FILES, pid)).toMatchObject({ value: { name: '\ufffdA\ufffd' } });
    expect(readPidStatus(HOST_FILES, pid, 4096)).toMatchObject({ value: { name: '\ufffdA\ufffd' } });
  });

  it('arguments that were written over', async () => {
    expect(readCmdline(HOST_FILES, await start('title', 'one', 'two'))).toEqual({
      ok: true,
      value: ['title: busy'],
    });
  });

  it('a megabyte of arguments, of which the beginning is read', async () => {
    const read = readCmdline(HOST_FILES, await start('arguments', '1000'));
    expect(read.ok && read.value.join('\0').length).toBeGreaterThan(4000);
    expect(read.ok && read.value.join('\0').length).toBeLessThanOrEqual(4096);
  });
});
