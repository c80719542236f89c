import { formatAdj } from '#shared/format/count.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type Protection, type SeenRule } from '#shared/model/rule.ts';
import { terminal } from '#shared/words/en/terminal.ts';
import { wordsFor } from '#shared/words/index.ts';
import { outputColumns } from '../../terminal/output.ts';
import { textTable, type Column } from '../../terminal/text-table.ts';
import { ruleText } from './rule-text.ts';

const RULES: readonly Column[] = [
  { heading: '#', align: 'right' },
  { heading: 'ADJ', align: 'right' },
  { heading: 'FOR', align: 'left', least: 20 },
  { heading: 'NOW', align: 'right' },
  { heading: '', align: 'left' },
];

/** The rules, with how many processes each matches now. */
export function ruleTable(rules: readonly SeenRule[]): readonly string[] {
  return textTable(
    RULES,
    rules.map(({ number, oomScoreAdj, text, matches, refused }) => [
      number.toString(),
      formatAdj(oomScoreAdj),
      ruleText(text),
      matches.length.toString(),
      refused === undefined ? '' : terminal.rules.tooWide,
    ]),
    outputColumns(),
  );
}

const PROTECTIONS: readonly Column[] = [
  { heading: 'UNDO', align: 'right' },
  { heading: 'ADJ', align: 'right' },
  { heading: 'SET FOR', align: 'left', least: 20 },
  { heading: 'NOW', align: 'right' },
  { heading: '', align: 'left' },
];

/** Values that Lifeboat set otherwise and that are in force, with the number that undoes them. */
export function protectionTable(protections: readonly Protection[]): readonly string[] {
  if (protections.length === 0) return [];
  const { protectionText } = wordsFor(process.env['LANG']).ruleChanges;
  return [
    '',
    ...textTable(
      PROTECTIONS,
      protections.map((protection) => [
        protection.kind === 'foreign-unit' ? '' : protection.groups.join(', '),
        protection.oomScoreAdj === undefined ? '' : formatAdj(protection.oomScoreAdj),
        protectionText(protection),
        protection.matches.length.toString(),
        lastsText(protection),
      ]),
      outputColumns(),
    ),
  ];
}

/** How long it lasts; with its file where no number of the journal undoes it. */
function lastsText(protection: Protection): string {
  if (protection.kind === 'processes') return terminal.rules.untilItEnds;
  const isKnown = protection.kind === 'unit' && protection.groups.length > 0;
  return isKnown ? terminal.rules.atEveryStart : terminal.rules.byFile(safeText(protection.file));
}

/** A rule for programs that read JSON. */
export function seenJson({ refused, text: _, line, ...rule }: SeenRule) {
  return {
    ...rule,
    line,
    matches: rule.matches.map(({ pid, startTicks }) => ({ pid, startTicks })),
    tooWide:
      refused?.code === 'rule-too-wide' ? (refused.facts.count === undefined ? 'init' : 'many') : undefined,
  };
}
