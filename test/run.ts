/**
 * `npm test`: brings what the suites need of the system, builds, runs the suites and counts. `npm test -- unit cli` runs only those.
 * With CI=true anything that had to be left out fails the run.
 */
import { fileURLToPath } from 'node:url';
import { buildWhenNeeded } from '../scripts/builder.ts';
import { runKernelLab } from './run/kernel-suite.ts';
import { exitCode, formatReport } from './run/report.ts';
import {
  inRows,
  isLabSuite,
  isSuiteName,
  SUITES,
  type SuiteName,
  type SuiteResult,
  whyNotAsUser,
} from './run/suite.ts';
import { provideSystemPackages, thisSystem } from './run/system-packages.ts';
import { runVitest } from './run/vitest-suite.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A priority at which others come first, and a virtual machine still answers in time. */
const GIVES_WAY = 5;
const NOTHING = { passed: 0, failed: 0, skipped: 0, seconds: 0, leftOut: [], failures: [] };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (!process.versions.node.startsWith('24.')) {
    process.stderr.write(`The tests run on Node 24; this is ${process.version}. "npm ci" brings it.\n`);
    return 1;
  }
  const unknown = args.find((arg) => !isSuiteName(arg));
  if (unknown !== undefined) {
    process.stderr.write(`There is no suite "${unknown}". There are: ${SUITES.join(', ')}.\n`);
    return 2;
  }
  const suites = SUITES.filter((name) => args.length === 0 || args.includes(name));
  const system = thisSystem();
  const leftOut = provideSystemPackages(suites, system);
  const results: SuiteResult[] = [];
  const built = suites.every((name) => name === 'unit') || buildWhenNeeded();
  if (!built) results.push({ ...NOTHING, name: 'build', failed: 1 });
  const runOrLeave = async (name: SuiteName, nice: number): Promise<SuiteResult> => {
    const why =
      whyNotAsUser(name, system.isRoot) ??
      leftOut.get(name)?.why ??
      (built || name === 'unit' ? undefined : 'the build failed');
    return why === undefined ? runSuite(name, nice) : { ...NOTHING, name, leftOut: [{ part: name, why }] };
  };
  const rows = inRows(suites);
  // Beside another row, the suites apart give way: those on this machine have times to keep.
  const apartNice = rows.onThisMachine.length === 0 ? 0 : GIVES_WAY;
  const run = async (row: readonly SuiteName[], nice: number) => {
    for (const name of row) results.push(await runOrLeave(name, nice));
  };
  await Promise.all([run(rows.onThisMachine, 0), run(rows.apart, apartNice)]);
  process.stdout.write(`\n${formatReport(results)}\n`);
  return exitCode(results, process.env['CI'] === 'true');
}

function runSuite(name: SuiteName, nice: number): Promise<SuiteResult> {
  process.stdout.write(`\n== ${name} ==\n`);
  return isLabSuite(name) ? runKernelLab(ROOT, name, nice) : runVitest(ROOT, name, nice);
}
