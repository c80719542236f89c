import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Failure, type LabSuite, type LeftOut, type SuiteName, type SuiteResult } from './suite.ts';

/** The part of Vitest's JSON report (that of Jest) that counts. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests?: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    /** Why the file could not be loaded. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName?: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** The counts of a report. A file that failed without a failed test in it (it could not be loaded) is a failure of its own. */
export function countTests(report: VitestReport): Pick<SuiteResult, 'passed' | 'failed' | 'skipped'> {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/** Tests that this user or this machine does not let run: each is named, with what it says of itself in parentheses. */
export function skippedTests(report: VitestReport): readonly LeftOut[] {
  return report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap(({ status, fullName = '' }) => {
      if (status !== 'skipped' && status !== 'pending') return [];
      return [{ part: fullName, why: /\(([^()]+)\)/.exec(fullName)?.[1] ?? 'skipped' }];
    }),
  );
}

/** Each test that failed, by its file below `root` and its name, with what it said; a file that could not be loaded too. */
export function failedTests(report: VitestReport, root: string): readonly Failure[] {
  return report.testResults.flatMap(({ name, status, message = '', assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [{ test: file, message }] : [];
    return failed.map(({ fullName = '', failureMessages = [] }) => ({
      test: `${file}: ${fullName}`,
      message: failureMessages.join('\n'),
    }));
  });
}

/** Runs one project of the Vitest configuration at this priority; what it says goes to the terminal. */
export async function runVitest(
  root: string,
  project: Exclude<SuiteName, LabSuite>,
  nice: number,
): Promise<SuiteResult> {
  const folder = join(root, 'test', project);
  const result = { name: project, passed: 0, failed: 0, skipped: 0, seconds: 0, leftOut: [], failures: [] };
  if (!hasTests(folder)) {
    return { ...result, leftOut: [{ part: project, why: `no tests in test/${project}` }] };
  }
  const file = join(tmpdir(), `lifeboat-vitest-${process.pid}-${project}.json`);
  const before = performance.now();
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json'];
  const code = await runNode(
    root,
    [join(root, 'node_modules/vitest/vitest.mjs'), ...args, `--outputFile.json=${file}`],
    nice,
  );
  const seconds = (performance.now() - before) / 1000;
  if (!existsSync(file)) return { ...result, failed: 1, seconds };
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  const counts = countTests(report);
  rmSync(file);
  // An error outside every test, such as a rejected promise that is not awaited.
  const failed = code !== 0 && counts.failed === 0 ? 1 : counts.failed;
  const failures = failedTests(report, root);
  return { ...result, ...counts, failed, seconds, leftOut: skippedTests(report), failures };
}

/** Runs this Node with arguments at this priority, its output in the terminal; returns the exit code, 1 when a signal ended it. */
export function runNode(root: string, args: readonly string[], nice: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` },
    });
    // All that it starts has the same.
    if (child.pid !== undefined && nice > 0) setPriority(child.pid, nice);
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

function hasTests(folder: string): boolean {
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.test.ts'))
  );
}
