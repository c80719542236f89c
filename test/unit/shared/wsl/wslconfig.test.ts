// Over 300 lines: the table of everything that can stand in a .wslconfig.
import { describe, expect, it } from 'vitest';
import { GIB, MIB, outcome, type SettingsCase } from './settings-cases.ts';

const inWsl2 = (line: string) => `[wsl2]\n${line}\n`;
const U64 = 2 ** 64;

const OTHERS: readonly SettingsCase[] = [
  { what: 'an empty file', file: '', findings: [] },
  {
    what: 'a last line without an end',
    file: '[wsl2]\nmemory=8GB',
    findings: [],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'CRLF',
    file: '[wsl2]\r\n\r\nmemory=8gb\r\nswap=0\r\n',
    findings: [[3, 'invalid-size']],
    effective: { swapBytes: 0 },
  },
  {
    what: 'a lone CR after keys and sections',
    file: '[wsl2]\rmemory=8GB\rswap=0',
    findings: [],
    effective: { memoryBytes: 8 * GIB, swapBytes: 0 },
  },
  {
    what: 'a comment that runs over a lone CR',
    file: '[wsl2]\n# note\rmemory=8GB\nswap=0\n',
    findings: [],
    effective: { swapBytes: 0 },
  },
  {
    what: 'a bad line that runs over a lone CR',
    file: '[wsl2]\n; note\rmemory=8GB\nswap=0\n',
    findings: [[2, 'invalid-line']],
    effective: { swapBytes: 0 },
  },
  {
    what: 'names without case',
    file: '[WSL2]\nMEMORY = 8GB\n',
    findings: [],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'blanks before everything',
    file: '  [wsl2] \n\tmemory \t=\t8GB\n',
    findings: [],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'a comment behind a section',
    file: '[wsl2] # mine\nmemory=8GB',
    findings: [],
    effective: { memoryBytes: 8 * GIB },
  },

  { what: 'swap=-1, the mark of the default', file: inWsl2('swap=-1'), findings: [[2, 'no-effect']] },
  { what: 'swap=0GB', file: inWsl2('swap=0GB'), findings: [], effective: { swapBytes: 0 } },
  { what: 'swap=-4GB', file: inWsl2('swap=-4GB'), findings: [], effective: { swapBytes: U64 - 4 * GIB } },
  {
    what: 'a swap file without an ending',
    file: inWsl2('swapFile=D:\\\\swap'),
    findings: [],
    effective: { swapFile: 'D:\\swap.vhdx' },
  },
  {
    what: 'a swap file',
    file: inWsl2('swapFile=D:/swap.VHDX'),
    findings: [],
    effective: { swapFile: 'D:/swap.VHDX' },
  },
  {
    what: 'single backslashes',
    file: inWsl2('swapFile=C:\\temp\\swap.vhdx'),
    findings: [[2, 'escape-error', 'swapFile=C:\\\\temp\\\\swap.vhdx']],
  },
  {
    what: 'single backslashes that are escapes',
    file: inWsl2('swapFile=C:\\new\\table'),
    findings: [[2, 'path-characters', 'swapFile=C:\\\\new\\\\table']],
    effective: { swapFile: 'C:\new\table.vhdx' },
  },
  {
    what: 'a path that is not ASCII',
    file: inWsl2('swapFile=D:\\\\\u0444\\\\swap.vhdx'),
    findings: [[2, 'path-characters']],
    effective: { swapFile: 'D:\\D\\swap.vhdx' },
  },
  { what: 'a path in Latin 1', file: inWsl2('kernel=D:\\\\M\u00fcller'), findings: [[2, 'path-characters']] },
  {
    what: 'a path with a forbidden character',
    file: inWsl2('kernel=D:\\\\a|b'),
    findings: [[2, 'path-characters']],
  },
  {
    what: 'a backslash at the end of a path',
    file: '[wsl2]\nswapFile=D:\\\nmemory=8GB\n',
    findings: [[2, 'lines-joined', 'swapFile=D:\\\\']],
    effective: { swapFile: 'D:memory=8GB.vhdx' },
  },
  {
    what: 'the same with CRLF',
    file: '[wsl2]\r\nswapFile=D:\\\r\nmemory=8GB\r\nswap=1GB\r\n',
    findings: [[2, 'lines-joined', 'swapFile=D:\\\\']],
    effective: { swapFile: 'D:memory=8GB.vhdx', swapBytes: GIB },
  },
  {
    what: 'a backslash after a size',
    file: '[wsl2]\nmemory=8GB\\\nswap=0\n',
    findings: [
      [2, 'invalid-size'],
      [2, 'lines-joined', 'memory=8GB'],
    ],
  },
  {
    what: 'a continuation that is meant',
    file: '[wsl2]\nkernelCommandLine=psi=1 \\\n  cgroup_no_v1=all\nmemory=8\n',
    findings: [[4, 'below-minimum']],
    effective: { kernelCommandLine: 'psi=1   cgroup_no_v1=all', memoryBytes: 256 * MIB },
  },
  {
    what: 'a backslash at the end of the file',
    file: '[wsl2]\nswapFile=D:\\',
    findings: [[2, 'escape-error', 'swapFile=D:\\\\']],
  },
  { what: 'an open quote', file: inWsl2('memory="8GB'), findings: [[2, 'invalid-line', 'memory="8GB"']] },
  {
    what: 'a path that escapes its quote',
    file: inWsl2('swapFile="D:\\\\swap\\"'),
    findings: [[2, 'invalid-line', 'swapFile="D:\\\\swap\\\\"']],
  },

  {
    what: 'a duplicate',
    file: '[wsl2]\nmemory=8GB\nmemory=4GB\n',
    findings: [[3, 'duplicate-ignored']],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'a duplicate of a refused value',
    file: '[wsl2]\nmemory=8gb\nmemory=4GB\n',
    findings: [
      [2, 'invalid-size'],
      [3, 'duplicate-ignored'],
    ],
  },
  {
    what: 'a second one after an escape error',
    file: '[wsl2]\nmemory=8\\GB\nmemory=4GB\n',
    findings: [[2, 'escape-error']],
    effective: { memoryBytes: 4 * GIB },
  },
  {
    what: 'a second one after an open quote',
    file: '[wsl2]\nmemory="8GB\nmemory=4GB\n',
    findings: [[2, 'invalid-line']],
    effective: { memoryBytes: 4 * GIB },
  },
  {
    what: 'a second one after a missing =',
    file: '[wsl2]\nmemory 8GB\nmemory=4GB\n',
    findings: [[2, 'invalid-line', 'memory=8GB']],
    effective: { memoryBytes: 4 * GIB },
  },
  {
    what: 'one key in two sections',
    file: '[wsl2]\nnetworkingMode=NAT\n[experimental]\nnetworkingMode=Mirrored\n',
    findings: [[4, 'duplicate-ignored']],
  },

  {
    what: '[wsl]',
    file: '[wsl]\nmemory=8GB\n',
    findings: [
      [1, 'unknown-section', '[wsl2]'],
      [2, 'unknown-key'],
    ],
  },
  { what: '[ws12]', file: '[ws12]\n# nothing\n', findings: [[1, 'unknown-section', '[wsl2]']] },
  {
    what: 'a section of wsl.conf',
    file: '[boot]\nsystemd=true\n',
    findings: [
      [1, 'unknown-section'],
      [2, 'unknown-key'],
    ],
  },
  {
    what: 'a key in the wrong section',
    file: '[experimental]\nmemory=8GB\n',
    findings: [[2, 'wrong-section', '[wsl2]\nmemory=8GB']],
  },
  {
    what: 'a key in the wrong section before others',
    file: '[wsl2]\nautoMemoryReclaim=gradual\nmemory=8GB\n',
    findings: [[2, 'wrong-section', '[experimental]\nautoMemoryReclaim=gradual\n[wsl2]']],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'a key before any section',
    file: 'memory=8GB\n[wsl2]\nswap=0\n',
    findings: [[1, 'key-outside-section', '[wsl2]\nmemory=8GB']],
    effective: { swapBytes: 0 },
  },
  {
    what: 'an unknown key',
    file: inWsl2('memroy=8GB # half'),
    findings: [[2, 'unknown-key', 'memory=8GB # half']],
  },
  { what: 'pageReporting of old guides', file: inWsl2('pageReporting=true'), findings: [[2, 'unknown-key']] },

  {
    what: 'a comment with ;',
    file: '[wsl2]\n; note\nmemory=8GB\n',
    findings: [[2, 'invalid-line', '# note']],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'a key with a hyphen',
    file: inWsl2('swap-file=D:/x'),
    findings: [[2, 'invalid-line', 'swapFile=D:/x']],
  },
  { what: 'a key with a colon', file: inWsl2('memory: 8GB'), findings: [[2, 'invalid-line', 'memory=8GB']] },
  {
    what: 'a key with its section',
    file: inWsl2('wsl2.memory=8GB'),
    findings: [[2, 'invalid-line', 'memory=8GB']],
  },
  {
    what: '[ wsl2 ], after which the section before goes on',
    file: '[wsl2]\n[ experimental ]\nmemory=8GB\n',
    findings: [[2, 'invalid-line', '[experimental]']],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: '[wsl 2], whose name is cut and padded',
    file: '[wsl2]\n[wsl 2]\nmemory=8GB\n',
    findings: [
      [2, 'invalid-line', '[wsl2]'],
      [3, 'unknown-key'],
    ],
  },
  {
    what: '[experimental without its bracket',
    file: '[wsl2]\nmemory=8GB\n[experimental\nautoMemoryReclaim=gradual\n',
    findings: [
      [3, 'invalid-line', '[experimental]'],
      [4, 'unknown-key'],
    ],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'a bad section that begins like the one before',
    file: '[wsl2]\n[wsl2foo\nmemory=8GB\n',
    findings: [[2, 'invalid-line']],
    effective: { memoryBytes: 8 * GIB },
  },
  {
    what: 'a section and a key in one line',
    file: '[wsl2] memory=8GB\nswap=0\n',
    findings: [
      [1, 'invalid-line', '[wsl2]\nmemory=8GB'],
      [2, 'key-outside-section'],
    ],
  },
  {
    what: 'a section and a ; in one line',
    file: '[wsl2] ; mine\nmemory=8GB\n',
    findings: [
      [1, 'invalid-line', '[wsl2] # mine'],
      [2, 'key-outside-section'],
    ],
  },

  { what: 'yes', file: '[experimental]\nsparseVhd=yes\n', findings: [[2, 'bool-invalid', 'sparseVhd=true']] },
  {
    what: 'Off',
    file: inWsl2('guiApplications=Off'),
    findings: [[2, 'bool-invalid', 'guiApplications=false']],
  },
  {
    what: 'booleans',
    file: '[wsl2]\nguiApplications=0\nnestedVirtualization=TRUE\nsafeMode=False\n[experimental]\nsparseVhd=1\n',
    findings: [],
    effective: { guiApplications: false, nestedVirtualization: true, safeMode: false, sparseVhd: true },
  },
  {
    what: 'hexadecimal and octal',
    file: '[wsl2]\nprocessors=0x10\nvmIdleTimeout=010\n[general]\ninstanceIdleTimeout=-1\n',
    findings: [],
    effective: { processors: 16, vmIdleTimeoutMs: 8, instanceIdleTimeoutMs: -1 },
  },
  {
    what: 'an integer that is none',
    file: inWsl2('processors=8 cores'),
    findings: [[2, 'invalid-value', 'processors=8']],
  },
  { what: 'an octal number with an 8', file: inWsl2('processors=08'), findings: [[2, 'invalid-value']] },
  { what: 'no integer', file: inWsl2('processors='), findings: [[2, 'invalid-value']] },
  {
    what: 'an integer beyond 32 bits',
    file: inWsl2('processors=99999999999'),
    findings: [],
    effective: { processors: 2147483647 },
  },
  { what: 'processors=0', file: inWsl2('processors=0'), findings: [[2, 'no-effect']] },
  {
    what: 'reclaim without case',
    file: '[experimental]\nautoMemoryReclaim=DROPCACHE\n',
    findings: [],
    effective: { autoMemoryReclaim: 'dropCache' },
  },
  {
    what: 'an unknown reclaim',
    file: '[experimental]\nautoMemoryReclaim=dropcaches\n',
    findings: [[2, 'invalid-value', 'autoMemoryReclaim=dropCache']],
  },
  {
    what: 'swiotlb',
    file: '[experimental]\nswiotlb=64M\n',
    findings: [],
    effective: { swiotlbBytes: 64 * MIB },
  },
  {
    what: 'swiotlb without virtio',
    file: '[wsl2]\nvirtio=false\n[experimental]\nswiotlb=64M\n',
    findings: [],
    effective: { swiotlbBytes: 0 },
  },
  {
    what: 'a size of disks',
    file: inWsl2('defaultVhdSize=64GB'),
    findings: [],
    effective: { defaultVhdSizeBytes: 64 * GIB },
  },
  {
    what: 'safe mode',
    file: '[wsl2]\nsafeMode=true\nswap=4GB\nguiApplications=true\nmemory=4GB\n',
    findings: [
      [3, 'no-effect'],
      [4, 'no-effect'],
    ],
    effective: {
      safeMode: true,
      swapBytes: 0,
      guiApplications: false,
      nestedVirtualization: false,
      memoryBytes: 4 * GIB,
    },
  },
  {
    what: 'a swap file without swap',
    file: '[wsl2]\nswapFile=D:/x.vhdx\nswap=0\n',
    findings: [[2, 'no-effect']],
    effective: { swapFile: 'D:/x.vhdx', swapBytes: 0 },
  },
  { what: 'ports', file: '[experimental]\nignoredPorts=80,65536\n', findings: [[2, 'invalid-value']] },
  {
    what: 'an address',
    file: '[experimental]\ndnsTunnelingIpAddress=1.2.3\n',
    findings: [[2, 'invalid-value']],
  },
];

describe('.wslconfig as Windows reads it', () => {
  it.each(OTHERS)('$what', (each) => {
    expect(outcome(each, 'wslconfig')).toEqual({ effective: each.effective ?? {}, findings: each.findings });
  });
});
