import { describe, expect, it } from 'vitest';
import { exitCode, formatReport } from '../../../run/report.ts';
import { type SuiteResult, whyNotAsUser } from '../../../run/suite.ts';

const UNIT: SuiteResult = {
  name: 'unit',
  passed: 1200,
  failed: 0,
  skipped: 0,
  seconds: 12.34,
  leftOut: [],
  failures: [],
};
const E2E: SuiteResult = {
  name: 'e2e',
  passed: 0,
  failed: 0,
  skipped: 0,
  seconds: 0,
  leftOut: [{ part: 'e2e', why: 'not installed: chromium' }],
  failures: [],
};

describe('formatReport', () => {
  it('is a table, what was left out, and the sums in the last line', () => {
    expect(formatReport([UNIT, E2E])).toBe(
      [
        'suite  passed  failed  skipped  seconds',
        'unit     1200       0        0     12.3',
        'e2e         0       0        0      0.0',
        'left out: e2e (not installed: chromium)',
        '',
        '1200 passed, 0 failed',
      ].join('\n'),
    );
  });

  it('names what failed, and why, where a long run can be read: at its end', () => {
    const message = `\u001b[31mAssertionError\u001b[39m: expected 1 to be 2\n${'    at it\n'.repeat(40)}`;
    const failed: SuiteResult = { ...UNIT, failed: 1, failures: [{ test: 'a.test.ts: adds', message }] };
    const lines = formatReport([failed]).split('\n');
    expect(lines.slice(2, 5)).toEqual([
      'failed: unit: a.test.ts: adds',
      '    AssertionError: expected 1 to be 2',
      '        at it',
    ]);
    expect(lines).toHaveLength(17);
    expect(lines.at(-1)).toBe('1200 passed, 1 failed');
  });

  it('names skipped tests in the last line when there are any', () => {
    expect(formatReport([UNIT, { ...E2E, passed: 1, failed: 2, skipped: 3 }])).toMatch(
      /\n1201 passed, 2 failed, 3 skipped$/,
    );
  });
});

describe('exitCode', () => {
  it.for([
    { what: 'all passed', results: [UNIT], strict: true, code: 0 },
    { what: 'one failed', results: [UNIT, { ...E2E, failed: 1 }], strict: false, code: 1 },
    { what: 'a suite was left out', results: [UNIT, E2E], strict: false, code: 0 },
    { what: 'a suite was left out in CI', results: [UNIT, E2E], strict: true, code: 1 },
    {
      what: 'a part of a suite was left out in CI',
      results: [UNIT, { ...E2E, passed: 9 }],
      strict: true,
      code: 1,
    },
    { what: 'nothing ran', results: [E2E], strict: false, code: 1 },
  ])('is $code when $what', ({ results, strict, code }) => {
    expect(exitCode(results, strict)).toBe(code);
  });
});

describe('whyNotAsUser', () => {
  it('leaves the suites of the helper and the packages to root, and names them', () => {
    expect(whyNotAsUser('helper', false)).toMatch(/^needs root/);
    expect(whyNotAsUser('helper', true)).toBeUndefined();
    expect(whyNotAsUser('e2e', false)).toBeUndefined();
    expect(whyNotAsUser('package', false)).toMatch(/^needs root/);
  });
});
