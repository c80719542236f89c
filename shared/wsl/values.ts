const U64 = 2n ** 64n;
const FACTORS: Readonly<Record<string, bigint>> = {
  B: 1n,
  K: 2n ** 10n,
  KB: 2n ** 10n,
  M: 2n ** 20n,
  MB: 2n ** 20n,
  G: 2n ** 30n,
  GB: 2n ** 30n,
  T: 2n ** 40n,
  TB: 2n ** 40n,
};

/** More digits than any 64-bit number has: enough to know that it is too large. */
const MOST_DIGITS = 64;

/**
 * A size in bytes as WSL reads it, in the arithmetic of 64 bits that it uses: ParseMemorySize() of src/shared/inc/stringshared.h over strtoull.
 * `-1` is 2^64 - 1. Undefined where it is refused.
 */
export function parseWslSize(value: string): bigint | undefined {
  const found = /^([ \t\n\v\f\r]*)([+-]?)(\d+)/.exec(value);
  if (found === null) return undefined;
  const [whole, blanks = '', sign = '', digits = ''] = found;
  const number = toU64(digits, sign === '-');
  // Of zeros it knows one spelling.
  if (number === 0n && (blanks !== '' || sign !== '' || digits !== '0')) return undefined;
  const unit = value.slice(whole.length);
  if (unit === '') return number;
  const factor = Object.hasOwn(FACTORS, unit) ? FACTORS[unit] : undefined;
  return factor === undefined ? undefined : (number * factor) % U64;
}

function toU64(digits: string, isNegative: boolean): bigint {
  const short = digits.replace(/^0+(?=\d)/, '');
  const number = short.length > MOST_DIGITS ? U64 : BigInt(short);
  // ULLONG_MAX, with either sign.
  if (number >= U64) return U64 - 1n;
  return isNegative && number > 0n ? U64 - number : number;
}

const INT_MAX = 2_147_483_647;
const INT_MIN = -2_147_483_648;

/**
 * An integer as WSL reads it: strtol with base 0, so 0x and a leading 0 count. A `long` has 32 bits on Windows, where larger numbers become the
 * largest, and 64 in wsl.conf, where they are refused. Undefined where it is refused.
 */
export function parseWslInteger(value: string, longBits: 32 | 64): number | undefined {
  const found = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([\da-fA-F]+)|0([0-7]*)|([1-9]\d*))$/.exec(value);
  if (found === null) return undefined;
  const [, sign, hex, octal, decimal] = found;
  const size =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : decimal !== undefined
        ? Number(decimal)
        : Number.parseInt(`0${octal ?? ''}`, 8);
  const number = sign === '-' ? -size : size;
  if (number >= INT_MIN && number <= INT_MAX) return number === 0 ? 0 : number;
  if (longBits === 64) return undefined;
  return number > 0 ? INT_MAX : INT_MIN;
}

/** A boolean as WSL reads it: 1, 0, true or false, without case. Undefined for anything else. */
export function parseWslBoolean(value: string): boolean | undefined {
  const lower = asciiLower(value);
  if (lower === '1' || lower === 'true') return true;
  return lower === '0' || lower === 'false' ? false : undefined;
}

/** Ports as WSL reads them: those between commas that std::stoi makes none of 1 to 65535 are refused. True where all are read. */
export function arePorts(value: string): boolean {
  return value.split(',').every((port) => {
    if (port === '') return true;
    const digits = /^[ \t\n\v\f\r]*\+?(\d+)/.exec(port)?.[1];
    const number = Number(digits ?? 0);
    return number >= 1 && number <= 65_535;
  });
}

/** An IPv4 address as inet_pton takes it. */
export function isIpAddress(value: string): boolean {
  const parts = value.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

/** A MAC address with one separator throughout, `:` or `-`. */
export function isMacAddress(value: string): boolean {
  return /^[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}$/i.test(value);
}

/** Lower case of A to Z alone: `\u212a` is no `k`. */
export function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
