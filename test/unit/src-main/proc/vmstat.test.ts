import { describe, expect, it } from 'vitest';
import { parseVmstat, readVmstat } from '../../../../src-main/proc/vmstat.ts';
import { CAPTURED } from '../../../helpers/captured.ts';

describe('readVmstat', () => {
  it('reads the captured one', () => {
    expect(readVmstat(CAPTURED)).toEqual({
      ok: true,
      value: { majorFaults: 3917, swapInPages: 0, swapOutPages: 0, oomKills: 147 },
    });
  });
});

describe('parseVmstat', () => {
  it('leaves out what a kernel does not count', () => {
    expect(parseVmstat('nr_free_pages 7\npgmajfault 12\n')).toEqual({ majorFaults: 12 });
  });

  it.each([
    '',
    'pgmajfault x\n',
    'pgmajfault 1\noom_kill -\n',
    'pgmajfault_other 1\n',
    'pgmajfault 1\npswpin\npswpin \n',
  ])('refuses %j', (text) => {
    expect(parseVmstat(text)).toBeUndefined();
  });
});
