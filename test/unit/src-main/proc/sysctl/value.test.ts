import { describe, expect, it } from 'vitest';
import { parseSysctl, readSysctl, readSysctlText } from '../../../../../src-main/proc/sysctl/value.ts';
import { CAPTURED } from '../../../../helpers/captured.ts';
import { procTree } from '../../../../helpers/proc-tree.ts';

describe('readSysctl', () => {
  it('reads the captured ones', () => {
    expect(readSysctl(CAPTURED, 'vm.overcommit_ratio')).toEqual({ ok: true, value: 50 });
    expect(readSysctl(CAPTURED, 'vm.swappiness')).toEqual({ ok: true, value: 60 });
  });

  it('tells one that the kernel has not, and one that is no number', () => {
    const tree = procTree({ sysctls: { 'vm.panic_on_oom': undefined, 'kernel.hostname': 'a b' } });
    expect(readSysctl(tree, 'vm.panic_on_oom')).toMatchObject({ ok: false, why: 'missing' });
    expect(readSysctl(tree, 'kernel.hostname')).toMatchObject({ ok: false, why: 'malformed' });
    expect(readSysctlText(tree, 'kernel.hostname')).toEqual({ ok: true, value: 'a b' });
    tree.cleanup();
  });

  it.each(['overcommit', 'vm', '../vm.x', 'vm..x', 'vm/x.y', 'vm.', ''])('takes %j for a bug', (name) => {
    expect(() => readSysctl(CAPTURED, name)).toThrow(RangeError);
  });
});

describe('parseSysctl', () => {
  it.each([
    ['0\n', 0],
    ['-1\n', -1],
    ['131072\n', 131_072],
    ['7', 7],
  ])('reads %j', (text, value) => {
    expect(parseSysctl(text)).toBe(value);
  });

  it.each(['', '\n', '1\t2\n', '0x10\n', 'yes\n'])('refuses %j', (text) => {
    expect(parseSysctl(text)).toBeUndefined();
  });
});
