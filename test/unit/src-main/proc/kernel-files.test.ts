import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  HOST_FILES,
  readBytes,
  readFailure,
  readParsed,
  readText,
} from '../../../../src-main/proc/kernel-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-files-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('readText', () => {
  it('reads a kernel file, whose size is 0', () => {
    const read = readText(`${HOST_FILES.proc}/self/comm`);
    expect(read.ok && read.value.length > 1 && read.value.endsWith('\n')).toBe(true);
  });

  it('reads files that are longer than its buffer, whole', () => {
    const long = 'abcdefgh'.repeat(100_000);
    expect(readText(file('long', long))).toEqual({ ok: true, value: long });
  });

  it('reads kernel files that come in many pieces', () => {
    // Of a small process: the maps of this one can be more than is read.
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const read = readText(`${HOST_FILES.proc}/${child.pid}/smaps`);
    expect(read.ok && read.value.length > 8192).toBe(true);
    expect(read.ok && read.value.trimEnd().split('\n').at(-1)).toMatch(/^VmFlags: /);
  });

  it.each([
    [0, ''],
    [1, 'a'],
    [5, 'abcde'],
    [6, 'abcdef'],
    [7, 'abcdef'],
  ])('stops at %i bytes', (mostBytes, value) => {
    expect(readText(file('short', 'abcdef'), mostBytes)).toEqual({ ok: true, value });
  });

  it('stops in the middle of a file that is longer than its buffer', () => {
    const read = readText(file('long', 'x'.repeat(300_000)), 100_001);
    expect(read.ok && read.value.length).toBe(100_001);
  });

  it('reads no more than a mebibyte by default', () => {
    const read = readText(file('huge', 'x'.repeat(1_100_000)));
    expect(read.ok && read.value.length).toBe(1 << 20);
  });

  it('replaces what is not UTF-8', () => {
    expect(readText(file('bytes', Uint8Array.of(0xc3, 0xa9, 0xff, 0x41, 0xe2, 0x82)))).toEqual({
      ok: true,
      value: 'é\ufffdA\ufffd',
    });
  });

  it('keeps a byte order mark', () => {
    expect(readText(file('mark', '\ufeffa'))).toEqual({ ok: true, value: '\ufeffa' });
  });

  it('tells a missing file', () => {
    const path = join(folder, 'nothing');
    expect(readText(path)).toEqual({ ok: false, why: 'missing', path, errno: 'ENOENT' });
  });

  it('tells a file below one that is no folder', () => {
    const path = join(file('plain', ''), 'status');
    expect(readText(path)).toEqual({ ok: false, why: 'missing', path, errno: 'ENOTDIR' });
  });

  it('tells a folder where a file should be, and closes it', () => {
    const path = join(folder, 'folder');
    mkdirSync(path);
    const before = openDescriptors();
    expect(readText(path)).toEqual({ ok: false, why: 'failed', path, errno: 'EISDIR' });
    expect(openDescriptors()).toBe(before);
  });

  it('tells that a process has ended', () => {
    expect(readText(`${HOST_FILES.proc}/4194305/status`)).toMatchObject({ ok: false, why: 'missing' });
  });

  it('fails with an error of the kernel on a file of a running process', () => {
    // /proc/PID/mem at address 0, where nothing is mapped.
    const path = `${HOST_FILES.proc}/self/mem`;
    expect(readText(path)).toEqual({ ok: false, why: 'failed', path, errno: 'EIO' });
  });
});

describe('readFailure', () => {
  it.each([
    ['ENOENT', 'missing'],
    ['ESRCH', 'missing'],
    ['ENOTDIR', 'missing'],
    ['ENODEV', 'missing'],
    ['EACCES', 'denied'],
    ['EPERM', 'denied'],
    ['EIO', 'failed'],
    ['EOPNOTSUPP', 'failed'],
    ['EMFILE', 'failed'],
    ['EINTR', 'failed'],
  ])('calls %s %s', (errno, why) => {
    const error = Object.assign(new Error(errno), { code: errno, syscall: 'read' });
    expect(readFailure(error, '/proc/1/stat')).toEqual({ ok: false, why, path: '/proc/1/stat', errno });
  });

  it('throws on what is a bug', () => {
    expect(() => readFailure(new TypeError('x is not a function'), '/proc/1/stat')).toThrow(TypeError);
    expect(() => readText('/proc/\0')).toThrow(TypeError);
  });
});

describe('a process that dies between open and read', () => {
  it('gives ESRCH even when the pid is in use again', async () => {
    const child = spawn('sleep', ['600']);
    const pid = child.pid ?? 0;
    const descriptors = ['oom_score', 'status', 'stat'].map((name) =>
      openSync(`${HOST_FILES.proc}/${pid}/${name}`, 'r'),
    );
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const buffer = Buffer.alloc(64);
    for (const descriptor of descriptors) {
      let error: unknown;
      try {
        readSync(descriptor, buffer, 0, buffer.length, 0);
      } catch (caught) {
        error = caught;
      }
      closeSync(descriptor);
      expect(readFailure(error, 'status')).toMatchObject({ why: 'missing', errno: 'ESRCH' });
    }
  });
});

describe('readParsed', () => {
  it('gives what the parser gives', () => {
    expect(readParsed(file('seven', '7'), Number)).toEqual({ ok: true, value: 7 });
  });

  it('tells content that does not parse', () => {
    const path = file('odd', 'odd');
    expect(readParsed(path, () => undefined)).toEqual({ ok: false, why: 'malformed', path });
  });

  it('passes on why there was nothing to parse', () => {
    const path = join(folder, 'nothing');
    expect(readParsed(path, Number)).toEqual({ ok: false, why: 'missing', path, errno: 'ENOENT' });
  });
});

describe('readBytes', () => {
  it('gives the bytes as they are', () => {
    const read = readBytes(file('bytes', Uint8Array.of(0, 255, 10)));
    expect(read.ok && [...read.value]).toEqual([0, 255, 10]);
  });
});
