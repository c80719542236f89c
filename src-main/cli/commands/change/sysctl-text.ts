import { safeText } from '#shared/format/safe-text.ts';
import { type SysctlEffect, type SysctlState } from '#shared/model/sysctl.ts';
import { type Words } from '#shared/words/index.ts';
import { plain } from '#shared/words/sentence.ts';
import { textTable, type Column } from '../../terminal/text-table.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'SETTING', align: 'left' },
  { heading: 'NOW', align: 'right' },
  { heading: 'NEXT BOOT', align: 'right' },
  { heading: 'FROM', align: 'left' },
];

/** The settings as a table, and what is odd about them below it. */
export function listLines(states: readonly SysctlState[], words: Words): string[] {
  const rows = states.map((state) => [
    state.spec.name,
    number(state.now),
    number(state.afterBoot),
    sourceOf(state) + (state.drifts ? '  (changed since boot)' : ''),
  ]);
  const odd = states.flatMap((state) =>
    [words.sysctl.driftSentence(state), ...words.sysctl.loserSentences(state)]
      .filter((sentence) => sentence.length > 0)
      .map((sentence) => `${state.spec.name}: ${plain(sentence)}`),
  );
  return [...textTable(COLUMNS, rows), ...(odd.length === 0 ? [] : ['', ...odd])];
}

function sourceOf({ onDisk, afterBoot }: SysctlState): string {
  if (onDisk !== undefined) return safeText(onDisk.file);
  return afterBoot === undefined ? 'the kernel computes it' : 'the kernel';
}

function number(value: number | undefined): string {
  return value === undefined ? '?' : value.toString();
}

/** All about one setting. */
export function settingLines(state: SysctlState, words: Words): string[] {
  const { spec, now } = state;
  const { title, meaning, values } = words.sysctl.settings[spec.name];
  const choices = Object.entries(values ?? {}).map(
    ([value, choice]) =>
      `  ${value === now?.toString() ? '*' : ' '} ${value}  ${choice.title}. ${choice.meaning}`,
  );
  return [
    `${spec.name} = ${now === undefined ? '? (cannot be read)' : words.sysctl.valueText(spec.name, now)}`,
    '',
    `${title}${title.endsWith('?') ? '' : '.'} ${meaning}`,
    ...choices,
    '',
    `Range: ${spec.lowest} to ${spec.highest}`,
    `On disk: ${plain(words.sysctl.diskSentence(state))}`,
    ...words.sysctl.loserSentences(state).map((sentence) => `  ${plain(sentence)}`),
    ...[words.sysctl.driftSentence(state)].filter((sentence) => sentence.length > 0).map(plain),
    `Kernel document: ${spec.document}`,
  ];
}

/** A mark for each weight: never colour alone. */
const MARKS: Record<SysctlEffect['weight'], string> = { note: ' ', warning: '!', danger: '!!' };

/** What changes would bring. */
export function effectLines(
  states: readonly SysctlState[],
  changes: readonly { readonly name: SysctlEffect['name']; readonly value: number }[],
  effects: readonly SysctlEffect[],
  words: Words,
): string[] {
  return changes.flatMap(({ name, value }) => {
    const now = states.find(({ spec }) => spec.name === name)?.now;
    const from = now === undefined ? '?' : words.sysctl.valueText(name, now);
    const told = effects
      .filter((effect) => effect.name === name)
      .map(
        ({ weight, fact }) =>
          `  ${MARKS[weight].padStart(2)} ${plain(words.sysctl.factSentence(name, fact))}`,
      );
    return [`${name}: ${from} → ${words.sysctl.valueText(name, value)}`, ...told];
  });
}
