import { describe, expect, it } from 'vitest';
import { withFormula } from '#shared/kernel/rules.ts';
import { rulesFor } from '../../../helpers/kernel-tasks.ts';

describe('rulesOf', () => {
  it.for([
    ['2.6.36', '2.6.36'],
    ['2.6.38', '2.6.36'],
    ['2.6.39', '2.6.39'],
    ['3.4.113', '2.6.39'],
    ['3.5.0', '3.5'],
    ['3.13.0', '3.5'],
    ['3.14.0', '3.14'],
    ['4.16.18', '3.14'],
    ['4.17.0', '4.17'],
    ['4.19.325', '4.17'],
    ['5.4.0-77-generic', '4.17'],
    ['5.4.143', '4.17'],
    ['5.4.144', '5.9'],
    ['5.5.0', '4.17'],
    ['5.8.18', '4.17'],
    ['5.9.0', '5.9'],
    ['6.18.44', '5.9'],
    ['7.0.0', '5.9'],
  ] as const)('%s computes as %s did', ([release, formula]) => {
    expect(rulesFor(release).formula).toBe(formula);
  });

  it.for([
    ['5.2.21', 'first'],
    ['5.3.0', 'last'],
  ] as const)('with %s the %s of equals dies', ([release, tie]) => {
    expect(rulesFor(release).tie).toBe(tie);
  });

  it.for([
    ['5.0.21', true],
    ['5.1.0', false],
  ] as const)('%s sacrifices a child: %s', ([release, sacrificesChild]) => {
    expect(rulesFor(release).sacrificesChild).toBe(sacrificesChild);
  });

  it.for([
    ['4.18.20', false],
    ['4.19.0', true],
  ] as const)('%s heeds memory.oom.group: %s', ([release, honoursOomGroup]) => {
    expect(rulesFor(release).honoursOomGroup).toBe(honoursOomGroup);
  });
});

describe('withFormula', () => {
  it('gives a kernel that shows the scores of 5.9 all that 5.9 had', () => {
    expect(withFormula(rulesFor('4.18.0-553.el8'), '5.9')).toEqual(rulesFor('5.9.0'));
  });

  it('changes nothing but the formula otherwise', () => {
    expect(withFormula(rulesFor('4.19.0'), '3.14')).toEqual({ ...rulesFor('4.19.0'), formula: '3.14' });
  });
});
