/*
 * The prefix before the kernel's text in a line, and the sender that it names. Loggers differ in language, order and parts; a list of their
 * forms is never complete. They have parts in common: a time, a host, a tag, a priority, text in brackets. A line counts as the kernel's
 * when only such parts stand before the text of a report.
 */

/** What the beginning of a line says. */
export interface LinePrefix {
  /** `kernel`: facility 0, or a tag that says so. `program`: another facility or tag. `unstated`: the form has no sender. */
  readonly sender: 'kernel' | 'program' | 'unstated';
  /** Where the parts end that could be read. */
  readonly end: number;
  readonly uptimeSeconds?: number;
}

/** Of syslog(3), by number; 12 to 15 are used by some systems only. */
const FACILITIES =
  'kern|user|mail|daemon|auth|security|syslog|lpr|news|uucp|cron|authpriv|ftp|ntp|audit|console|clock|local[0-7]';
const LEVELS = 'emerg|panic|alert|crit|err|error|warn|warning|notice|info|debug';

/** How much of the beginning has been read: nothing, a printk time, or the end of what may stand there. */
const OUTSIDE = 0;
const STAMPED = 1;
const SEALED = 2;
type Depth = typeof OUTSIDE | typeof STAMPED | typeof SEALED;

interface Part {
  readonly pattern: RegExp;
  /** The part may stand at this depth or before it. */
  readonly until: Depth;
  readonly leadsTo?: Depth;
  /** The sender that it names, by what it captured. */
  readonly sender?: (captured: string | undefined) => LinePrefix['sender'];
}

const facilityOf = (captured: string | undefined) =>
  captured !== undefined && /^kern$/i.test(captured) ? 'kernel' : 'program';
/** Severity in the low three bits, facility above: RFC 3164. */
const facilityIn = (captured: string | undefined) => (Number(captured) >> 3 === 0 ? 'kernel' : 'program');

const ofPid = (captured: string | undefined) => (captured === '0' ? 'kernel' : 'program');

