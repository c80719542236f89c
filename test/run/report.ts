import { stripVTControlCharacters } from 'node:util';
import { type SuiteResult } from './suite.ts';

/** Of what a failed test says: the whole is where the suite ran, and may be far above. */
const MESSAGE_LINES = 12;

/** The table of suites, what was left out of them, what failed and why, and as last line the sums. */
export function formatReport(results: readonly SuiteResult[]): string {
  const rows = [
    ['suite', 'passed', 'failed', 'skipped', 'seconds'],
    ...results.map(({ name, passed, failed, skipped, seconds }) =>
      [name, passed, failed, skipped, seconds.toFixed(1)].map(String),
    ),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const leftOut = results
    .flatMap((result) => result.leftOut)
    .map(({ part, why }) => `left out: ${part} (${why})`);
  const failures = results.flatMap(({ name, failures: ofSuite }) =>
    ofSuite.map(({ test, message }) => `failed: ${name}: ${test}\n${firstLines(message)}`),
  );
  const sum = (key: 'passed' | 'failed' | 'skipped') =>
    results.reduce((total, result) => total + result[key], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  return [
    ...table,
    ...leftOut,
    ...failures,
    '',
    `${sum('passed')} passed, ${sum('failed')} failed${skipped}`,
  ].join('\n');
}

function firstLines(message: string): string {
  const lines = stripVTControlCharacters(message).trimEnd().split('\n').slice(0, MESSAGE_LINES);
  return lines.map((line) => `    ${line}`).join('\n');
}

/** 1 when something failed, or nothing ran; with `strict` also when anything was left out, be it a suite or a part of one. */
export function exitCode(results: readonly SuiteResult[], strict: boolean): 0 | 1 {
  if (results.some((result) => result.failed > 0)) return 1;
  if (results.every((result) => result.passed === 0)) return 1;
  return strict && results.some(({ leftOut }) => leftOut.length > 0) ? 1 : 0;
}
