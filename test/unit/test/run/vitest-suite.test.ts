import { describe, expect, it } from 'vitest';
import { countTests, failedTests, skippedTests } from '../../../run/vitest-suite.ts';

const NO_TESTS = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] };

describe('countTests', () => {
  it('takes the counts of the report; what is to do counts as skipped', () => {
    expect(
      countTests({
        numPassedTests: 5,
        numFailedTests: 1,
        numPendingTests: 2,
        numTodoTests: 1,
        testResults: [
          { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
          { name: 'b.test.ts', status: 'failed', assertionResults: [{ status: 'failed' }] },
        ],
      }),
    ).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const testResults = [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }];
    expect(countTests({ ...NO_TESTS, testResults })).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('skippedTests', () => {
  it('names each test that was left out, and why as it says itself', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'a passes' },
      { status: 'skipped', fullName: 'in a cgroup (made by root) has a limit' },
      { status: 'pending', fullName: 'has no reason' },
    ];
    const testResults = [{ name: 'a.test.ts', status: 'passed', assertionResults }];
    expect(skippedTests({ ...NO_TESTS, testResults })).toEqual([
      { part: 'in a cgroup (made by root) has a limit', why: 'made by root' },
      { part: 'has no reason', why: 'skipped' },
    ]);
  });
});

describe('failedTests', () => {
  it('names each test that failed, with its file and what it said', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'a passes' },
      { status: 'failed', fullName: 'b fails', failureMessages: ['expected 1 to be 2', 'and more'] },
    ];
    const testResults = [{ name: '/root/test/b.test.ts', status: 'failed', assertionResults }];
    expect(failedTests({ ...NO_TESTS, testResults }, '/root')).toEqual([
      { test: 'test/b.test.ts: b fails', message: 'expected 1 to be 2\nand more' },
    ]);
  });

  it('names a file that could not be loaded', () => {
    const broken = {
      name: '/root/a.test.ts',
      status: 'failed',
      message: 'no such module',
      assertionResults: [],
    };
    expect(failedTests({ ...NO_TESTS, testResults: [broken] }, '/root')).toEqual([
      { test: 'a.test.ts', message: 'no such module' },
    ]);
  });
});
