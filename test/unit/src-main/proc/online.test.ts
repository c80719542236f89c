import { describe, expect, it } from 'vitest';
import { parseListCount, readMemoryNodeCount, readOnlineCpuCount } from '../../../../src-main/proc/online.ts';
import { CAPTURED } from '../../../helpers/captured.ts';
import { procTree } from '../../../helpers/proc-tree.ts';

describe('parseListCount', () => {
  it.each([
    ['0\n', 1],
    ['0-3\n', 4],
    ['0-3,5\n', 5],
    ['0,2,4-6,255\n', 6],
    ['\n', 0],
  ])('counts %j', (text, count) => {
    expect(parseListCount(text)).toBe(count);
  });

  it.each(['a', '3-1', '0-', '-1', '0,,1', '0 1', '0-3-5'])('refuses %j', (text) => {
    expect(parseListCount(text)).toBeUndefined();
  });
});

describe('what is online', () => {
  it('is read from the captured tree', () => {
    expect(readOnlineCpuCount(CAPTURED)).toEqual({ ok: true, value: 2 });
    expect(readMemoryNodeCount(CAPTURED)).toEqual({ ok: true, value: 1 });
  });

  it('counts nodes with memory, and all nodes where a kernel does not tell which have', () => {
    const tree = procTree({ memoryNodes: '0,2', cpus: '0-7' });
    expect(readMemoryNodeCount(tree)).toEqual({ ok: true, value: 2 });
    tree.remove('/sys/devices/system/node/has_memory');
    expect(readMemoryNodeCount(tree)).toMatchObject({ ok: false, why: 'missing' });
    tree.write('/sys/devices/system/node/online', '0-3\n');
    expect(readMemoryNodeCount(tree)).toEqual({ ok: true, value: 4 });
    expect(readOnlineCpuCount(tree)).toEqual({ ok: true, value: 8 });
    tree.cleanup();
  });
});
