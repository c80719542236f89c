import { type DoctorFinding } from '#shared/contract/doctor.ts';
import { type Failure } from '#shared/result.ts';
import { en } from './en.ts';

/** What a language has to have. */
export type Words = typeof en;

const catalogues: Readonly<Record<string, Words>> = { en };

/** The catalogue for a language tag or locale (`de-CH`, `en_GB.UTF-8`); English where there is none. */
export function wordsFor(language: string | undefined): Words {
  const name = language?.toLowerCase().split(/[-_.]/)[0] ?? 'en';
  return (Object.hasOwn(catalogues, name) ? catalogues[name] : undefined) ?? en;
}

/** A failure in one line, for logs and terminals: what happened, and what to do about it. */
export function failureLine(failure: Failure, words = en): string {
  const { message, hint } = words.failure(failure);
  return hint === undefined ? message : `${message} ${hint}`;
}

/** A failure with its words, for programs that read JSON. */
export function failureWithWords(failure: Failure, words = en) {
  return { ...failure, ...words.failure(failure) };
}

/** The words for one finding of the doctor. */
export function findingWords(
  words: Words,
  finding: DoctorFinding,
): { readonly title: string; readonly meaning: string; readonly hint?: string } {
  const { title, outcomes } = words.doctor[finding.check];
  // The type of a finding ties its outcome to its check; the union of all checks loses that tie.
  const ofOutcome = (outcomes as Record<string, { readonly meaning: string; readonly hint?: string }>)[
    finding.outcome
  ];
  if (ofOutcome === undefined) throw new Error(`no words for ${finding.check}: ${finding.outcome}`);
  return { title, ...ofOutcome };
}

/** What each of the other killers of a finding waits for, and what is not known of it; empty for other findings. */
export function killerSentences({ killers: words }: Words, { killers = [] }: DoctorFinding): string[] {
  return killers.flatMap((killer) => [
    ...words.sentences(killer),
    ...killer.unknown.map((what) => words.unknown[what]),
  ]);
}
