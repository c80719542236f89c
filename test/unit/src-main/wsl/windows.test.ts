import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askWindows } from '../../../../src-main/wsl/ask-windows.ts';
import { busyProcesses } from '../../../../src-main/wsl/busy.ts';
import { readWslMachine } from '../../../../src-main/wsl/read-machine.ts';
import { readWindowsFiles } from '../../../../src-main/wsl/windows-files.ts';
import { wslTree } from '../../../helpers/wsl-tree.ts';

const SESSION = { distribution: 'Ubuntu', interop: '/run/WSL/9_interop', pageSizeBytes: 4096 };

/** A folder of programs of Windows that stand first on PATH. */
function onPath(name: string, script: string): string {
  const folder = mkdtempSync(`${tmpdir()}/lifeboat-windows-`);
  const path = process.env['PATH'];
  writeFileSync(`${folder}/${name}`, script);
  chmodSync(`${folder}/${name}`, 0o755);
  process.env['PATH'] = `${folder}:${path ?? ''}`;
  onTestFinished(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });
  return folder;
}

function from(changes: Parameters<typeof wslTree>[1] = {}) {
  const tree = wslTree('2.9.9', changes);
  const machine = readWslMachine(tree, SESSION);
  if (machine === undefined) throw new Error('no WSL');
  return { machine, drive: `${tree.root}/mnt/c`, interop: '/run/WSL/9_interop' };
}

const silent = (facts: object) => ({ ok: false, error: { code: 'windows-silent', facts } });

describe('asking Windows', () => {
  it('starts one program with the variables that it needs, from a folder of Windows', async () => {
    const asked = from();
    const folder = onPath(
      'powershell.exe',
      '#!/bin/sh\necho "$PWD $WSL_INTEROP $1 $2" >> "$(dirname "$0")/calls"\nprintf "free=8388608 vm=14495514624\\r\\n"\n',
    );
    expect(await askWindows(asked)).toEqual({
      ok: true,
      value: { freeBytes: 8 * 2 ** 30, vmBytes: 14_495_514_624 },
    });
    expect(readFileSync(`${folder}/calls`, 'utf8')).toBe(
      `${asked.drive} /run/WSL/9_interop -NoProfile -NonInteractive\n`,
    );
  });

  it('takes the program from the drive where it is not on PATH', async () => {
    const path = 'Windows/System32/WindowsPowerShell/v1.0/powershell.exe';
    const asked = from({ [`mnt/c/${path}`]: '#!/bin/sh\necho "free=1024 vm="\n' });
    chmodSync(`${asked.drive}/${path}`, 0o755);
    expect(await askWindows(asked)).toEqual({ ok: true, value: { freeBytes: 2 ** 20 } });
  });

  it.each([
    ['no program', undefined, { why: 'not-started' }],
    ['one that the kernel does not know', 'MZ\0\x90', { why: 'not-started' }],
    [
      'umlauts of an OEM code page',
      '#!/bin/sh\nprintf "Zugriff verweigert \\204\\224\\r\\n"\n',
      { why: 'no-answer' },
    ],
    ['UTF-16', '#!/bin/sh\nprintf "f\\0r\\0e\\0e\\0"\n', { why: 'no-answer' }],
    ['one that fails', '#!/bin/sh\nexit 1\n', { why: 'not-started' }],
  ])('gives an answer with %s', async (_, script, facts) => {
    if (script !== undefined) onPath('powershell.exe', script);
    expect(await askWindows(from())).toEqual(silent(facts));
  });

  it('is given up when Windows hangs', async () => {
    onPath('powershell.exe', '#!/bin/sh\nexec sleep 1000\n');
    expect(await askWindows({ ...from(), limitMs: 50 })).toEqual(silent({ why: 'slow', seconds: 0.05 }));
  });

  it('starts nothing from a service, without interop, and while memory is short', async () => {
    const folder = onPath('powershell.exe', '#!/bin/sh\ntouch "$(dirname "$0")/called"\n');
    expect(await askWindows({ ...from(), interop: undefined })).toEqual(silent({ why: 'service' }));
    expect(await askWindows(from({ 'etc/wsl.conf': '[interop]\nenabled=false\n' }))).toEqual(
      silent({ why: 'interop', is: 'disabled' }),
    );
    const short = from();
    const memory = {
      totalBytes: 2 ** 34,
      freeBytes: 2 ** 20,
      cacheBytes: 2 ** 20,
      swapTotalBytes: 0,
      swapFreeBytes: 0,
    };
    expect(await askWindows({ ...short, machine: { ...short.machine, memory } })).toEqual(
      silent({ why: 'memory-short' }),
    );
    expect(() => readFileSync(`${folder}/called`)).toThrow(/ENOENT/);
  });
});

