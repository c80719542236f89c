import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../helpers/processes/scarce-descriptors.ts', import.meta.url));

/** What the program printed below a limit of descriptors that the kernel enforces. */
async function below(limit: number): Promise<Record<string, unknown>> {
  const command = `ulimit -n ${limit} && exec "$0" "$1"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, PROGRAM]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('with all descriptors taken', { timeout: 60_000 }, () => {
  it('every file is read, the journal is opened, and no process is lost: kept descriptors are given up', async () => {
    const seen = await below(500);
    expect(seen).toMatchObject({
      before: 300,
      keptBefore: 300,
      meminfo: true,
      store: true,
      after: [300, 300],
    });
    // Those that were given up are not taken back at once.
    expect(seen['kept']).toBe(300 - 2 * 64);
  });
});
