import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lifeboat } from '../helpers/processes/process-command.ts';

function fileWith(name: string, content: string | Uint8Array): string {
  const folder = mkdtempSync(`${tmpdir()}/lifeboat-wsl-`);
  onTestFinished(() => rm(folder, { recursive: true }));
  writeFileSync(`${folder}/${name}`, content);
  return `${folder}/${name}`;
}

const DEFAULTS = {
  memoryBytes: null,
  swapBytes: null,
  swapFile: null,
  processors: null,
  autoMemoryReclaim: null,
  swiotlbBytes: null,
  vmIdleTimeoutMs: null,
  instanceIdleTimeoutMs: null,
  safeMode: null,
  kernelCommandLine: null,
  nestedVirtualization: null,
  guiApplications: null,
  sparseVhd: null,
  defaultVhdSizeBytes: null,
};

describe('lifeboat doctor wsl', () => {
  it('prints one JSON object with every key and every mistake', async () => {
    const file = fileWith('.wslconfig', '[wsl2]\r\nmemory=64GB\r\nswap=8gb\r\n');
    const ran = await lifeboat(['doctor', 'wsl', file, '--windows-ram', '32GB', '--json']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toEqual({
      version: 1,
      file,
      kind: 'wslconfig',
      effective: { ...DEFAULTS, memoryBytes: 32 * 2 ** 30 },
      findings: [
        {
          line: 2,
          kind: 'above-ram',
          message: expect.stringContaining('32.0 GiB') as string,
          correction: 'memory=32GB',
        },
        {
          line: 3,
          kind: 'invalid-size',
          message: expect.stringContaining('"8gb"') as string,
          correction: 'swap=8GB',
        },
      ],
    });
  });

  it('knows wsl.conf by its name, and a name that WSL does not read', async () => {
    const file = fileWith('wsl.conf.txt', '[boot]\nsystemd=true\n');
    const { stdout } = await lifeboat(['doctor', '--json', 'wsl', file]);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'wsl.conf',
      effective: {
        cgroups: null,
        systemd: true,
        command: null,
        protectBinfmt: null,
        appendWindowsPath: null,
        automountRoot: null,
      },
      findings: [{ line: 1, kind: 'near-miss-name', correction: 'wsl.conf' }],
    });
  });

  it('says in plain words what is in force, and prints the line to copy', async () => {
    const file = fileWith('.wslconfig', '[wsl2]\nmemory=8\nswap=0\n');
    const { code, stdout } = await lifeboat(['doctor', 'wsl', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('\n  memory: 256 MiB\n  swap: 0\n');
    expect(stdout).toMatch(
      /\n {2}line 2: Without a unit this is 8 bytes\. [^\n]*\n {4}Write:\n {6}memory=8GB\n/,
    );
  });

  it('refuses what it cannot read, in one line and with the code of a failure', async () => {
    const file = fileWith('.wslconfig.txt', '');
    const pipe = `${file}.pipe`;
    execFileSync('mkfifo', [pipe]);
    const beside = file.replace(/\.txt$/, '');
    const failed = (message: RegExp) => ({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(message) as string,
    });
    expect(await lifeboat(['doctor', 'wsl', beside])).toMatchObject(
      failed(/does not exist.*\.wslconfig\.txt[^\n]*\n$/),
    );
    expect(await lifeboat(['doctor', 'wsl', pipe])).toMatchObject(
      failed(/^lifeboat: [^\n]*is not a regular file/),
    );
    expect(await lifeboat(['doctor', 'wsl', file, '--windows-ram', '16'])).toMatchObject({
      code: 2,
      stdout: '',
    });
    expect(await lifeboat(['doctor', 'wsl'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('gives up a drive that hangs, and ends', async () => {
    const file = fileWith('.wslconfig', '');
    const folder = file.slice(0, file.lastIndexOf('/'));
    // What reads the file waits for ever, as with a drive of Windows that is gone.
    writeFileSync(`${folder}/head`, '#!/bin/sh\nexec sleep 1000\n');
    chmodSync(`${folder}/head`, 0o755);
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    expect(await lifeboat(['doctor', 'wsl', file], { env })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^lifeboat: [^\n]*could not be read within 2 s\.[^\n]*\n$/) as string,
    });
  });

  it('answers for a file of nothing but mistakes', async () => {
    const file = fileWith('.wslconfig', Buffer.alloc(2 ** 17, ';\n'));
    const { code, stdout } = await lifeboat(['doctor', 'wsl', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/and 65486 more \(--json prints all\)/);
  });
});
