import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Attack, Tally } from './attack.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEST = 'test/unit/src-main/engine/change/planned.test.ts';
/** On this machine itself: fewer rounds, since its rules wait for the next reading of all processes. Needs root and the built program. */
const REAL_TEST = 'test/helper/real-plans.test.ts';
const REAL_SHARE = 5;
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
    const tally = new Tally();
    const played = async (project: string, test: string, rounds: number, what: string) => {
      await run(file, [project, test], { LIFEBOAT_RUNS: String(rounds), LIFEBOAT_SEED: String(seed) });
      judge(tally, JSON.parse(readFileSync(file, 'utf8')) as Report, [what, rounds]);
    };
    await played('unit', TEST, count, 'rounds of each property');
    const isBuilt = existsSync(join(ROOT, 'out/main/lifeboat.js'));
    if (process.getuid?.() === 0 && isBuilt)
      await played('helper', REAL_TEST, Math.ceil(count / REAL_SHARE), 'deeds on this machine');
    else
      process.stdout.write('plans: not played on this machine itself, which needs root and npm run build\n');
    return tally.report();
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Runs the test; whether it passes is in the report. */
function run(
  file: string,
  [project, test]: readonly [string, string],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const args = [
    'run',
    '--project',
    project,
    '--reporter',
    'json',
    '--outputFile',
    file,
    '--testTimeout',
    '0',
    test,
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

function judge(tally: Tally, { testResults }: Report, [what, rounds]: readonly [string, number]): void {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  for (const { title, status, failureMessages = [] } of results) {
    if (status !== 'passed') tally.lose(`${title}: ${failureMessages.join(' ')}`);
  }
  tally.add(what, rounds);
  if (results.length === 0)
    tally.lose(`the test did not run: ${testResults.map(({ message = '' }) => message).join(' ')}`);
}
