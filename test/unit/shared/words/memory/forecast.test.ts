import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Forecast } from '#shared/model/forecast.ts';
import { alertText, alertTitle } from '#shared/words/en/alerts.ts';
import { forecast as words, inSpan, lasting } from '#shared/words/en/memory/forecast.ts';

const GIB = 1024 ** 3;
const found: Forecast = {
  lowSeconds: 7.6 * 60,
  middleSeconds: 9 * 60,
  highSeconds: 11.2 * 60,
  fallingSeconds: 15 * 60,
  fellBytes: 2.1 * GIB,
  taker: { kind: 'process', process: { pid: 5, startTicks: 1, name: 'postgres' }, tookBytes: 1.9 * GIB },
};

describe('inSpan', () => {
  it.for([
    [8, 9, 'in 5 to 10 seconds'],
    [0, 3, 'within 5 seconds'],
    [20, 44, 'in 20 to 45 seconds'],
    [40, 119, 'in 40 to 120 seconds'],
    [40, 130, 'within 3 minutes'],
    [450, 690, 'in 7 to 12 minutes'],
    [3600, 7199, 'in 60 to 120 minutes'],
    [3600, 7300, 'in 1 to 3 hours'],
    [40 * 3600, 50 * 3600, 'in 1 to 3 days'],
  ] as const)('says %d to %d seconds as "%s"', ([low, high, text]) => {
    expect(inSpan(low, high)).toBe(text);
  });

  it('never says less than the span, nor a decimal', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 500_000, noNaN: true }),
        fc.double({ min: 1, max: 4, noNaN: true }),
        (low, factor) => {
          const high = low * factor;
          const said = inSpan(low, high);
          expect(said).not.toContain('.');
          const unit = [
            ['seconds', 1],
            ['minutes', 60],
            ['hours', 3600],
            ['days', 86_400],
          ].find(([name]) => said.endsWith(name as string));
          const numbers = [...said.matchAll(/\d+/g)].map(([digits]) => Number(digits) * Number(unit?.[1]));
          expect(Math.max(...numbers)).toBeGreaterThanOrEqual(Math.floor(high) - 5);
          if (numbers.length === 2) expect(numbers[0]).toBeLessThanOrEqual(low);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('the words of a forecast', () => {
  it('say when, since when, and who takes it', () => {
    expect(words.machine(found)).toBe('at this rate memory is used up in 7 to 12 minutes');
    expect(words.why(found)).toBe('postgres took 1.9 of 2.1 GiB in 15 minutes');
  });

  it('say who acts before the kernel does', () => {
    const killer = { name: 'earlyoom', lowSeconds: 4.5 * 60, highSeconds: 6.3 * 60 } as const;
    expect(words.machine({ ...found, killer })).toBe(
      'at this rate earlyoom acts in 4 to 7 minutes, the kernel in 7 to 12',
    );
  });

  it('say that many take it together', () => {
    const { taker: _, ...many } = found;
    expect(words.why(many)).toBe('many together took 2.1 GiB in 15 minutes');
  });

  it('are those of the notification, with the next victim', () => {
    const next = { pid: 7, startTicks: 1, name: 'java' };
    const alert = { kind: 'forecast', forecast: found, next } as const;
    expect(alertTitle(alert)).toBe('At this rate memory is used up in 7 to 12 minutes');
    expect(alertText(alert)).toBe('postgres took 1.9 of 2.1 GiB in 15 minutes. Next victim: java (7).');
    const killer = { name: 'earlyoom', lowSeconds: 270, highSeconds: 380 } as const;
    expect(alertText({ ...alert, forecast: { ...found, killer } })).toContain(
      "The kernel's next victim: java (7).",
    );
    expect(alertTitle({ ...alert, path: '/a', label: 'docker:jenkins' })).toBe(
      'docker:jenkins: memory used up in 7 to 12 minutes',
    );
  });

  it.for([
    [3, '3 seconds'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [900, '15 minutes'],
    [7200, '2 hours'],
    [200_000, '2 days'],
  ] as const)('say %d seconds as %s', ([seconds, text]) => {
    expect(lasting(seconds)).toBe(text);
  });
});
