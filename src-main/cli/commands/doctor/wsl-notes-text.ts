import { type DoctorState } from '#shared/contract/doctor.ts';
import { formatBytes } from '#shared/format/bytes.ts';
import { safeText } from '#shared/format/safe-text.ts';
import { type WslReport } from '#shared/model/wsl.ts';
import { type Words } from '#shared/words/index.ts';
import { wslNotes } from '#shared/wsl/notes.ts';
import { fold } from '../../terminal/fold.ts';

const INDENT = '      ';

/** The part of `lifeboat doctor` that is about WSL, folded; what is to be copied stays whole. */
export function wslLines(
  report: WslReport,
  words: Words,
  marks: Readonly<Record<DoctorState, string>>,
  columns: number | undefined,
): readonly string[] {
  const home = words.wslHome(report.machine);
  const lines = ['', words.wslView.title, ...(home === undefined ? [] : [fold(safeText(home), '', columns)])];
  for (const share of report.machine.shares)
    lines.push(`  ${safeText(words.wslView.share(share))}: ${formatBytes(share.memoryBytes)}`);
  for (const note of wslNotes(report)) {
    const { title, meaning, hint, copy = [] } = words.wslNote(note);
    lines.push(`${marks[note.state]}  ${title}`);
    lines.push(fold(safeText(hint === undefined ? meaning : `${meaning} ${hint}`), INDENT, columns));
    for (const line of copy) lines.push(`${INDENT}  ${safeText(line)}`);
    for (const finding of note.kind === 'mistakes' ? note.findings : []) {
      const text = `${words.wslView.line(finding.line)}: ${words.wslFinding(finding)}`;
      lines.push(fold(safeText(text), INDENT, columns));
      for (const line of finding.correction?.split('\n') ?? []) lines.push(`${INDENT}  ${safeText(line)}`);
    }
  }
  return lines;
}

/** The same as data: the figures, and every note with its words. */
export function wslJson(report: WslReport, words: Words): unknown {
  const notes = wslNotes(report).map((note) => ({ ...note, ...words.wslNote(note) }));
  return { machine: report.machine, notes };
}
