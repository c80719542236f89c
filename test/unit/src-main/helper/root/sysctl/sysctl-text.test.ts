import { describe, expect, it } from 'vitest';
import { valueIn, withLine, withoutLine } from '../../../../../../src-main/helper/root/sysctl/sysctl-text.ts';

const OTHERS = '# mine\n; also\nvm.swappiness_x = 3\nnet.ipv4.ip_forward=1\nvm.swap* = 4\n-vm.swappiness\n';

describe('valueIn', () => {
  it.for([
    ['vm.swappiness = 10\n', '10'],
    ['vm.swappiness=10', '10'],
    ['  -vm/swappiness =  7 \n', '7'],
    ['vm.swappiness = 1\nvm.swappiness = 2\n', '2'],
    [OTHERS, undefined],
    ['# vm.swappiness = 1\n', undefined],
    ['', undefined],
  ] as const)('in %j is %s', ([text, value]) => {
    expect(valueIn(text, 'vm.swappiness')).toBe(value);
  });
});

describe('withLine', () => {
  it('begins a file with a word about itself', () => {
    expect(withLine('', 'vm.swappiness', 10)).toMatch(/^# .*\nvm\.swappiness = 10\n$/);
  });

  it('adds at the end, and leaves what others wrote', () => {
    expect(withLine(OTHERS, 'vm.swappiness', 10)).toBe(`${OTHERS}vm.swappiness = 10\n`);
  });

  it('ends a last line that lacks its newline', () => {
    expect(withLine('a = 1', 'vm.swappiness', 10)).toBe('a = 1\nvm.swappiness = 10\n');
  });

  it('replaces the last line that sets it, and drops the others', () => {
    const text = 'vm.swappiness = 1\n# a\n-vm/swappiness=2\nb = 1\n';
    expect(withLine(text, 'vm.swappiness', 10)).toBe('# a\nvm.swappiness = 10\nb = 1\n');
  });
});

describe('withoutLine', () => {
  it('drops only what sets it', () => {
    expect(withoutLine(`vm/swappiness = 1\n${OTHERS}vm.swappiness=2\n`, 'vm.swappiness')).toBe(OTHERS);
  });

  it('leaves nothing of a file that Lifeboat began and that holds nothing else', () => {
    expect(withoutLine(withLine('', 'vm.swappiness', 10), 'vm.swappiness')).toBe('');
  });

  it('keeps comments of others', () => {
    expect(withoutLine('# mine\nvm.swappiness = 1\n', 'vm.swappiness')).toBe('# mine\n');
  });
});
