import { describe, expect, it } from 'vitest';
import { bytes, outcome, utf16le, utf8, type SettingsCase } from './settings-cases.ts';

const CASES: readonly SettingsCase[] = [
  {
    what: 'every key that is looked at',
    file: '[automount]\ncgroups=V2\nroot=/win\n[boot]\nsystemd=true\ncommand="service x start"\nprotectBinfmt=0\n[interop]\nappendWindowsPath=False\n',
    findings: [],
    effective: {
      cgroups: 'v2',
      automountRoot: '/win',
      systemd: true,
      command: 'service x start',
      protectBinfmt: false,
      appendWindowsPath: false,
    },
  },
  {
    what: 'CRLF, with the real line of a mistake',
    file: '[boot]\r\nsystemd=yes\r\n[user]\r\ndefault=ann\r\n',
    findings: [[2, 'bool-invalid', 'systemd=true']],
  },
  {
    what: 'the first invalid line, at which the reading stops',
    file: '[boot]\r\n\r\n; note\r\nsystemd=true\r\n',
    findings: [
      [3, 'invalid-line', '# note'],
      [3, 'stops-here'],
    ],
  },
  {
    what: 'an invalid escape',
    file: '[boot]\ncommand=C:\\foo\nsystemd=true\n',
    findings: [
      [2, 'escape-error', 'command=C:\\\\foo'],
      [2, 'stops-here'],
    ],
  },
  {
    what: 'a byte order mark of UTF-8',
    file: bytes([0xef, 0xbb, 0xbf], utf8('[boot]\nsystemd=true\n')),
    findings: [
      [1, 'invalid-line', '[boot]'],
      [1, 'stops-here'],
    ],
  },
  {
    what: 'UTF-16',
    file: bytes([0xff, 0xfe], utf16le('[boot]\nsystemd=true\n')),
    findings: [
      [1, 'encoding-ignored'],
      [1, 'stops-here'],
    ],
  },
  {
    what: 'byte 1A at the start of a line',
    file: '[boot]\nsystemd=true\n\u001a[user]\n',
    findings: [
      [3, 'invalid-line'],
      [3, 'stops-here'],
    ],
    effective: { systemd: true },
  },
  {
    what: 'byte 1A in a value',
    file: '[boot]\ncommand=a\u001ab\nsystemd=true\n',
    findings: [],
    effective: { command: 'a\u001ab', systemd: true },
  },
  {
    what: 'UTF-8 in a value',
    file: '[boot]\ncommand=echo \u00fcber \u0444\n',
    findings: [],
    effective: { command: 'echo \u00fcber \u0444' },
  },
  {
    what: 'a backslash before LF',
    file: '[boot]\ncommand=a && \\\n  b\nsystemd=true\n',
    findings: [],
    effective: { command: 'a &&   b', systemd: true },
  },
  {
    what: 'a backslash before CR LF',
    file: '[boot]\r\ncommand=a \\\r\nsystemd=true\r\n',
    findings: [[2, 'escape-error', 'command=a \\\\']],
    effective: { command: 'a ', systemd: true },
  },
  {
    what: 'a backslash that swallows a setting',
    file: '[boot]\ncommand=a\\\nsystemd=true\n',
    findings: [[2, 'lines-joined', 'command=a']],
    effective: { command: 'asystemd=true' },
  },
  {
    what: 'cgroups=v1',
    file: '[automount]\ncgroups=v1\n',
    findings: [[2, 'no-effect']],
    effective: { cgroups: 'v1' },
  },
  { what: 'cgroups=2', file: '[automount]\ncgroups=2\n', findings: [[2, 'invalid-value', 'cgroups=v2']] },
  { what: 'an empty root', file: '[automount]\nroot=\n', findings: [], effective: { automountRoot: '/' } },
  {
    what: 'a section of .wslconfig',
    file: '[wsl2]\nmemory=8GB\n',
    findings: [
      [1, 'unknown-section'],
      [2, 'unknown-key'],
    ],
  },
  {
    what: 'systemd outside its section',
    file: 'systemd=true\n',
    findings: [[1, 'key-outside-section', '[boot]\nsystemd=true']],
  },
  {
    what: 'an integer beyond 32 bits',
    file: '[boot]\ninitTimeout=99999999999\n',
    findings: [[2, 'invalid-value']],
  },
  {
    what: 'a duplicate',
    file: '[boot]\nsystemd=true\nSYSTEMD=false\n',
    findings: [[3, 'duplicate-ignored']],
    effective: { systemd: true },
  },
  { what: 'an empty file', file: '', findings: [] },
];

describe('wsl.conf as WSL reads it', () => {
  it.each(CASES)('$what', (each) => {
    expect(outcome(each, 'wsl.conf')).toEqual({ effective: each.effective ?? {}, findings: each.findings });
  });
});
