import { clean } from '../clean.ts';

/** What the file of an application says: the group `[Desktop Entry]` of a desktop file. */
export interface DesktopEntry {
  readonly name: string;
  readonly exec?: string;
  readonly tryExec?: string;
  readonly icon?: string;
  readonly wmClass?: string;
  readonly categories: readonly string[];
  readonly noDisplay: boolean;
  readonly terminal: boolean;
  readonly flatpak?: string;
  readonly snapInstance?: string;
  readonly snapApp?: string;
  readonly appImageId?: string;
  readonly execLocation?: string;
}

/** Names of a locale's variants in the order of the specification: `de_AT@euro` -> de_AT@euro, de_AT, de@euro, de. */
export function localeNames(locale: string): readonly string[] {
  const [, language, country = '', modifier = ''] =
    /^([A-Za-z]+)(_[A-Za-z]+)?(?:\.[^@]*)?(@.+)?$/.exec(locale) ?? [];
  if (language === undefined || language === 'C' || language === 'POSIX') return [];
  const names = [language + country + modifier, language + country, language + modifier, language];
  return [...new Set(names)];
}

/**
 * Reads a desktop file (Desktop Entry Specification 1.5). Undefined where it is none of an application, is hidden as if it were deleted, or has no
 * name. `locales`: as `localeNames` gives them.
 *
 *     [Desktop Entry]
 *     Name=Files
 */
export function parseDesktopEntry(text: string, locales: readonly string[] = []): DesktopEntry | undefined {
  const values = keysOf(text);
  if (values === undefined || values.get('Hidden') === 'true') return undefined;
  if ((values.get('Type') ?? 'Application') !== 'Application') return undefined;
  const localised = locales.map((locale) => values.get(`Name[${locale}]`)).find((name) => name !== undefined);
  const name = clean(unescape(localised ?? values.get('Name') ?? ''));
  if (name === '') return undefined;
  const text_ = (key: string): string | undefined => {
    const value = values.get(key);
    return value === undefined || value === '' ? undefined : unescape(value);
  };
  const entry: { -readonly [K in keyof DesktopEntry]: DesktopEntry[K] } = {
    name,
    categories: (values.get('Categories') ?? '').split(';').filter((category) => category !== ''),
    noDisplay: values.get('NoDisplay') === 'true',
    terminal: values.get('Terminal') === 'true',
  };
  for (const [field, key] of TEXT_KEYS) {
    const value = text_(key);
    if (value !== undefined) entry[field] = value;
  }
  return entry;
}

const TEXT_KEYS = [
  ['exec', 'Exec'],
  ['tryExec', 'TryExec'],
  ['icon', 'Icon'],
  ['wmClass', 'StartupWMClass'],
  ['flatpak', 'X-Flatpak'],
  ['snapInstance', 'X-SnapInstanceName'],
  ['snapApp', 'X-SnapAppName'],
  ['appImageId', 'X-AppImage-Identifier'],
  ['execLocation', 'X-ExecLocation'],
] as const;

/** The keys of the first group, which is that of the entry. */
function keysOf(text: string): ReadonlyMap<string, string> | undefined {
  const values = new Map<string, string>();
  let isInside = false;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[') && line.endsWith(']')) {
      if (isInside) break;
      if (line !== '[Desktop Entry]') return undefined;
      isInside = true;
      continue;
    }
    const at = line.indexOf('=');
    if (!isInside || at < 1) continue;
    const key = line.slice(0, at).trimEnd();
    if (!values.has(key)) values.set(key, line.slice(at + 1).trimStart());
  }
  return isInside ? values : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

function unescape(value: string): string {
  return value.replace(/\\([sntr\\])/g, (_, letter: string) => ESCAPES[letter] ?? '');
}
