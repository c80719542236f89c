import * as v from 'valibot';
import { safeText, shorten } from '../format/safe-text.ts';

/** The longest name that Linux has room for in a path; engines bound none of theirs. */
const MOST_NAME = 255;
/** Names of images and paths of folders may be longer. */
const MOST_TEXT = 1_024;

/** A name from an engine, harmless to show and cut; undefined where there is none. */
export function nameFrom(value: unknown): string | undefined {
  return text(value, MOST_NAME);
}

/** The name of an image or of a folder, in the same way. */
export function longTextFrom(value: unknown): string | undefined {
  return text(value, MOST_TEXT);
}

/** Cut before it is made harmless, which makes it longer. */
function text(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return shorten(safeText(shorten(value, most)), most);
}

/** A count that is a whole number and not negative. */
export function countFrom(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The same, written as text. */
export function numberInText(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** An object of JSON; one without keys for everything else. */
export function objectFrom(value: unknown): Readonly<Record<string, unknown>> {
  return v.is(record, value) ? value : {};
}

const record = v.record(v.string(), v.unknown());

/** An id as engines write it: 64 hexadecimal digits. */
export function idFrom(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : undefined;
}
