import { readEntries } from './entries.ts';
import {
  wslConfValues,
  wslconfigValues,
  type AcceptedValues,
  type WslConfValues,
  type WslconfigValues,
} from './effective.ts';
import { type WslFinding } from './finding.ts';
import { type WslFileKind } from './keys.ts';
import { KeyReader } from './key-reader.ts';
import { encodingFindings, isLost } from './encodings.ts';
import { wslConfText, wslconfigText } from './text.ts';

/** What a settings file means to WSL, and what is wrong in it. */
export type WslSettings = {
  readonly findings: readonly WslFinding[];
  /** Everything that WSL accepted, by `section.key`. */
  readonly accepted: AcceptedValues;
} & (
  | { readonly kind: 'wslconfig'; readonly effective: WslconfigValues }
  | { readonly kind: 'wsl.conf'; readonly effective: WslConfValues }
);

/**
 * Reads .wslconfig or wsl.conf as WSL does (2.5 to main of August 2026): the values that hold, and a finding for every line that does not do what it
 * looks like. `windowsRamBytes` is all memory of Windows, where it is known: the limit of `memory`.
 */
export function readWslSettings(bytes: Uint8Array, kind: WslFileKind, windowsRamBytes?: number): WslSettings {
  const source = kind === 'wslconfig' ? wslconfigText(bytes) : wslConfText(bytes);
  const entries = readEntries(source.text, kind === 'wsl.conf');
  const reader = new KeyReader(kind, source.text, windowsRamBytes);
  const accepted: AcceptedValues = reader.read(entries);
  const whole = encodingFindings(source, kind, entries);
  // Every line of such a file is refused: one finding says it better than a thousand.
  const findings = isLost(source, kind, entries)
    ? whole
    : [...whole, ...reader.findings].sort((a, b) => a.line - b.line);
  return kind === 'wslconfig'
    ? { kind, findings, accepted, effective: wslconfigValues(accepted, windowsRamBytes) }
    : { kind, findings, accepted, effective: wslConfValues(accepted) };
}
