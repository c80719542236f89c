import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('support/pid-thief.ts', import.meta.url));
const ROUNDS = 1000;

describe('a pid that is taken by another process', () => {
  it(`is never written to, in ${ROUNDS.toLocaleString('en')} rounds`, { timeout: 240_000 }, () => {
    const ran = spawnSync(
      'unshare',
      ['--pid', '--fork', '--mount-proc', process.execPath, PROGRAM, String(ROUNDS)],
      { encoding: 'utf8', timeout: 230_000 },
    );
    expect(ran.stderr).toBe('');
    const counts = JSON.parse(ran.stdout) as Readonly<Record<string, number>>;
    process.stdout.write(ran.stdout);
    expect(counts).toMatchObject({ rounds: ROUNDS, strangersTouched: 0, other: 0 });
    // The helper's threads take a pid now and then; nearly all rounds are what they should be.
    expect(counts['taken']).toBeGreaterThan(ROUNDS * 0.95);
    expect(counts['gone']).toBeGreaterThan(ROUNDS * 0.5);
  });
});
