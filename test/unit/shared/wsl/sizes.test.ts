import { describe, expect, it } from 'vitest';
import { GIB, MIB, outcome, type SettingsCase } from './settings-cases.ts';

const inWsl2 = (line: string) => `[wsl2]\n${line}\n`;
const U64 = 2 ** 64;

/** `memory=` with these values, in line 2. */
const size = (
  value: string,
  memoryBytes: number | undefined,
  ...findings: SettingsCase['findings']
): SettingsCase => ({
  what: `memory=${value}`,
  file: inWsl2(`memory=${value}`),
  findings,
  effective: memoryBytes === undefined ? {} : { memoryBytes },
});
const refused = (value: string, correction?: string) =>
  size(value, undefined, correction === undefined ? [2, 'invalid-size'] : [2, 'invalid-size', correction]);

const SIZES: readonly SettingsCase[] = [
  size('8GB', 8 * GIB),
  size('8G', 8 * GIB),
  size('8192MB', 8 * GIB),
  size('8192M', 8 * GIB),
  size('1T', 1024 * GIB),
  size('1TB', 1024 * GIB),
  size('8388608KB', 8 * GIB),
  size('8388608K', 8 * GIB),
  size('8589934592', 8 * GIB),
  size('8589934592B', 8 * GIB),
  size('"8GB"', 8 * GIB),
  size('+8GB', 8 * GIB),
  size('008GB', 8 * GIB),
  size('8GB # half of it', 8 * GIB),
  size('8GB#half of it', 8 * GIB),
  size('8GB \t ', 8 * GIB),
  size('" 8GB"', 8 * GIB),
  size('257MB', 256 * MIB),
  size('1000000000', 952 * MIB),
  size('256MB', 256 * MIB),
  refused('8gb', 'memory=8GB'),
  refused('8Gb', 'memory=8GB'),
  refused('8gB', 'memory=8GB'),
  refused('8g', 'memory=8GB'),
  refused('8GiB', 'memory=8GB'),
  refused('8Gi', undefined),
  refused('4.5GB', 'memory=4608MB'),
  refused('4,5GB', 'memory=4608MB'),
  refused('4 GB', 'memory=4GB'),
  refused('"4 GB"', 'memory=4GB'),
  refused('"8GB "', 'memory=8GB'),
  refused('50%'),
  refused('8\u0444'),
  refused('00', 'memory=0'),
  refused('+0'),
  refused('-0'),
  refused('0foo'),
  refused('/'),
  refused(''),
  refused('8EB'),
  size('8', 256 * MIB, [2, 'below-minimum', 'memory=8GB']),
  size('512', 256 * MIB, [2, 'below-minimum', 'memory=512MB']),
  size('100MB', 256 * MIB, [2, 'below-minimum', 'memory=256MB']),
  size('0', undefined, [2, 'no-effect']),
  size('0GB', undefined, [2, 'no-effect']),
  // 2^24 * 2^40 wraps around to nothing, which is the default.
  size('16777216TB', undefined, [2, 'no-effect']),
  size('-1', U64, [2, 'above-ram']),
  size('-4GB', U64 - 4 * GIB, [2, 'above-ram']),
  size('99999999999999999999', U64, [2, 'above-ram']),
  { ...size('50%', undefined, [2, 'invalid-size', 'memory=8GB']), what: '50 % of 16 GiB', ram: 16 * GIB },
  { ...size('64GB', 32 * GIB, [2, 'above-ram', 'memory=32GB']), what: '64 of 32 GiB', ram: 32 * GIB },
  { ...size('-4GB', 32 * GIB, [2, 'above-ram', 'memory=32GB']), what: '-4GB of 32 GiB', ram: 32 * GIB },
  { ...size('32GB', 32 * GIB), what: 'all of 32 GiB', ram: 32 * GIB },
  // Letters beyond ASCII are cut to 8 bits: U+0147 ends in 47, which is a G.
  size('8\u0147', 8 * GIB),
  size('8GB\u0100 and more', 8 * GIB),
];

describe('a size in .wslconfig as Windows reads it', () => {
  it.each(SIZES)('$what', (each) => {
    expect(outcome(each, 'wslconfig')).toEqual({ effective: each.effective ?? {}, findings: each.findings });
  });
});
