import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKernelThread, parsePidStat, readPidStat } from '../../../../../src-main/proc/pid/stat.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../../helpers/captured.ts';
import { statText } from '../../../../helpers/proc-texts.ts';

function captured(pid: number) {
  const read = readPidStat(CAPTURED, pid);
  return read.ok ? read.value : undefined;
}

describe('readPidStat', () => {
  it('reads a process', () => {
    expect(captured(CAPTURED_PIDS.node)).toEqual({
      pid: 5389,
      name: 'MainThread',
      state: 'S',
      parentPid: 5340,
      flags: 4_194_560,
      threads: 7,
      hasTty: false,
      startTicks: 282_114,
      minorFaults: 8019,
      majorFaults: 0,
      sizeBytes: 1_394_122_752,
      rssPages: 16_406,
    });
  });

  it('reads a name that looks like the rest of the line', () => {
    expect(captured(CAPTURED_PIDS.hostileName)).toMatchObject({
      pid: 5386,
      name: 'x) R 1\n\\\t\u001b[2J\ufffd',
      state: 'S',
      parentPid: 5340,
      startTicks: 282_114,
      rssPages: 364,
    });
  });

  it('reads a zombie, a dead leader and a kernel thread', () => {
    expect(captured(CAPTURED_PIDS.zombie)).toMatchObject({ state: 'Z', threads: 1, rssPages: 0 });
    expect(captured(CAPTURED_PIDS.deadLeader)).toMatchObject({ state: 'Z', threads: 2, rssPages: 0 });
    expect(captured(CAPTURED_PIDS.worker)).toMatchObject({ name: 'kworker/R-mm_percpu_wq', state: 'I' });
  });

  it('tells a process that is gone', () => {
    expect(readPidStat(CAPTURED, 99)).toMatchObject({ ok: false, why: 'missing' });
  });
});

describe('isKernelThread', () => {
  it('goes by the flag', () => {
    const kernelThreads = Object.entries(CAPTURED_PIDS).filter(([, pid]) => {
      const stat = captured(pid);
      return stat !== undefined && isKernelThread(stat);
    });
    expect(kernelThreads.map(([name]) => name)).toEqual(['kthreadd', 'worker']);
  });
});

describe('parsePidStat', () => {
  it('finds the fields behind any name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 15, size: 'max' }),
        fc.nat(),
        fc.nat(),
        (name, startTicks, parentPid) => {
          const text = statText(
            { pid: 42, name, startTicks, parentPid, rssAnonPages: 7, rssFilePages: 0 },
            42,
          );
          expect(parsePidStat(text)).toMatchObject({ pid: 42, name, startTicks, parentPid, rssPages: 7 });
        },
      ),
    );
  });

  it('refuses a line that was cut anywhere', () => {
    const line = readFileSync(`${CAPTURED.proc}/${CAPTURED_PIDS.node}/stat`, 'utf8');
    const fieldsNeeded = line.indexOf(' 16406 ') + ' 16406'.length;
    for (let length = 0; length <= fieldsNeeded; length++)
      expect(parsePidStat(line.slice(0, length))).toBeUndefined();
    expect(parsePidStat(line.slice(0, fieldsNeeded + 1))).toBeDefined();
  });

  it.each(['x (a) S 1', '1 a S 1', '1 (a) ? 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 0 0 1 0 5 0 0 0'])(
    'refuses %s',
    (line) => {
      expect(parsePidStat(line)).toBeUndefined();
    },
  );
});