describe('the settings files of Windows', () => {
  it('are those of every user, with their time, and those that were meant to be some', async () => {
    const tree = wslTree('2.9.9', {
      'mnt/c/Users/Ann/.wslconfig': '[wsl2]\nmemory=8gb\n',
      'mnt/c/Users/Bob Müller/.wslconfig': '[wsl2]\nmemory=4GB\n',
      'mnt/c/Users/Bob Müller/.wslconfig.txt': '',
      'mnt/c/Users/Bob Müller/wsl.txt': '',
    });
    utimesSync(`${tree.root}/mnt/c/Users/Ann/.wslconfig`, 1_790_000_100, 1_790_000_100);
    const { wslconfigs, windowsDrive } = await readWindowsFiles(tree);
    expect(windowsDrive).toBe('read');
    const at = (path: string) => wslconfigs.find((file) => file.path === `${tree.root}/mnt/c/Users/${path}`);
    expect(wslconfigs).toHaveLength(3);
    expect(at('Ann/.wslconfig')).toMatchObject({
      changedMs: 1_790_000_100_000,
      findings: [{ kind: 'invalid-size', line: 2 }],
    });
    expect(at('Bob Müller/.wslconfig')).toMatchObject({ values: { memoryBytes: 4 * 2 ** 30 }, findings: [] });
    expect(at('Bob Müller/.wslconfig.txt')).toMatchObject({ findings: [{ kind: 'near-miss-name' }] });
  });

  it('are looked for where wsl.conf mounts the drive', async () => {
    const tree = wslTree('2.9.9', {
      'etc/wsl.conf': '[automount]\nroot=/win/\n',
      'win/c/Users/Ann/.wslconfig': '',
    });
    expect((await readWindowsFiles(tree)).wslconfigs).toHaveLength(1);
    expect(await readWindowsFiles(wslTree('WSL 1'))).toEqual({ wslconfigs: [], windowsDrive: 'absent' });
  });

  it('are none that is not a file, and are given up on a drive that hangs', async () => {
    const tree = wslTree('2.9.9');
    mkdirSync(`${tree.root}/mnt/c/Users/Ann/.wslconfig`, { recursive: true });
    expect((await readWindowsFiles(tree)).wslconfigs).toMatchObject([{ why: 'failed', findings: [] }]);
    onPath('stat', '#!/bin/sh\nexec sleep 1000\n');
    expect(await readWindowsFiles(tree, 50)).toEqual({ wslconfigs: [], windowsDrive: 'slow' });
  });
});

describe('who keeps the machine from being idle', () => {
  it('is told by the ticks of a while', async () => {
    const stat = (pid: number, name: string, ticks: number) =>
      `${pid} (${name}) S 1 1 1 0 -1 4194304 100 0 0 0 ${ticks} 5 0 0 20 0 1 0 100 1000 10\n`;
    const tree = wslTree('2.9.9', {
      'proc/50/stat': stat(50, 'node) (x', 100),
      'proc/60/stat': stat(60, 'idle', 7),
    });
    const watched = busyProcesses(tree, { cpuCount: 1, clockTicksPerSecond: 100 }, 1);
    writeFileSync(`${tree.proc}/50/stat`, stat(50, 'node) (x', 160));
    expect(await watched).toMatchObject([{ pid: 50, name: 'node) (x' }]);
  });
});
