import { describe, expect, it } from 'vitest';
import { HOST_FILES } from '../../../../../src-main/proc/kernel-files.ts';
import { parsePidMaps, readPidMaps } from '../../../../../src-main/proc/pid/maps.ts';

describe('readPidMaps', () => {
  it('reads our own, whose stack is there', () => {
    const read = readPidMaps(HOST_FILES, process.pid);
    const stack = read.ok ? read.value.filter(({ name }) => name === '[stack]') : [];
    expect(stack).toMatchObject([{ permissions: 'rw-p' }]);
    expect(stack.every(({ start, end }) => end > start && end % 4096 === 0)).toBe(true);
  });
});

describe('parsePidMaps', () => {
  it('reads a mapping of a file whose name has blanks, and one without a name', () => {
    const text =
      '7f0000000000-7f0000002000 r-xp 00001000 fe:01 1234                       /srv/a b (deleted)\nff0000000000000-ff0000000001000 rw-s 00000000 00:00 0 \n';
    expect(parsePidMaps(text)).toEqual([
      {
        start: 0x7f0000000000,
        end: 0x7f0000002000,
        permissions: 'r-xp',
        source: '00001000 fe:01 1234',
        name: '/srv/a b (deleted)',
      },
      {
        start: 0xff0000000000000,
        end: 0xff0000000001000,
        permissions: 'rw-s',
        source: '00000000 00:00 0',
        name: '',
      },
    ]);
  });

  it('has none in an empty text', () => {
    expect(parsePidMaps('')).toEqual([]);
  });

  it.each(['7f00 rw-p 0 0:0 0', '7f00-7f01 rw 0 0:0 0', '7f00-7f01 rw-p', 'x'])('refuses %j', (line) => {
    expect(parsePidMaps(`${line}\n`)).toBeUndefined();
  });
});
