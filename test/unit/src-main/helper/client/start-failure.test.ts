import { describe, expect, it } from 'vitest';
import { explainFailedStart } from '../../../../../src-main/helper/client/start-failure.ts';
import { wordsFor } from '#shared/words/index.ts';

/** What pkexec 122 and sudo 1.9.13 say with LC_ALL=C, and sudo-rs where known. */
const SAID = [
  { via: 'pkexec', code: 126, stderr: '', expected: 'elevation-dismissed' },
  {
    via: 'pkexec',
    code: 126,
    stderr: 'Error executing command as another user: Request dismissed\n',
    expected: 'elevation-dismissed',
  },
  {
    via: 'pkexec',
    code: 127,
    stderr:
      'Error getting authority: Error initializing authority: Could not connect: No such file or directory\n',
    expected: 'elevation-no-bus',
  },
  {
    via: 'pkexec',
    code: 127,
    stderr: 'Error executing command as another user: No authentication agent found.\n',
    expected: 'elevation-no-agent',
  },
  {
    via: 'pkexec',
    code: 127,
    stderr:
      "Error creating textual authentication agent: Error opening current controlling terminal for the process (`/dev/tty'): No such device or address\n",
    expected: 'elevation-no-agent',
  },
  {
    via: 'pkexec',
    code: 127,
    stderr: 'Error executing command as another user: Not authorized\n\nThis incident has been reported.\n',
    expected: 'elevation-refused',
  },
  {
    via: 'pkexec',
    code: 126,
    stderr: 'Error executing command as another user: Not authorized\n',
    expected: 'elevation-refused',
  },
  {
    via: 'pkexec',
    code: 127,
    stderr: 'Error accessing /no/such: No such file or directory\n',
    expected: 'helper-missing',
  },
  { via: 'pkexec', code: 127, stderr: 'pkexec must be setuid root\n', expected: 'elevation-none' },
  { via: 'sudo', code: 1, stderr: 'sudo: a password is required\n', expected: 'elevation-none' },
  {
    via: 'sudo',
    code: 1,
    stderr: 'sudo: a terminal is required to read the password; either use the -S option\n',
    expected: 'elevation-none',
  },
  {
    via: 'sudo',
    code: 1,
    stderr: 'Sorry, try again.\nsudo: 3 incorrect password attempts\n',
    expected: 'elevation-refused',
  },
  { via: 'sudo', code: 1, stderr: 'alice is not in the sudoers file.\n', expected: 'elevation-none' },
  {
    via: 'sudo',
    code: 1,
    stderr: 'sudo: interactive authentication is required\n',
    expected: 'elevation-none',
  },
  {
    via: 'sudo',
    code: 1,
    stderr: 'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n',
    expected: 'elevation-none',
  },
  { via: 'sudo', code: 1, stderr: 'sudo: /no/such: command not found\n', expected: 'helper-missing' },
  {
    via: 'root',
    code: 1,
    stderr: "Error: Cannot find module '/x/helper.cjs'\n  code: 'MODULE_NOT_FOUND',\n",
    expected: 'helper-missing',
  },
  { via: 'root', code: null, stderr: 'spawn /no/node ENOENT', expected: 'helper-missing' },
  { via: 'root', code: 70, stderr: 'TypeError: x\n', expected: 'helper-not-started' },
  { via: 'wsl', code: 1, stderr: '', expected: 'helper-not-started' },
] as const;

describe('explainFailedStart', () => {
  it.for(SAID)('is $expected for $via, exit code $code: $stderr', ({ via, code, stderr, expected }) => {
    const failure = explainFailedStart(via, { code, signal: null, stderr });
    expect(failure.code).toBe(expected);
    expect(wordsFor('en').failure(failure).message).toMatch(/^[A-Za-z].{15,}/s);
  });

  it('repeats the last words of what it does not know', () => {
    const failure = explainFailedStart('root', { code: null, signal: 'SIGSEGV', stderr: 'one\ntwo\n' });
    expect(failure).toEqual({ code: 'helper-not-started', facts: { how: 'SIGSEGV', said: 'two' } });
  });
});
