import { type Applied } from '#shared/contract/change.ts';
import { isSerious, type AdjPreview, type LastingPlace } from '#shared/model/change.ts';
import { sameProcess } from '#shared/model/process.ts';
import { type KeepPreview, type RuleEffect } from '#shared/model/rule.ts';
import { failureWithWords, type Words } from '#shared/words/index.ts';
import { terminal } from '#shared/words/en/terminal.ts';

/** How values are kept for later starts: what Lifeboat does, and what is to be done by hand. */
export interface Keep {
  readonly plan?: KeepPreview;
  readonly byHand: readonly LastingPlace[];
}

/** Other running processes that a rule changes at once: those of the preview have the value by then. */
export function othersOf({ changes }: AdjPreview, keep: Keep | undefined): readonly RuleEffect[] {
  return (keep?.plan?.effects ?? []).filter(
    (effect) => !changes.some((change) => sameProcess(change, effect) && change.after === effect.after),
  );
}

/** What is about to be written, what it brings, and what to know. */
export function previewLines(preview: AdjPreview, remark: string | undefined, words: Words): string[] {
  const { changes } = words;
  return [
    ...preview.changes.map(
      (change) => `${changes.changeLine(change)}  (${changes.legacyValue(change.after)})`,
    ),
    ...changes.strengthLines(preview),
    changes.previewSentence(preview),
    ...(remark === undefined ? [] : [`! ${remark}`]),
    ...preview.warnings.map(
      (warning) => `${isSerious(warning) ? '!' : '·'} ${changes.warningSentence(warning)}`,
    ),
  ];
}

/** What is kept for later starts, and which other processes a rule changes at once. */
export function keepLines(keep: Keep | undefined, preview: AdjPreview, words: Words): readonly string[] {
  if (keep === undefined) return [];
  const { keep: labels, effectLine, keepLine } = words.ruleChanges;
  const others = othersOf(preview, keep);
  return [
    ...(keep.plan?.places ?? []).map(keepLine),
    ...(others.length === 0 ? [] : [`! ${labels.now(others.length)}`]),
    ...others.map((effect) => `    ${effectLine(effect)}`),
    ...placeLines(keep.byHand, words),
  ];
}

export function placeLines(places: readonly LastingPlace[], words: Words): string[] {
  return places.map((place) => words.changes.lastingPlanSentence(place));
}

/** What became of it, and how it is undone. */
export function appliedLines({ outcomes, group }: Applied, words: Words): string[] {
  const written = outcomes.some(({ error }) => error === undefined);
  const undo = group === undefined ? terminal.notRecorded : `Undo: lifeboat undo ${group}`;
  return ['', ...outcomes.map((outcome) => words.changes.outcomeLine(outcome)), ...(written ? [undo] : [])];
}

export function previewJson({ lasting, ...preview }: AdjPreview) {
  return { ...preview, lasting: lasting.map(placeJson) };
}

export function placeJson({ refused, ...place }: LastingPlace) {
  return { ...place, ...(refused === undefined ? {} : { refused: failureWithWords(refused) }) };
}

export function keepJson({ places, ...plan }: KeepPreview) {
  return { ...plan, places: places.map(placeJson) };
}

export function appliedJson({ outcomes, ...applied }: Applied) {
  return {
    ...applied,
    outcomes: outcomes.map(({ error, ...outcome }) => ({
      ...outcome,
      ...(error === undefined ? {} : { error: failureWithWords(error) }),
    })),
  };
}
