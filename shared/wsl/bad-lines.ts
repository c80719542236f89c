import { type Entry } from './entries.ts';
import { doubled, meantKey, meantSection } from './corrections.ts';
import { type WslKeyTable } from './keys.ts';

type Bad = Extract<Entry, { readonly type: 'bad' }>;

/** What to write in place of a line that WSL refuses as a whole; undefined where it cannot be guessed. */
export function correctedLine(raw: string, { why }: Bad, table: WslKeyTable): string | undefined {
  switch (why) {
    case 'escape':
      return withValue(raw, doubled);
    case 'open-quote':
      return withValue(raw, (value) => (/\\"\s*$/.test(value) ? quotedPath(value) : closedQuote(value)));
    case 'section-name':
    case 'section-end':
    case 'after-section':
      return correctedSection(raw, table);
    case 'no-equals':
      return correctedKey(raw, table);
    case 'key-name':
      return correctedStart(raw, table);
  }
}

/** The line with its value, from the first `=` on, changed. */
function withValue(raw: string, change: (value: string) => string | undefined): string | undefined {
  const at = raw.indexOf('=');
  if (at < 0) return undefined;
  const value = change(raw.slice(at + 1));
  return value === undefined ? undefined : `${raw.slice(0, at + 1)}${value}`.trim();
}

/** `"D:\swap\"`: the last backslash made the quote a character. */
function quotedPath(value: string): string {
  const inside = value.trim().replace(/^"|"$/g, '');
  return `"${doubled(inside)}"`;
}

function closedQuote(value: string): string | undefined {
  const text = value.trim();
  // One quote, at the start or at the end.
  if (text.split('"').length !== 2) return undefined;
  return text.startsWith('"') ? `${text}"` : text.endsWith('"') ? `"${text}` : undefined;
}

function correctedSection(raw: string, table: WslKeyTable): string | undefined {
  const [, inside = '', rest = ''] = /^\s*\[+\s*([^\]#;]*?)\s*(?:\]+(.*))?$/.exec(raw) ?? [];
  const name = inside.replace(/[^A-Za-z0-9]/g, '');
  const section = table.section(name) ?? meantSection(name, table.sections);
  if (name === '' || section === undefined) return undefined;
  const head = `[${section}]`;
  const after = rest.trim();
  if (after === '') return head;
  const comment = /^(?:;|\/\/|#)\s*(.*)$/.exec(after);
  if (comment !== null) return `${head} # ${comment[1] ?? ''}`.trimEnd();
  // A key on the line of its section.
  return /^[A-Za-z][A-Za-z0-9]*\s*=/.test(after) ? `${head}\n${after}` : undefined;
}

function correctedKey(raw: string, table: WslKeyTable): string | undefined {
  const found = /^\s*([A-Za-z][A-Za-z0-9]*(?:[-_. ][A-Za-z0-9]+)*)\s*[:=]\s*(.*)$/.exec(raw);
  const [, written = '', value = ''] = found ?? /^\s*([A-Za-z][A-Za-z0-9]*)\s+(\S.*)$/.exec(raw) ?? [];
  // `wsl2.memory` names its section too.
  const name = written.slice(written.lastIndexOf('.') + 1).replace(/[^A-Za-z0-9]/g, '');
  if (name === '') return undefined;
  const [known] = table.named(name);
  const key = known ?? meantKey(name, table.all, []);
  return key === undefined ? undefined : `${key.key}=${value}`.trimEnd();
}

function correctedStart(raw: string, table: WslKeyTable): string | undefined {
  const text = raw.trim();
  // Comments of other formats.
  const comment = /^(?:;+|\/\/+|--+|::|%|!|\*)\s*(.*)$/.exec(text);
  if (comment !== null) return `# ${comment[1] ?? ''}`.trimEnd();
  const key = /^[^A-Za-z[#]{1,4}([A-Za-z][A-Za-z0-9]*\s*=.*)$/.exec(text)?.[1];
  const name = key === undefined ? '' : (/^[A-Za-z0-9]+/.exec(key)?.[0] ?? '');
  return key !== undefined && table.named(name).length > 0 ? key : undefined;
}
