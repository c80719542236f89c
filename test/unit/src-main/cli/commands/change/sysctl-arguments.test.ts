import { describe, expect, it } from 'vitest';
import {
  sysctlAssignments,
  sysctlName,
  sysctlNames,
  sysctlPreset,
  sysctlToKeep,
} from '../../../../../../src-main/cli/commands/change/sysctl-arguments.ts';

describe('names', () => {
  it.each([
    ['vm.swappiness', 'vm.swappiness'],
    ['vm/swappiness', 'vm.swappiness'],
    ['swappiness', 'vm.swappiness'],
    ['panic', 'kernel.panic'],
  ])('%s is %s', (text, name) => {
    expect(sysctlName(text)).toBe(name);
  });

  it.each([
    ['swapiness', 'Did you mean vm.swappiness?'],
    ['vm.panic_on_om', 'Did you mean vm.panic_on_oom?'],
    ['net.core.somaxconn', '"lifeboat sysctl list" has those'],
    ['__proto__', '"lifeboat sysctl list" has those'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => sysctlName(text)).toThrow(message);
  });

  it('a word that is nearly a command gets that command as a hint', () => {
    expect(() => sysctlNames('lst', undefined)).toThrow('Did you mean "lifeboat sysctl list"?');
    expect(sysctlNames('panic', ['vm.swappiness'])).toEqual(['vm.swappiness', 'kernel.panic']);
  });
});

describe('assignments', () => {
  it('are collected', () => {
    const first = sysctlAssignments('swappiness=10', undefined);
    expect(sysctlAssignments('kernel.panic = -1', first)).toEqual([
      { name: 'vm.swappiness', value: 10 },
      { name: 'kernel.panic', value: -1 },
    ]);
    expect(Object.is(sysctlAssignments('kernel.panic=-0', undefined)[0]?.value, 0)).toBe(true);
  });

  it.each([
    ['vm.swappiness', 'NAME=VALUE'],
    ['=5', 'NAME=VALUE'],
    ['vm.swappiness=', 'from 0 to 200'],
    ['vm.swappiness=201', 'from 0 to 200'],
    ['vm.swappiness=-1', 'from 0 to 200'],
    ['vm.swappiness=1e1', 'from 0 to 200'],
    ['vm.swappiness=0x10', 'from 0 to 200'],
    ['vm.swappiness=1.5', 'from 0 to 200'],
    ['vm.overcommit_kbytes=99999999999999999', 'from 0 to'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => sysctlAssignments(text, undefined)).toThrow(message);
  });

  it('of the same setting twice are refused', () => {
    expect(() => sysctlAssignments('swappiness=1', [{ name: 'vm.swappiness', value: 2 }])).toThrow('twice');
  });

  it('what is to be kept may have a value', () => {
    expect(sysctlToKeep('vm.swappiness')).toEqual({ name: 'vm.swappiness' });
    expect(sysctlToKeep('vm.swappiness=5')).toEqual({ name: 'vm.swappiness', value: 5 });
  });
});

describe('presets', () => {
  it('are found by their names', () => {
    expect(sysctlPreset('default').id).toBe('default');
    expect(() => sysctlPreset('defualt')).toThrow('Did you mean default?');
    expect(() => sysctlPreset('fast')).toThrow('There are default, never-promise-more, reboot-after-oom.');
  });
});
