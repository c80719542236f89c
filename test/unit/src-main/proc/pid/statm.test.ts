import { describe, expect, it } from 'vitest';
import { parsePidStatm, readPidStatm, splitFromStatm } from '../../../../../src-main/proc/pid/statm.ts';
import { readPidStatus } from '../../../../../src-main/proc/pid/status.ts';
import { CAPTURED, CAPTURED_PIDS } from '../../../../helpers/captured.ts';

describe('readPidStatm', () => {
  it('agrees with status', () => {
    const statm = readPidStatm(CAPTURED, CAPTURED_PIDS.node);
    const status = readPidStatus(CAPTURED, CAPTURED_PIDS.node, 4096);
    expect(statm).toEqual({
      ok: true,
      value: { sizePages: 340_362, residentPages: 16_413, sharedPages: 9089 },
    });
    expect(status.ok && statm.ok && { ...splitFromStatm(statm.value), rssPages: 16_413 }).toMatchObject({
      rssAnonPages: status.ok && status.value.memory?.rssAnonPages,
      rssFilePages: status.ok && status.value.memory?.rssFilePages,
      rssPages: status.ok && status.value.memory?.rssPages,
    });
  });

  it('is all 0 without an address space', () => {
    expect(readPidStatm(CAPTURED, CAPTURED_PIDS.zombie)).toEqual({
      ok: true,
      value: { sizePages: 0, residentPages: 0, sharedPages: 0 },
    });
  });
});

describe('parsePidStatm', () => {
  it.each(['', '1 2', '1 -2 3 0 0 0 0', 'a b c 0 0 0 0'])('refuses %j', (text) => {
    expect(parsePidStatm(text)).toBeUndefined();
  });
});

describe('splitFromStatm', () => {
  it('never gives less than nothing: the counters are read one after the other', () => {
    expect(splitFromStatm({ sizePages: 9, residentPages: 3, sharedPages: 4 })).toEqual({
      rssAnonPages: 0,
      rssFilePages: 4,
      rssShmemPages: 0,
    });
  });
});
