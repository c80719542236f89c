import { describe, expect, it } from 'vitest';
import { bytes, GIB, MIB, outcome, utf16le, utf8, type SettingsCase } from './settings-cases.ts';

const CASES: readonly SettingsCase[] = [
  {
    what: 'UTF-8 with a mark',
    file: bytes([0xef, 0xbb, 0xbf], utf8('[wsl2]\nmemory=8GB\n')),
    findings: [[1, 'encoding-old-only']],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'UTF-16 LE with a mark',
    file: bytes([0xff, 0xfe], utf16le('[wsl2]\r\nmemory=8gb\r\n')),
    findings: [
      [1, 'encoding-old-only'],
      [2, 'invalid-size'],
    ],
  },
  {
    what: 'UTF-16 LE without a mark',
    file: utf16le('[wsl2]\r\nmemory=8GB\r\n'),
    findings: [[1, 'encoding-ignored']],
  },
  {
    what: 'UTF-16 BE with a mark',
    file: bytes([0xfe, 0xff], utf16le('[wsl2]\nmemory=8GB\n').reverse()),
    findings: [[1, 'encoding-ignored']],
  },
  {
    what: 'a NUL in one line',
    file: '[wsl2]\nme\0mory=8GB\nswap=0\n',
    findings: [[2, 'invalid-line']],
    effective: { swapBytes: 0 },
  },
  {
    what: 'byte 1A',
    file: '[wsl2]\nmemory=8GB\n\u001aswap=0\n',
    findings: [[3, 'end-mark']],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'byte 1A at the end',
    file: '[wsl2]\nmemory=8GB\r\n\u001a\r\n',
    findings: [],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'byte 1A in a value',
    file: '[wsl2]\nmemory=8\u001aGB\n',
    findings: [
      [2, 'end-mark'],
      [2, 'below-minimum'],
    ],
    effective: { memoryBytes: 256 * MIB },
  },
];

describe('the encoding of .wslconfig', () => {
  it.each(CASES)('is read as Windows does: $what', (each) => {
    expect(outcome(each, 'wslconfig')).toEqual({ effective: each.effective ?? {}, findings: each.findings });
  });
});
