import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { type LabSuite, type SuiteResult } from './suite.ts';
import { runNode } from './vitest-suite.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const summarySchema = v.object({
  passed: count,
  failed: count,
  leftOut: v.array(v.object({ part: v.string(), why: v.string() })),
  failures: v.array(v.object({ test: v.string(), message: v.string() })),
});

/** The kernels that judge in each suite. */
const JUDGES: Record<LabSuite, readonly string[]> = {
  kernel: ['--kernel', '6.1', '--kernel', '6.12'],
  'kernel-here': ['--kernel', 'host', '--beside-guests'],
};

/** Runs the quick part of the kernel lab on these kernels, at this priority. */
export async function runKernelLab(root: string, name: LabSuite, nice: number): Promise<SuiteResult> {
  const lab = join(root, 'test/kernel/run.ts');
  const result = {
    name,
    ...{ passed: 0, failed: 0, skipped: 0, seconds: 0, leftOut: [], failures: [] },
  } as const;
  if (!existsSync(lab)) return { ...result, leftOut: [{ part: name, why: 'no test/kernel/run.ts' }] };
  const file = join(tmpdir(), `lifeboat-${name}-${process.pid}.json`);
  const before = performance.now();
  const code = await runNode(root, [lab, '--quick', ...JUDGES[name], '--json-summary', file], nice);
  const seconds = (performance.now() - before) / 1000;
  const summary = existsSync(file)
    ? v.safeParse(summarySchema, JSON.parse(readFileSync(file, 'utf8')))
    : undefined;
  rmSync(file, { force: true });
  if (summary?.success !== true) return { ...result, failed: 1, seconds };
  const { passed, failed, leftOut, failures } = summary.output;
  return { ...result, passed, failed: code !== 0 && failed === 0 ? 1 : failed, leftOut, failures, seconds };
}