/** Tried in this order at each place, until none fits. */
const parts: readonly Part[] = [
  // printk's time, with what dmesg -d adds, and the caller of CONFIG_PRINTK_CALLER.
  {
    pattern: /\[ {0,12}\d{1,10}\.\d{1,9}(?: {1,9}<[^>\]]{1,24}>)?\] ?/y,
    until: SEALED,
    leadsTo: STAMPED,
  },
  { pattern: /\[ {0,9}[TC]\d{1,9}\] ?/y, until: SEALED },
  // Any other bracket: times of dmesg -T, -e and -d in every language, and of terminals and containers. A row of a table has digits alone.
  { pattern: /\[(?=[^\]]*\d)(?=[^\]]*[^\d\s\]])[^\]]{1,60}\]:?(?: |(?=\[)|$)/y, until: SEALED },
  { pattern: /\[[\w./:-]{3,200}\] /y, until: OUTSIDE },
  { pattern: /\*\* \d{1,9} printk messages dropped \*\* ?/y, until: SEALED },
  // Indentation and quotes of mail.
  { pattern: /\s+/y, until: OUTSIDE },
  { pattern: /(?:[>|*#] ?)+/y, until: OUTSIDE },
  // /dev/kmsg and netconsole: priority, number, microseconds, flags and more fields.
  {
    pattern: /(\d{1,5}),\d{1,20},\d{1,20},[^;]{0,200};/y,
    until: OUTSIDE,
    leadsTo: SEALED,
    sender: facilityIn,
  },
  // RFC 5424: version, time, host, program, process, message, data.
  {
    pattern: /<([0-7])>1 \S{1,60} \S{1,255} kernel \S{1,128} \S{1,32} (?:-|\[[^\]]{0,400}\]) ?\ufeff?/y,
    until: OUTSIDE,
    leadsTo: SEALED,
    sender: facilityIn,
  },
  { pattern: /<(\d{1,3})>/y, until: OUTSIDE, sender: facilityIn },
  // dmesg -x and -r, logread, syslog-ng, Talos: facility and severity.
  {
    pattern: new RegExp(`(?:\\S{1,255} )?(${FACILITIES})\\.(?:${LEVELS})\\s{1,8}`, 'iy'),
    until: OUTSIDE,
    sender: facilityOf,
  },
  {
    pattern: new RegExp(`(?:\\S{1,255}: )?(${FACILITIES}) {0,8}: {0,8}(?:${LEVELS}) {0,8}: ?`, 'iy'),
    until: OUTSIDE,
    sender: facilityOf,
  },
  // The kernel's tag, after a host or none.
  {
    pattern: /(?:[^\s[\]<>]*[^\s:[\]<>] {1,8}){0,2}?kernel: ?/y,
    until: STAMPED,
    leadsTo: SEALED,
    sender: () => 'kernel',
  },
  // A date in any language: up to six words that end in a time of day, then perhaps a year and a zone.
  {
    pattern:
      /(?:[^\s[\]<>]{0,40}[^\s:[\]<>] {1,8}){0,6}?[^\s[\]<>]{0,60}(?:\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?|\d{1,2}\.\d\d\.\d\d)(?:Z|[+-]\d\d:?\d\d)?:? +(?:[AaPp]\.?[Mm]\.? +)?(?:[A-Z]{2,5} +(?=\d{4} )|[+-]\d{4} +)?(?:(?:19|20)\d\d +(?!\d))?(?:(?:UTC|GMT|[A-Z]{3,4}T) +)?/y,
    until: OUTSIDE,
  },
  // A time in seconds since 1970.
  { pattern: /\d{9,11}(?:\.\d{1,9})? +/y, until: OUTSIDE },
  // A host between the time of a logger and printk's.
  { pattern: /[^\s[\]<>]*[^\s:[\]<>] +(?=\[ {0,12}\d{1,10}\.\d)/y, until: OUTSIDE },
  // Containers: the stream of CRI, the name and bar of compose.
  { pattern: /(?:stdout|stderr) [FP] /y, until: OUTSIDE },
  { pattern: /\S{1,100} +\| /y, until: OUTSIDE },
  // logcat: process and thread, which are 0 for the kernel, a level, and a tag that is empty or says kernel.
  {
    pattern: /(?:[A-Za-z]\w{0,20} +)?(\d{1,7}) +\d{1,7} [VDIWEF] (?:(?:kernel)? *: )?/y,
    until: OUTSIDE,
    leadsTo: SEALED,
    sender: ofPid,
  },
  { pattern: /[VDIWEF]\/(?:kernel)? *\( *(\d{1,7})\): ?/y, until: OUTSIDE, leadsTo: SEALED, sender: ofPid },
  // The field of a journal's entry, of logfmt.
  { pattern: /(?:MESSAGE=|(?:msg|message|log)=")/y, until: OUTSIDE },
];

/** `sshd[77]: `: the kernel has no pid. */
const pidTag = /[^\s\]]\[\d{1,10}\]: /;
/** A console that does not begin a line for the kernel leaves words of others before printk's time. */
const glued = /^(.*?)\[ {0,12}\d{1,10}\.\d{6}\](?:\[ {0,9}[TC]\d{1,9}\])? ?/s;
const printkTime = /\[ {0,12}(\d{1,10}\.\d{1,9})(?: {1,9}<[^>\]]{1,24}>)?\]/g;
const kmsgTime = /^\s*\d{1,5},\d{1,20},(\d{1,20}),/;
/** The most frequent one by far, and the fastest. */
const plain = /^(?:\[ {0,12}(\d{1,10}\.\d{1,9})\](?:\[ {0,9}[TC]\d{1,9}\])? ?)?$/;

/** Whether this is a time of printk alone, or nothing. */
export function isPlain(before: string): boolean {
  return plain.test(before);
}

/** Reads the parts at the beginning of a line, of which `before` is what stands before the kernel's words or all of it. */
export function readPrefix(before: string): LinePrefix {
  const fast = plain.exec(before);
  if (fast) {
    const uptime = fast[1] === undefined ? {} : { uptimeSeconds: Number(fast[1]) };
    return { sender: 'unstated', end: before.length, ...uptime };
  }
  const { sender, ...read } = readParts(before);
  let { end } = read;
  if (before.trim() !== '' && before.slice(0, end).trim() === '') {
    const words = glued.exec(before);
    if (words?.[1] !== undefined && !/^\s*\S+: *$/.test(words[1]) && !pidTag.test(words[1]))
      end = words[0].length;
  }
  const uptimeSeconds = uptimeIn(before.slice(0, end));
  return { sender, end, ...(uptimeSeconds === undefined ? {} : { uptimeSeconds }) };
}

function readParts(before: string): { end: number; sender: LinePrefix['sender'] } {
  let end = 0;
  let depth: Depth = OUTSIDE;
  let sender: LinePrefix['sender'] = 'unstated';
  for (let again = true; again && end < before.length;) {
    again = false;
    for (const part of parts) {
      if (depth > part.until) continue;
      part.pattern.lastIndex = end;
      const found = part.pattern.exec(before);
      if (!found || found[0] === '') continue;
      end += found[0].length;
      if (part.leadsTo !== undefined && part.leadsTo > depth) depth = part.leadsTo;
      const named = part.sender?.(found[1]);
      // Once a part names a program, no other part makes the line the kernel's.
      if (named !== undefined && sender !== 'program') sender = named;
      again = true;
      break;
    }
  }
  return { end, sender };
}

function uptimeIn(prefix: string): number | undefined {
  const time = [...prefix.matchAll(printkTime)].at(-1)?.[1];
  if (time !== undefined) return Number(time);
  const microseconds = kmsgTime.exec(prefix)?.[1];
  return microseconds === undefined ? undefined : Number(microseconds) / 1e6;
}

/** A prefix as it is in all lines of a report: figures and the width of blanks differ. */
export function prefixShape(prefix: string): string {
  return prefix.replace(/\d+/g, '0').replace(/\s+/g, ' ');
}

/** Whether words that no known logger writes name no other program either; another line of the report must confirm them. */
export function isUnnamed(rest: string): boolean {
  return !/:(?:\s|$)/.test(rest);
}

/** Whether a program with a pid is named there. */
export function hasPidTag(rest: string): boolean {
  return pidTag.test(rest);
}

/** Figures and signs, as some vendors put them before a message (the CPU and pid of phones): no words. */
export function isFiguresOnly(rest: string): boolean {
  return rest
    .split(/\s+/)
    .every((word) => word === '' || /^[A-Za-z]?\d[\d:.()[\]-]*$|^[^\p{L}\d]+$/u.test(word));
}
