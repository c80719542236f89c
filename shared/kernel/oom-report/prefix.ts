/** What syslog, journald, dmesg, /dev/kmsg and consoles put before a kernel message. */
const prefixes: readonly RegExp[] = [
  /^(?:>\s?)+/, // quoted mail
  /^\s*MESSAGE=/, // journalctl -o verbose
  /^<\d{1,3}>/, // syslog priority
  /^\d{1,3},\d{1,20},\d{1,20},[^;]{0,100};/, // /dev/kmsg
  /^[A-Z]\p{L}{1,4} {1,2}\d{1,2} \d\d:\d\d:\d\d \S{1,255} kernel: ?/u, // classic syslog
  /^\d{4}-\d\d-\d\dT\S{1,40} \S{1,255} kernel: ?/, // RFC 3339 syslog
  /^\S{1,255}: kern: {1,8}\w{1,10}: \[\S{1,40}\]: ?/, // Talos
  /^kernel: ?/,
  /^\*\* \d{1,9} printk messages dropped \*\* ?/,
  /^\[\p{L}{1,6}\.? {1,2}\p{L}{1,6}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}\] ?/u, // dmesg -T
];
/** All in one, since every line of a report is asked for them. */
const anyPrefix = new RegExp(prefixes.map(({ source }) => `(?:${source})`).join('|'), 'u');
const uptime = /^\[ {0,10}(\d{1,10}\.\d{1,9})\](?:\[ {0,6}[TC]\d{1,9}\])? ?/;
const kmsgTime = /^\d{1,3},\d{1,20},(\d{1,20}),/;

export interface Message {
  readonly text: string;
  readonly uptimeSeconds?: number;
}

/** A log line without what was put before the kernel's own words. Never takes from a line that has no known prefix. */
export function withoutPrefix(line: string): Message {
  let text = line;
  let uptimeSeconds: number | undefined;
  for (let again = true; again;) {
    const before = text;
    const kmsg = kmsgTime.exec(text);
    if (kmsg?.[1] !== undefined) uptimeSeconds = Number(kmsg[1]) / 1e6;
    text = text.replace(anyPrefix, '');
    const time = uptime.exec(text);
    if (time?.[1] !== undefined) {
      uptimeSeconds = Number(time[1]);
      text = text.slice(time[0].length);
    }
    again = text.length < before.length;
  }
  return uptimeSeconds === undefined ? { text } : { text, uptimeSeconds };
}

/**
 * The text of a /dev/kmsg record as it was printed: there bytes below 0x20, above 0x7e and backslashes stand as `\xNN`.
 * What follows the first line of a record are its ` KEY=value` lines, which are left out.
 */
export function kmsgText(record: string): string {
  const end = record.indexOf('\n');
  const line = end < 0 ? record : record.slice(0, end);
  return line.replace(/(?:\\x[0-9a-f]{2})+/g, unescaped);
}

function unescaped(run: string): string {
  try {
    return decodeURIComponent(run.replaceAll('\\x', '%'));
  } catch {
    /* Not UTF-8: what is ASCII stays, every other byte is one replacement character. */
    return run.replace(/\\x(..)/g, (_, hex: string) => {
      const byte = Number.parseInt(hex, 16);
      return byte < 0x80 ? String.fromCharCode(byte) : '\ufffd';
    });
  }
}
