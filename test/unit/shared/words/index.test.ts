import { describe, expect, it } from 'vitest';
import { DOCTOR_OUTCOMES, type DoctorFinding } from '#shared/contract/doctor.ts';
import { en } from '#shared/words/en.ts';
import { findingWords, wordsFor } from '#shared/words/index.ts';

describe('wordsFor', () => {
  it.each([undefined, 'en', 'en_GB.UTF-8', 'xx', 'C', '', 'constructor', '__proto__'])(
    'answers %s',
    (language) => {
      expect(wordsFor(language)).toBe(en);
    },
  );
});

describe('findingWords', () => {
  const findings = Object.entries(DOCTOR_OUTCOMES).flatMap(([check, outcomes]) =>
    Object.entries(outcomes).map(([outcome, state]) => ({ check, outcome, state, value: '' })),
  ) as DoctorFinding[];

  it.each(findings.map((each) => [each.check, each.outcome, each] as const))(
    'has words for %s: %s',
    (_, __, each) => {
      const text = findingWords(en, each);
      expect(text.title).not.toBe('');
      expect(text.meaning).toMatch(/^[^\s].*\.$/s);
    },
  );

  it('gives a way out wherever answers are wrong or missing', () => {
    const silent = findings.filter(
      (each) => each.state === 'bad' && findingWords(en, each).hint === undefined,
    );
    expect(silent).toEqual([]);
  });

  it('does not make up words', () => {
    const made: unknown = { check: 'kernel', outcome: 'made-up', state: 'good', value: '' };
    expect(() => findingWords(en, made as DoctorFinding)).toThrow('no words for kernel: made-up');
  });
});
