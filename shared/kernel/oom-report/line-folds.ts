import { anchorAt, triggerWords } from './anchor.ts';
import { isUnfinishedSummary } from './grammar.ts';
import { isUnfinishedVictim } from './kill-line.ts';
import { prefixShape } from './sender.ts';

/** Parts of a folded line at most: a name of 15 bytes has no more line breaks, and no mail program folds a line into more. */
const maxFolds = 16;

/** A line whose end is on the lines that follow it: a name may hold line breaks, and mail programs fold. */
export interface Fold {
  readonly before: string;
  readonly words: string;
  /** The line as it came, and those taken for its continuation. */
  readonly lines: readonly string[];
  readonly joined: string;
  readonly uptimeSeconds: number | undefined;
}

/** Whether these words of the kernel cannot end here. */
export function isUnfinished(words: string): boolean {
  const trigger = words.indexOf(triggerWords);
  if (trigger >= 0) return !/\border=-?\d/.test(words.slice(trigger));
  return words.startsWith('oom-kill:') ? isUnfinishedSummary(words) : isUnfinishedVictim(words);
}

/** The line with the next one joined to it; undefined where that is a line of its own, and this one is cut. */
export function joinFold(fold: Fold, line: string): Fold | undefined {
  if (fold.lines.length > maxFolds || line.includes(triggerWords) || anchorAt(line) >= 0) return undefined;
  const { before } = fold;
  const isSame = before !== '' && line.startsWith(before);
  if (!isSame && /\w/.test(before) && prefixShape(line.slice(0, 200)).startsWith(prefixShape(before)))
    return undefined;
  const body = isSame ? line.slice(before.length) : line.replace(/^ {8,}/, '');
  return { ...fold, joined: `${fold.joined}\n${body}`, lines: [...fold.lines, line] };
}
