import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatches } from '#shared/kernel/sysctl/glob.ts';
import { parseSysctlLines, simplePath, sysctlPath } from '#shared/kernel/sysctl/lines.ts';
import { kernelNumber } from '#shared/kernel/sysctl/number.ts';

describe('parseSysctlLines', () => {
  it('reads assignments, exceptions and patterns, and passes over the rest', () => {
    const text = `# comment
  ; comment
vm.swappiness = 10
\t-vm/panic_on_oom=1\r
-vm.oom_dump_tasks
vm.*_ratio=a = b
no assignment
= 5`;
    expect(parseSysctlLines(text)).toEqual([
      { key: 'vm/swappiness', value: '10', line: 3 },
      { key: 'vm/panic_on_oom', value: '1', line: 4 },
      { key: 'vm/oom_dump_tasks', line: 5 },
      { key: 'vm/*_ratio', value: 'a = b', line: 6 },
    ]);
  });

  it('finds again what was written, whatever blanks and separators are around it', () => {
    const blank = fc.stringMatching(/^[ \t]{0,3}$/);
    const key = fc.constantFrom('vm.swappiness', 'vm/swappiness', 'kernel.panic');
    const value = fc.stringMatching(/^[a-z0-9=]([a-z0-9 =#;]{0,8}[a-z0-9])?$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(blank, key, blank, blank, value, blank), { maxLength: 20, size: 'max' }),
        (lines) => {
          const text = lines.map(([a, k, b, c, v, d]) => `${a}${k}${b}=${c}${v}${d}`).join('\n');
          expect(parseSysctlLines(text).map((line) => line.value)).toEqual(lines.map(([, , , , v]) => v));
        },
      ),
    );
  });

  it('never throws, and never finds more lines than there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200, size: 'max' }), (text) => {
        expect(parseSysctlLines(text).length).toBeLessThanOrEqual(text.split('\n').length);
      }),
    );
  });
});

describe('keys', () => {
  // The examples of sysctl.d(5).
  it.each([
    ['kernel.domainname', 'kernel/domainname'],
    ['kernel/domainname', 'kernel/domainname'],
    ['net.ipv4.conf.enp3s0/200.forwarding', 'net/ipv4/conf/enp3s0.200/forwarding'],
    ['net/ipv4/conf/enp3s0.200/forwarding', 'net/ipv4/conf/enp3s0.200/forwarding'],
  ])('%s is the path %s', (key, path) => {
    expect(sysctlPath(key)).toBe(path);
  });

  it('superfluous slashes mean nothing', () => {
    expect(simplePath('//vm///swappiness')).toBe('vm/swappiness');
  });
});

describe('globMatches', () => {
  it.each([
    ['vm/*', 'vm/swappiness', true],
    ['*', 'vm/swappiness', false],
    ['*/swap*s', 'vm/swappiness', true],
    ['vm/swappines?', 'vm/swappiness', true],
    ['vm?swappiness', 'vm/swappiness', false],
    ['vm/[a-s]wap*', 'vm/swappiness', true],
    ['vm/[!s]wap*', 'vm/swappiness', false],
    ['vm/[^a-r]wap*', 'vm/swappiness', true],
    ['vm/[swap', 'vm/[swap', true],
    ['vm/\\*', 'vm/*', true],
    ['vm/\\*', 'vm/x', false],
    ['vm/**s*', 'vm/swappiness', true],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(globMatches(pattern, path)).toBe(matches);
  });

  it('takes no longer for a hostile pattern', () => {
    const before = performance.now();
    expect(globMatches(`vm/${'*a'.repeat(2_000)}b`, `vm/${'a'.repeat(4_000)}`)).toBe(false);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('kernelNumber', () => {
  // As Linux 6.18 answered when these were written to vm.oom_dump_tasks and vm.user_reserve_kbytes.
  it.each([
    ['1', 1],
    [' 1', 1],
    ['1 ', 1],
    ['0x10', 16],
    ['010', 8],
    ['1 2', 1],
    ['1\t', 1],
    ['-1', -1],
    ['1abc', undefined],
    ['abc', undefined],
    ['', undefined],
    ['+1', undefined],
    ['08', undefined],
    ['0x', undefined],
    ['1,2', undefined],
  ])('%j is %j', (text, value) => {
    expect(kernelNumber(text)).toBe(value);
  });

  it('reads what the kernel prints', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(kernelNumber(`${value}\n`)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
