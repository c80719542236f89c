/** Curves of a real kernel (test/fixtures/forecast, recorded by `npm run lab -- --forecast`) against when it killed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { median } from '#shared/forecast/points.ts';
import { playRecorded } from '../../../bench/forecast/recorded.ts';
import { type RecordedDeath } from '../../../kernel/forecast/fixture.ts';

const FOLDER = join(import.meta.dirname, '../../../fixtures/forecast');

const deaths = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const death = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as RecordedDeath;
    return { name, scope: death.scope, ...playRecorded(death) };
  });

describe('the forecast of a real kernel', () => {
  it.for(deaths)('is there before the kill: $name', ({ spoken, looks }) => {
    expect(spoken.length).toBeGreaterThan(0.25 * looks);
  });

  it.for(['machine', 'cgroup'] as const)('holds the truth in its span, which is narrow: %s', (scope) => {
    const spoken = deaths.filter((death) => death.scope === scope).flatMap((death) => death.spoken);
    const holding = spoken.filter(
      ({ lowSeconds, highSeconds, truth }) => lowSeconds <= truth && truth <= highSeconds,
    );
    expect(spoken.length).toBeGreaterThan(60);
    expect(holding.length / spoken.length).toBeGreaterThan(0.75);
    const widths = spoken.map(({ lowSeconds, highSeconds }) => highSeconds / Math.max(lowSeconds, 1));
    expect(median(widths)).toBeLessThan(2.2);
  });
});
