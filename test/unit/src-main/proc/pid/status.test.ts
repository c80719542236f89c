import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePidStatus, readPidStatus } from '../../../../../src-main/proc/pid/status.ts';
import { CAPTURED, CAPTURED_PIDS, transcribed } from '../../../../helpers/captured.ts';
import { procTree } from '../../../../helpers/proc-tree.ts';
import { statusText } from '../../../../helpers/proc-texts.ts';

const PAGE = 4096;

function captured(pid: number) {
  const read = readPidStatus(CAPTURED, pid, PAGE);
  return read.ok ? read.value : undefined;
}

describe('readPidStatus', () => {
  it('reads a process', () => {
    expect(captured(CAPTURED_PIDS.node)).toEqual({
      name: 'MainThread',
      state: 'S',
      uid: 0,
      euid: 0,
      threads: 7,
      kernelThread: false,
      capEff: 0x1fffeffffffn,
      nsPids: [5389],
      memory: {
        rssPages: 16_413,
        rssAnonPages: 7324,
        rssFilePages: 9089,
        rssShmemPages: 0,
        swapPages: 0,
        pageTablePages: 140,
        vmPeakPages: 340_425,
        vmSizePages: 340_362,
        vmHwmPages: 16_413,
        vmLockedPages: 0,
      },
    });
  });

  it('takes the escapes of a name back', () => {
    expect(captured(CAPTURED_PIDS.hostileName)?.name).toBe('x) R 1\n\\\t\u001b[2J\ufffd');
  });

  it.each([
    ['a kernel thread', CAPTURED_PIDS.kthreadd, 'S', true],
    ['a worker', CAPTURED_PIDS.worker, 'I', true],
    ['a zombie', CAPTURED_PIDS.zombie, 'Z', false],
    ['a dead leader', CAPTURED_PIDS.deadLeader, 'Z', false],
  ])('shows no memory of %s', (_, pid, state, kernelThread) => {
    const status = captured(pid);
    expect(status).toMatchObject({ state, kernelThread });
    expect(status).not.toHaveProperty('memory');
  });

  it('tells a process that is gone, and a file that breaks', () => {
    const tree = procTree({ processes: [{ pid: 7 }] });
    tree.breakFile('/proc/7/status');
    expect(readPidStatus(tree, 7, PAGE)).toMatchObject({ ok: false, why: 'failed', errno: 'EISDIR' });
    tree.removeProcess(7);
    expect(readPidStatus(tree, 7, PAGE)).toMatchObject({ ok: false, why: 'missing' });
    tree.cleanup();
  });

  it('tells a file that does not parse', () => {
    const tree = procTree({ processes: [{ pid: 7 }] });
    tree.write('/proc/7/status', 'Name:\tonly\n');
    expect(readPidStatus(tree, 7, PAGE)).toEqual({
      ok: false,
      why: 'malformed',
      path: `${tree.proc}/7/status`,
    });
    tree.cleanup();
  });
});

describe('parsePidStatus', () => {
  it('does not make up how resident memory divides on kernels that do not say', () => {
    const status = parsePidStatus(transcribed('status-3.10'), PAGE);
    expect(status).toEqual({
      name: 'tmux',
      state: 'S',
      uid: 1000,
      euid: 1000,
      threads: 1,
      capEff: 0n,
      memory: {
        rssPages: 36_213,
        swapPages: 0,
        pageTablePages: 85,
        vmPeakPages: 46_657,
        vmSizePages: 41_870,
        vmHwmPages: 40_997,
        vmLockedPages: 0,
      },
    });
  });

  it('adds the middle page tables where they are counted apart', () => {
    expect(parsePidStatus(transcribed('status-4.4'), PAGE)?.memory).toMatchObject({
      pageTablePages: 279 + 4,
      rssPages: 28_221,
    });
    expect(parsePidStatus(transcribed('status-4.14'), PAGE)?.memory).toMatchObject({
      pageTablePages: 6 + 3,
      rssAnonPages: 1,
    });
  });

  it('rounds page tables down, each count by itself', () => {
    const text = transcribed('status-4.4').replace('1116 kB', '1119 kB').replace('16 kB', '19 kB');
    expect(parsePidStatus(text, PAGE)?.memory?.pageTablePages).toBe(279 + 4);
    const small = statusText({ pid: 7 }, 7, 65_536).replace(/VmPTE:.*/, 'VmPTE:\t      50 kB');
    expect(parsePidStatus(small, 65_536)?.memory?.pageTablePages).toBe(0);
  });

  it('reads pages of any size, and a process below other pid namespaces', () => {
    const text = statusText(
      {
        pid: 70,
        uid: 5,
        euid: 6,
        rssAnonPages: 3,
        rssFilePages: 4,
        rssShmemPages: 5,
        swapPages: 6,
        pageTablePages: 7,
        nsPids: [70, 12, 1],
      },
      70,
      65_536,
    );
    expect(parsePidStatus(text, 65_536)).toMatchObject({
      uid: 5,
      euid: 6,
      nsPids: [70, 12, 1],
      memory: {
        rssPages: 12,
        rssAnonPages: 3,
        rssFilePages: 4,
        rssShmemPages: 5,
        swapPages: 6,
        pageTablePages: 7,
      },
    });
  });

  it('reads back any name that the kernel could have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 15, size: 'max' }), (name) => {
        expect(parsePidStatus(statusText({ pid: 42, name }, 42, PAGE), PAGE)?.name).toBe(name);
      }),
    );
  });

  it('does not mind lines in another order, nor ones that it does not know', () => {
    const text = transcribed('status-4.14');
    const [name = '', ...lines] = text.trimEnd().split('\n');
    const other = [name, 'New:\tline', ...lines.reverse()].join('\n');
    expect(parsePidStatus(other, PAGE)).toEqual(parsePidStatus(text, PAGE));
  });

  const node = readFileSync(`${CAPTURED.proc}/${CAPTURED_PIDS.node}/status`, 'utf8');

  it.each([
    'Name',
    'State',
    'Uid',
    'VmSize',
    'VmHWM',
    'VmRSS',
    'RssFile',
    'RssShmem',
    'VmPTE',
    'VmSwap',
    'VmLck',
    'Threads',
    'CapEff',
  ])('refuses a text without its %s line', (key) => {
    expect(parsePidStatus(node.replace(new RegExp(`^${key}:.*\\n`, 'm'), ''), PAGE)).toBeUndefined();
  });

  it.each([
    ['State:\tS (sleeping)', 'State:\t? (new)'],
    ['Uid:\t0\t0', 'Uid:\troot\t0'],
    ['VmRSS:\t   65652 kB', 'VmRSS:\t   65652 MB'],
    ['VmRSS:\t   65652 kB', 'VmRSS:\t   6x652 kB'],
    ['VmRSS:\t   65652 kB', 'VmRSS:'],
    ['RssAnon:\t   29296 kB', 'RssAnon:\t   -4 kB'],
    ['Threads:\t7', 'Threads:\t7.5'],
    ['CapEff:\t000001fffeffffff', 'CapEff:\tall'],
    ['NSpid:\t5389', 'NSpid:\t5389\tx'],
  ])('refuses %j written as %j', (line, broken) => {
    expect(node).toContain(line);
    expect(parsePidStatus(node.replace(line, broken), PAGE)).toBeUndefined();
  });

  it('refuses a text that was cut before its last field', () => {
    const end = node.indexOf('CapEff:\t0');
    for (let length = 0; length <= end; length += 7) {
      expect(parsePidStatus(node.slice(0, length), PAGE)).toBeUndefined();
    }
  });
});
