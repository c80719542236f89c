import { nearest } from '../format/nearest.ts';
import { type WslKey } from './keys.ts';
import { parseWslSize } from './values.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
const STEP = 1024;
/** Of a size without a unit, up to here people mean GB. */
const MOST_BARE_GB = 128;
const LEAST_MB = 256;

/** A size as WSL reads it, in the largest unit that leaves no rest, MB at the least; rounded down where there is none. */
export function wslSize(bytes: number): string {
  if (bytes === 0) return '0';
  let unit = 2;
  let value = bytes / STEP ** unit;
  if (value < 1) return `${Math.floor(bytes)}B`;
  while (value % STEP === 0 && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  return `${Math.floor(value)}${UNITS[unit] ?? 'MB'}`;
}

/** The size that was most likely meant, as WSL reads it. Percent are of Windows' memory, where it is known. */
export function meantSize(value: string, ramBytes: number | undefined): string | undefined {
  const found =
    /^\s*\+?(\d{1,15}(?:[.,]\d{1,6})?)\s*(%|(?:([kmgt])(?:i?b|igs?|igabytes?|egs?|egabytes?)?|b|bytes)?)\s*$/i.exec(
      value,
    );
  const [, digits, unit = '', letter] = found ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits.replace(',', '.'));
  if (unit === '%') {
    if (ramBytes === undefined || number === 0 || number > 100) return undefined;
    return wslSize(Math.floor((ramBytes * number) / 100 / STEP ** 2) * STEP ** 2);
  }
  if (number === 0) return '0';
  const power = letter === undefined ? 0 : 'bkmgt'.indexOf(letter.toLowerCase());
  let size = number;
  let at = power;
  // 4.5GB is 4608MB.
  while (!Number.isInteger(size) && at > 0) {
    size *= STEP;
    at -= 1;
  }
  if (!Number.isInteger(size)) return undefined;
  const text = power === 0 && unit === '' ? `${size}` : `${size}${UNITS[at] ?? 'B'}`;
  return parseWslSize(text) === undefined ? undefined : text;
}

/** The size that a number below the minimum was most likely meant to be: `8` is 8GB, `512` is 512MB. */
export function meantAboveMinimum(bytes: bigint, hasUnit: boolean): string {
  if (hasUnit) return `${LEAST_MB}MB`;
  if (bytes <= BigInt(MOST_BARE_GB)) return `${bytes}GB`;
  return bytes >= BigInt(LEAST_MB) && bytes <= 1_048_576n ? `${bytes}MB` : `${LEAST_MB}MB`;
}

const YES = new Set(['yes', 'on', 'y', 't', 'enabled', 'enable', 'wahr', 'ture', 'tru', 'trues', 'ja']);
const NO = new Set(['no', 'off', 'n', 'f', 'disabled', 'disable', 'falsch', 'flase', 'fasle', 'nein']);

/** The boolean that was most likely meant. */
export function meantBoolean(value: string): string | undefined {
  const lower = value.trim().toLowerCase();
  if (YES.has(lower) || lower === 'true') return 'true';
  return NO.has(lower) || lower === 'false' ? 'false' : undefined;
}

/** The integer or the keyword that was most likely meant. */
export function meantValue(value: string, { type, keywords, key }: WslKey): string | undefined {
  const lower = value.trim().toLowerCase();
  if (type === 'integer') {
    const [, digits, unit = ''] =
      /^([+-]?\d{1,9})(?:\.0+)?\s*(ms|s|sec|min|m|cores?|cpus?)?$/.exec(lower) ?? [];
    if (digits === undefined) return undefined;
    const factor = !/timeout/i.test(key) ? 1 : /^s/.test(unit) ? 1000 : /^m(?:in)?$/.test(unit) ? 60_000 : 1;
    return `${Number(digits) * factor}`;
  }
  if (type !== 'keyword' || keywords === undefined) return undefined;
  if (keywords.includes('disabled') && (NO.has(lower) || /^(?:false|0|none)$/.test(lower))) return 'disabled';
  if (keywords.includes('dropCache') && /^drop/.test(lower)) return 'dropCache';
  if (keywords.includes('v1') && /^[12]$/.test(lower)) return `v${lower}`;
  return lower === ''
    ? undefined
    : nearest(
        lower,
        keywords.map((keyword) => keyword.toLowerCase()),
      );
}

/** The raw value with every single backslash doubled. */
export function doubled(raw: string): string {
  return raw.replace(/\\(\\?)/g, '\\\\');
}

/** Names that people write for a key. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ram: 'memory',
  mem: 'memory',
  cpu: 'processors',
  cpus: 'processors',
  cores: 'processors',
  swapsize: 'swap',
  swappath: 'swapFile',
  memoryreclaim: 'autoMemoryReclaim',
  cmdline: 'kernelCommandLine',
  commandline: 'kernelCommandLine',
  vhdsize: 'defaultVhdSize',
  gui: 'guiApplications',
};

/** The key that was most likely meant; in this section before others. */
export function meantKey(name: string, here: readonly WslKey[], all: readonly WslKey[]): WslKey | undefined {
  const lower = name.toLowerCase();
  const synonym = Object.hasOwn(SYNONYMS, lower) ? SYNONYMS[lower] : undefined;
  for (const keys of [here, all]) {
    const spelled =
      synonym ??
      nearest(
        lower,
        keys.map(({ key }) => key.toLowerCase()),
      );
    const found = keys.find(({ key }) => key.toLowerCase() === spelled?.toLowerCase());
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The section that was most likely meant. */
export function meantSection(name: string, sections: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  if (/^w(?:sl|s1|l)/.test(lower) && sections.includes('wsl2')) return 'wsl2';
  const near = nearest(
    lower,
    sections.map((section) => section.toLowerCase()),
  );
  return sections.find((section) => section.toLowerCase() === near);
}
