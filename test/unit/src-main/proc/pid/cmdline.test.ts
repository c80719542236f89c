import { describe, expect, it } from 'vitest';
import { parseCmdline, readCmdline } from '../../../../../src-main/proc/pid/cmdline.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../../helpers/captured.ts';
import { procTree } from '../../../../helpers/proc-tree.ts';

describe('readCmdline', () => {
  it('reads the arguments', () => {
    const read = readCmdline(CAPTURED, CAPTURED_PIDS.node);
    expect(read.ok && read.value.slice(0, 2)).toEqual(['/usr/bin/node', '-e']);
    expect(read.ok && read.value.length).toBe(3);
  });

  it('reads arguments that a process wrote over', () => {
    expect(readCmdline(CAPTURED, CAPTURED_PIDS.title)).toEqual({ ok: true, value: ['title: busy'] });
  });

  it('is empty for kernel threads, zombies and dead leaders', () => {
    for (const pid of [CAPTURED_PIDS.kthreadd, CAPTURED_PIDS.zombie, CAPTURED_PIDS.deadLeader]) {
      expect(readCmdline(CAPTURED, pid)).toEqual({ ok: true, value: [] });
    }
  });

  it('keeps what is no text, and replaces what is not UTF-8', () => {
    const read = readCmdline(CAPTURED, CAPTURED_PIDS.hostileName);
    expect(read.ok && read.value.at(-1)).toBe('x) R 1\n\\\t\u001b[2J\ufffd');
  });

  it('reads only the beginning of a megabyte', () => {
    const tree = procTree({ processes: [{ pid: 7, cmdline: ['x'.repeat(1_000_000), 'last'] }] });
    const read = readCmdline(tree, 7);
    expect(read.ok && read.value.map(({ length }) => length)).toEqual([4096]);
    const less = readCmdline(tree, 7, 10);
    expect(less.ok && less.value).toEqual(['xxxxxxxxxx']);
    tree.cleanup();
  });
});

describe('parseCmdline', () => {
  it.each([
    ['', []],
    ['\0\0\0', []],
    ['a\0', ['a']],
    ['a', ['a']],
    ['a\0\0b\0', ['a', '', 'b']],
    ['nginx: worker process\0\0\0\0', ['nginx: worker process']],
    ['nginx: worker process', ['nginx: worker process']],
  ])('divides %j', (text, parts) => {
    expect(parseCmdline(text)).toEqual(parts);
  });
});
