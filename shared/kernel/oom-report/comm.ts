/** TASK_COMM_LEN without its NUL. */
export const maxNameBytes = 15;

/** One byte of a name as loggers write it: `\x0a` of dmesg and /dev/kmsg, `#012` of rsyslog. */
const escaped = /\\x[0-9a-f]{2}|#[0-3][0-7]{2}/g;

/** The least number of bytes that a printed name can have had; what is no UTF-8 stands as one replacement character a byte. */
export function nameBytes(printed: string): number {
  let bytes = 0;
  for (const character of printed.replace(escaped, '?')) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 || code === 0xfffd ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Each of its bytes may be printed as four characters. */
const mostCharacters = 4 * maxNameBytes;

/** Where the longest name begins that can end where this text ends. */
export function earliestNameStart(text: string): number {
  let start = Math.max(0, text.length - mostCharacters);
  while (start < text.length && nameBytes(text.slice(start)) > maxNameBytes) start += 1;
  return start;
}

/**
 * The likeliest name at the end of a text whose beginning nothing explains: after the first sign that 15 bytes can reach, else the last word.
 */
export function likelyName(text: string): string {
  const start = earliestNameStart(text);
  const reach = text.slice(Math.max(0, start - 2));
  const name = /[\]>|:;] (?=\S)(.*)$/s.exec(reach)?.[1] ?? /\S*$/.exec(text.slice(start))?.[0] ?? '';
  return nameBytes(name) > maxNameBytes ? '' : name;
}

/**
 * Where the name in parentheses ends that begins at `from`: at the last closing one that 15 bytes can reach and behind which the line goes on as
 * `goesOn` says, else at the last of all such. Undefined where there is none: the line is cut.
 */
export function endOfName(text: string, from: number, goesOn: RegExp): number | undefined {
  let last: number | undefined;
  const limit = from + mostCharacters + 1;
  for (let at = text.indexOf(')', from); at >= 0; at = text.indexOf(')', at + 1)) {
    const isInReach = at < limit && nameBytes(text.slice(from, at)) <= maxNameBytes;
    if (!isInReach && last !== undefined) break;
    if (goesOn.test(text.slice(at + 1, at + 40))) last = at;
  }
  return last;
}
