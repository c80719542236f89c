import { describe, expect, it } from 'vitest';
import { parseLimits, readSelfLimits } from '../../../../../src-main/proc/pid/self-limits.ts';
import { CAPTURED } from '../../../../helpers/captured.ts';

describe('readSelfLimits', () => {
  it('reads the captured ones', () => {
    expect(readSelfLimits(CAPTURED)).toEqual({
      ok: true,
      value: { openFilesSoft: 20_000, openFilesHard: 20_000 },
    });
  });
});

describe('parseLimits', () => {
  it('knows no limit', () => {
    const line = 'Max open files            1024                 unlimited            files     \n';
    expect(parseLimits(`Limit  Soft Limit  Hard Limit  Units\n${line}`)).toEqual({
      openFilesSoft: 1024,
      openFilesHard: Infinity,
    });
  });

  it.each([
    '',
    'Max open files            some                 1024            files\n',
    'Max open files 1024\n',
  ])('refuses %j', (text) => {
    expect(parseLimits(text)).toBeUndefined();
  });
});
