import { describe, expect, it, onTestFinished } from 'vitest';
import { formatBytes } from '#shared/format/bytes.ts';
import { formatCount } from '#shared/format/count.ts';
import { usePlainNumerals } from '#shared/format/numerals.ts';

describe('numbers', () => {
  it('are typographic on a screen, and ASCII once a program asks for it', () => {
    expect(formatCount(-1_625_292)).toBe('\u22121\u202f625\u202f292');
    expect(formatBytes(-3 * 2 ** 30)).toBe('\u22123.0 GiB');
    onTestFinished(usePlainNumerals());
    expect(formatCount(-1_625_292)).toBe('-1625292');
    expect(formatBytes(-3 * 2 ** 30)).toBe('-3.0 GiB');
  });
});
