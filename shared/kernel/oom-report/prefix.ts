import { anchorAt, triggerWords } from './anchor.ts';
import { likelyName, nameBytes, maxNameBytes } from './comm.ts';
import { readPrefix } from './sender.ts';

export { kmsgText } from './kmsg-text.ts';

export interface Message {
  readonly text: string;
  readonly uptimeSeconds?: number;
}

/** A log line from the kernel's own words on. Never takes from a line that begins with none of the parts that loggers write. */
export function withoutPrefix(line: string): Message {
  const trigger = line.indexOf(triggerWords);
  const anchor = trigger < 0 ? anchorAt(line) : trigger;
  const { end, uptimeSeconds } = readPrefix(anchor < 0 ? line : line.slice(0, anchor));
  const text =
    trigger >= 0
      ? `${nameOfTrigger(line.slice(0, trigger), end)}${line.slice(trigger)}`
      : line.slice(Math.max(anchor, end));
  return uptimeSeconds === undefined ? { text } : { text, uptimeSeconds };
}

/** The name of the trigger as far as its own line tells: what is left behind the prefix, if that can be a name. */
export function nameOfTrigger(before: string, prefixEnd: number): string {
  const rest = before.slice(prefixEnd);
  return nameBytes(rest) <= maxNameBytes ? rest : likelyName(before);
}
