import { describe, expect, it } from 'vitest';
import { MIB, outcome, type SettingsCase } from './settings-cases.ts';

const inWsl2 = (line: string) => `[wsl2]\n${line}\n`;

/** What Microsoft's own tests expect warnings of (test/windows/UnitTests.cpp of WSL, Warnings), by our names for them. */
const MICROSOFT: readonly SettingsCase[] = [
  { what: 'a=b', file: inWsl2('a=b'), findings: [[2, 'unknown-key']] },
  { what: '[=b', file: inWsl2('[=b'), findings: [[2, 'invalid-line']] },
  {
    what: 'dhcpTimeout=NotANumber',
    file: inWsl2('dhcpTimeout=NotANumber'),
    findings: [[2, 'invalid-value']],
  },
  { what: 'ipv6=NotABoolean', file: inWsl2('ipv6=NotABoolean'), findings: [[2, 'bool-invalid']] },
  { what: '[sectionNotComplete', file: inWsl2('[sectionNotComplete'), findings: [[2, 'invalid-line']] },
  { what: 'NoEqual', file: inWsl2('NoEqual'), findings: [[2, 'invalid-line']] },
  {
    what: 'networkingMode=InvalidMode',
    file: inWsl2('networkingMode=InvalidMode'),
    findings: [[2, 'invalid-value']],
  },
  { what: 'networkingMode=a\\m', file: inWsl2('networkingMode=a\\m'), findings: [[2, 'escape-error']] },
  { what: 'swap=/', file: inWsl2('\nswap=/'), findings: [[3, 'invalid-size']] },
  { what: 'swap=0foo', file: inWsl2('\nswap=0foo'), findings: [[3, 'invalid-size']] },
  { what: 'debugConsole=', file: inWsl2('debugConsole='), findings: [[2, 'bool-invalid']] },
  { what: 'networkingMode=', file: inWsl2('networkingMode='), findings: [[2, 'invalid-value']] },
  { what: 'ipv6 twice', file: inWsl2('ipv6=true\nipv6=false'), findings: [[3, 'duplicate-ignored']] },
  {
    what: 'swiotlb=4096K',
    file: '[experimental]\nswiotlb=4096K',
    findings: [],
    effective: { swiotlbBytes: 4 * MIB },
  },
  { what: 'swiotlb=garbage', file: '[experimental]\nswiotlb=garbage', findings: [[2, 'invalid-size']] },
];

describe('what Microsoft tests', () => {
  it.each(MICROSOFT)('is said of $what', (each) => {
    expect(outcome(each, 'wslconfig')).toEqual({ effective: each.effective ?? {}, findings: each.findings });
  });
});
