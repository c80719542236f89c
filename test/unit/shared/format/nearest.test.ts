import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYSCTL_NAMES } from '#shared/model/sysctl/sysctl.ts';
import { nearest } from '#shared/format/nearest.ts';

describe('nearest', () => {
  it.each([
    ['vm.swapiness', 'vm.swappiness'],
    ['vm.swappines', 'vm.swappiness'],
    ['kernel.pnaic', 'kernel.panic'],
    ['vm.overcommit_ration', 'vm.overcommit_ratio'],
    ['net.ipv4.ip_forward', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('%s: %s', (word, expected) => {
    expect(nearest(word, SYSCTL_NAMES)).toBe(expected);
  });

  it('finds every name again that lost, doubled or swapped a letter', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SYSCTL_NAMES),
        fc.nat(),
        fc.constantFrom('lost', 'doubled', 'swapped'),
        (name, where, how) => {
          const at = where % name.length;
          const [a = '', b = ''] = [name[at], name[at + 1]];
          const middle = { lost: b, doubled: a + a + b, swapped: b + a }[how];
          expect(nearest(name.slice(0, at) + middle + name.slice(at + 2), SYSCTL_NAMES)).toBe(name);
        },
      ),
    );
  });
});
