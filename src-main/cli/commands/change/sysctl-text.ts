import { safeText } from '#shared/format/safe-text.ts';
import { type SysctlEffect, type SysctlState } from '#shared/model/sysctl/sysctl.ts';
import { type Tuning } from '../../../engine/change/sysctl/tuning.ts';
import { type Words } from '#shared/words/index.ts';
import { plain } from '#shared/words/sentence.ts';
import { textTable, type Column } from '../../terminal/text-table.ts';
import { terminal } from '#shared/words/en/terminal.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'SETTING', align: 'left' },
  { heading: 'NOW', align: 'right' },
  { heading: 'NEXT BOOT', align: 'right' },
  { heading: 'FROM', align: 'left', least: 12 },
];

/** The settings as a table, what is dangerous above it, and what is odd about them below it. */
export function listLines(
  states: readonly SysctlState[],
  { reader, decidedBy, unreadable }: Pick<Tuning, 'reader' | 'decidedBy' | 'unreadable'>,
  dangers: readonly SysctlEffect[],
  words: Words,
  columns?: number,
): string[] {
  const rows = states.map((state) => [
    state.spec.name,
    number(state.now),
    number(state.afterBoot),
    sourceOf(state, words),
  ]);
  const odd = states.flatMap((state) => oddLines(state, words).map((line) => `${state.spec.name}: ${line}`));
  return [
    ...dangerLines(dangers, words),
    ...textTable(COLUMNS, rows, columns),
    '',
    ...odd,
    ...unreadable.map((file) => plain(words.sysctl.unreadableSentence(file))),
    words.sysctl.reservation(decidedBy, reader),
  ];
}

/** What the next boot brings that is dangerous. */
export function dangerLines(dangers: readonly SysctlEffect[], words: Words): string[] {
  const lines = dangers.map(
    ({ weight, name, fact }) => `${MARKS[weight]} ${plain(words.sysctl.factSentence(name, fact))}`,
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

function oddLines(state: SysctlState, { sysctl }: Words): string[] {
  return [sysctl.driftSentence(state), ...sysctl.laterSentences(state), ...sysctl.loserSentences(state)]
    .filter((sentence) => sentence.length > 0)
    .map(plain);
}

function sourceOf({ onDisk, afterBoot, decidedBy, later }: SysctlState, { sysctl }: Words): string {
  if (decidedBy === 'host') return 'the host decides';
  const source = onDisk === undefined ? kernelSource(afterBoot) : safeText(onDisk.file);
  const [first] = later;
  return first === undefined ? source : terminal.sysctl.unless(source, sysctl.laterName(first));
}

function kernelSource(afterBoot: number | undefined): string {
  return afterBoot === undefined ? terminal.sysctl.computed : 'the kernel';
}

function number(value: number | undefined): string {
  return value === undefined ? '?' : value.toString();
}

/** All about one setting. */
export function settingLines(
  state: SysctlState,
  { reader, decidedBy, unreadable }: Pick<Tuning, 'reader' | 'decidedBy' | 'unreadable'>,
  dangers: readonly SysctlEffect[],
  words: Words,
): string[] {
  const { spec, now } = state;
  const { title, meaning, values } = words.sysctl.settings[spec.name];
  const choices = Object.entries(values ?? {}).map(
    ([value, choice]) =>
      `  ${value === now?.toString() ? '*' : ' '} ${value}  ${choice.title}. ${choice.meaning}`,
  );
  return [
    ...dangerLines(dangers, words),
    `${spec.name} = ${now === undefined ? '? (cannot be read)' : words.sysctl.valueText(spec.name, now)}`,
    '',
    `${title}${title.endsWith('?') ? '' : '.'} ${meaning}`,
    ...choices,
    '',
    `Range: ${spec.lowest} to ${spec.highest}`,
    `On disk: ${plain(words.sysctl.diskSentence(state))}`,
    ...words.sysctl.loserSentences(state).map((sentence) => `  ${plain(sentence)}`),
    ...[words.sysctl.driftSentence(state)].filter((sentence) => sentence.length > 0).map(plain),
    ...words.sysctl.laterSentences(state).map(plain),
    ...unreadable.map((file) => plain(words.sysctl.unreadableSentence(file))),
    words.sysctl.reservation(decidedBy, reader),
    `Kernel document: ${spec.document}`,
  ];
}

/** What differs from the next boot, with what is ignored on the way there. */
export function diffLines(
  states: readonly SysctlState[],
  { reader, decidedBy }: Pick<Tuning, 'reader' | 'decidedBy'>,
  dangers: readonly SysctlEffect[],
  words: Words,
): string[] {
  const differing = states.flatMap((state) => {
    const { spec, drifts, ignored, unread, later } = state;
    if (!drifts && ignored.length + unread.length + later.length === 0) return [];
    const disk = drifts ? ` ${plain(words.sysctl.diskSentence(state))}` : '';
    return oddLines(state, words).map((line, index) => `${spec.name}: ${line}${index === 0 ? disk : ''}`);
  });
  const same =
    decidedBy === 'files' && !states.some(({ drifts }) => drifts) ? [terminal.sysctl.asOnDisk] : [];
  return [...dangerLines(dangers, words), ...same, ...differing, words.sysctl.reservation(decidedBy, reader)];
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
    const lines = effects
      .filter((effect) => effect.name === name)
      .map(
        ({ weight, fact }) =>
          `  ${MARKS[weight].padStart(2)} ${plain(words.sysctl.factSentence(name, fact))}`,
      );
    const commands = effects.flatMap(({ name: own, fact }) =>
      own === name && 'command' in fact ? [`     ${safeText(fact.command)}`] : [],
    );
    return [`${name}: ${from} → ${words.sysctl.valueText(name, value)}`, ...lines, ...commands];
  });
}
