import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const programs = new URL('../helpers/processes/', import.meta.url);

/** What a program printed below a limit of descriptors that the kernel enforces. */
async function below(limit: number, name: string): Promise<Record<string, unknown>> {
  const command = `ulimit -n ${limit} && exec "$0" "$1"`;
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    command,
    process.execPath,
    fileURLToPath(new URL(name, programs)),
  ]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('with all descriptors taken', { timeout: 60_000 }, () => {
  it('every file is read, the journal is opened, and no process is lost: kept descriptors are given up', async () => {
    const seen = await below(500, 'scarce-descriptors.ts');
    expect(seen).toMatchObject({
      before: 300,
      keptBefore: 300,
      meminfo: true,
      store: true,
      after: [300, 300],
      wrote: true,
      own: { ok: true, text: '{}' },
      seen: true,
    });
    // Those that were given up are not taken back at once.
    expect(seen['kept']).toBe(300 - 2 * 64);
  });

  it('a helper is started with descriptors that are given up, and without any it is said that it cannot be', async () => {
    expect(await below(100, 'scarce-launch.ts')).toEqual({
      none: { code: 'helper-not-started', facts: { how: 'exit code unknown', said: 'spawn /bin/sh EMFILE' } },
      some: 'started',
    });
  });
});
