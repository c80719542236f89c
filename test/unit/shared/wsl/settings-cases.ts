import { readWslSettings, type WslSettings } from '#shared/wsl/read-settings.ts';
import { type WslFaultKind } from '#shared/wsl/finding.ts';
import { type WslFileKind } from '#shared/wsl/keys.ts';

export const GIB = 2 ** 30;
export const MIB = 2 ** 20;

/** A file, and what has to be said of it: every finding with its line, and the values that do not have their default. */
export interface SettingsCase {
  readonly what: string;
  readonly file: string | Uint8Array;
  readonly ram?: number;
  readonly findings: readonly (readonly [line: number, kind: WslFaultKind, correction?: string])[];
  readonly effective?: Readonly<Record<string, unknown>>;
}

/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The bytes of a text in UTF-16, the low byte first. */
export function utf16le(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'utf16le'));
}

/** Bytes one after the other. */
export function bytes(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** What is read from a case, in the form in which the case writes it. */
export function outcome({ file, ram, findings }: SettingsCase, kind: WslFileKind) {
  const read = readWslSettings(typeof file === 'string' ? utf8(file) : file, kind, ram);
  return {
    effective: inForce(read),
    // A case that names no correction does not care for it.
    findings: read.findings.map(({ line, kind: found, correction }, index) =>
      findings[index]?.[2] === undefined ? [line, found] : [line, found, correction],
    ),
  };
}

/** The values that do not have their default. */
export function inForce({ effective }: WslSettings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(effective).filter(([, value]) => value !== undefined));
}
