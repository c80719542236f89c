import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Attack, type AttackReport, Tally } from './attack.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEST = 'test/unit/src-main/engine/change/planned.test.ts';
const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** What of vitest's JSON report is read. */
interface Report {
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/**
 * Random changes one after the other, with other programs writing in between: what is written, read back and recorded has to be what each
 * preview said. The long form of a unit test, in `count` rounds for each of its properties.
 */
export const fuzzPlans: Attack = async ({ count, seed }) => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-plans-'));
  const file = join(folder, 'report.json');
  try {
    await run(file, { LIFEBOAT_RUNS: String(count), LIFEBOAT_SEED: String(seed) });
    return judge(JSON.parse(readFileSync(file, 'utf8')) as Report, count);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Runs the test; whether it passes is in the report. */
function run(file: string, env: Readonly<Record<string, string>>): Promise<void> {
  const args = [
    'run',
    '--project',
    'unit',
    '--reporter',
    'json',
    '--outputFile',
    file,
    '--testTimeout',
    '0',
    TEST,
  ];
  const child = spawn(process.execPath, [VITEST, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      resolve();
    });
  });
}

function judge({ testResults }: Report, count: number): AttackReport {
  const tally = new Tally();
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  for (const { title, status, failureMessages = [] } of results) {
    if (status !== 'passed') tally.lose(`${title}: ${failureMessages.join(' ')}`);
  }
  tally.add('rounds of each property', count);
  if (results.length === 0)
    tally.lose(`the test did not run: ${testResults.map(({ message = '' }) => message).join(' ')}`);
  return tally.report();
}
