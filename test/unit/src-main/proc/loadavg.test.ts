import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOST_FILES } from '../../../../src-main/proc/kernel-files.ts';
import { parseLastPid, keepLastPid } from '../../../../src-main/proc/loadavg.ts';

describe('/proc/loadavg', () => {
  it('ends with the pid that was given out last', () => {
    expect(parseLastPid('0.20 0.18 0.12 1/80 11206\n')).toBe(11206);
  });

  it.each(['', '0.20 0.18 0.12 1/80\n', '0.20 0.18 0.12 1/80 x\n', 'a 0.18 0.12 1/80 5\n'])(
    'takes %j for damage',
    (text) => {
      expect(parseLastPid(text)).toBeUndefined();
    },
  );

  it('throws on no text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['undefined', 'number']).toContain(typeof parseLastPid(text));
      }),
    );
  });

  it('moves when a process is started here', () => {
    const before = keepLastPid(HOST_FILES).read();
    spawnSync('true');
    const after = keepLastPid(HOST_FILES).read();
    expect(before.ok && after.ok && before.value !== after.value).toBe(true);
  });
});
