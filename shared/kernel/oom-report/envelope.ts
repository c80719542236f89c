import { kmsgText, textOfBytes } from './kmsg-text.ts';

/** What a line carries, without what loggers and terminals wrap around it. */
export interface Unwrapped {
  /** Missing where the form of the line says that the kernel did not write it. */
  readonly text?: string;
  readonly uptimeSeconds?: number;
}

const BRACE = 123;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const SMALL_D = 100;
const RECORD_SEPARATOR = 0x1e;
const BYTE_ORDER_MARK = 0xfeff;
const CARRIAGE_RETURN = 13;
const ESCAPE = '\u001b';
const colours = /\u001b\[[0-9;:?]*[A-Za-z]/g;
const kmsgRecord = /^\d{1,5},\d{1,20},\d{1,20},[^;]{0,200};/;

/** Whether a line may have an envelope around its text: most have none, and every line of a report is checked. */
export function isWrapped(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first === BRACE || first === RECORD_SEPARATOR || first === BYTE_ORDER_MARK) return true;
  if (first >= DIGIT_0 && first <= DIGIT_9 && kmsgRecord.test(line)) return true;
  return (
    line.charCodeAt(line.length - 1) === CARRIAGE_RETURN ||
    line.includes(ESCAPE) ||
    (first === SMALL_D && line.startsWith('data: {'))
  );
}

/** The message of a line, which comes without its line feed. */
export function messageIn(line: string): Unwrapped {
  let text = line;
  if (text.endsWith('\r')) text = text.slice(0, -1);
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
  if (text.includes(ESCAPE)) text = text.replace(colours, '');
  if (kmsgRecord.test(text)) return { text: kmsgText(text) };
  const json = jsonIn(text);
  return json === undefined ? { text } : ofEntry(json);
}

type Entry = Readonly<Record<string, unknown>>;

/** The object that the line is, as of `journalctl -o json`, Docker's json-file and collectors of logs. */
function jsonIn(text: string): Entry | undefined {
  const start = /^(?:\u001e|data: )?\s*(?=\{")/.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text.slice(start));
    return isEntry(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const messageFields = ['MESSAGE', 'message', 'msg', 'log', 'line', 'text', 'textPayload', 'body'];
const nestedFields = ['jsonPayload', 'fields', 'attributes', 'labels', '_source'];

function ofEntry(entry: Entry): Unwrapped {
  const levels = [entry, ...nestedFields.map((name) => entry[name]).filter(isEntry)];
  if (levels.some((level) => !mayBeKernels(level))) return {};
  for (const level of levels) {
    for (const name of messageFields) {
      const text = textOf(level[name]);
      if (text === undefined) continue;
      const micros = Number(level['_SOURCE_MONOTONIC_TIMESTAMP'] ?? NaN);
      return {
        text: text.replace(/\r?\n$/, ''),
        ...(Number.isFinite(micros) ? { uptimeSeconds: micros / 1e6 } : {}),
      };
    }
  }
  return {};
}

/** journald gives text as a string, or as its bytes where they are no UTF-8; the last of several values counts. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (!value.every((byte) => typeof byte === 'number')) return textOf(value.at(-1));
  return textOfBytes(value);
}

/**
 * Whether these fields leave it possible that the kernel wrote the entry. journald itself sets those with an underscore; SYSLOG_IDENTIFIER any
 * program can set, and what programs write to /dev/kmsg has _TRANSPORT=kernel, but a facility of theirs.
 */
export function mayBeKernels(fields: Entry): boolean {
  const of = (...names: readonly string[]) => {
    for (const name of names) {
      const value = fields[name];
      if (typeof value === 'string' || typeof value === 'number') return String(value).toLowerCase();
    }
    return undefined;
  };
  const transport = of('_TRANSPORT', 'transport');
  const facility = of('SYSLOG_FACILITY', 'syslog_facility', 'facility');
  const identifier = of(
    'SYSLOG_IDENTIFIER',
    'syslog_identifier',
    'ident',
    'appname',
    'program',
    'programname',
  );
  if (transport !== undefined && transport !== 'kernel') return false;
  if (facility !== undefined && !['0', 'kern', 'kernel'].includes(facility)) return false;
  return of('_PID') === undefined && (identifier === undefined || identifier === 'kernel');
}
