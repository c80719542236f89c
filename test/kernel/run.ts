/** `npm run lab`: predictions against the real kernel. See options.ts for what it takes, docs/accuracy.md for what came of it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildWhenNeeded } from '../../scripts/builder.ts';
import { accuracyPage, accuracyTables } from './accuracy.ts';
import { keepProgram } from './machines/build.ts';
import { runLab } from './lab.ts';
import { type LabOptions, parseOptions, usage } from './options.ts';
import { built, repository, runFolder } from './paths.ts';
import { type Results } from './results.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  let options: LabOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  // What is judged is this source, not what was built before it.
  if (!buildWhenNeeded()) return 1;
  if (!keepProgram()) {
    process.stderr.write(`There is nothing in ${built}: run npm run build first.\n`);
    return 1;
  }
  const started = Date.now();
  say(`seeds from ${options.seed}`);
  const minutes = () => Math.round((Date.now() - started) / 6000) / 10;
  const results = await runLab(options, say, (soFar) => {
    if (options.writeAccuracy) writeAccuracy(soFar, args, minutes());
  });
  results.finish();
  say(
    `\n${accuracyTables(results)}\n\n${results.passed} passed, ${results.failed} failed, ${minutes()} minutes`,
  );
  for (const { part, why } of results.leftOut) say(`left out: ${part}: ${why}`);
  if (options.jsonSummary !== undefined) {
    const { passed, failed, leftOut, failures } = results;
    writeFileSync(options.jsonSummary, `${JSON.stringify({ passed, failed, leftOut, failures })}\n`);
  }
  return results.failed > 0 ? 1 : 0;
}

function writeAccuracy(results: Results, args: readonly string[], minutes: number): void {
  const facts = {
    date: new Date().toISOString().slice(0, 10),
    command: `npm run lab -- ${args.join(' ')}`,
    minutes,
  };
  writeFileSync(join(repository, 'docs/accuracy.md'), accuracyPage(results, facts));
}

const code = await main(process.argv.slice(2));
rmSync(runFolder, { recursive: true, force: true });
process.exit(code);
