import { describe, expect, it } from 'vitest';
import { parseCgroupEvents } from '../../../../../src-main/proc/cgroup/events.ts';
import { transcribed } from '../../../../helpers/captured.ts';

describe('parseCgroupEvents', () => {
  it('reads both counters of v2', () => {
    expect(parseCgroupEvents('low 0\nhigh 3\nmax 9\noom 4\noom_kill 2\noom_group_kill 1\n')).toEqual({
      ooms: 4,
      oomKills: 2,
    });
    expect(parseCgroupEvents(transcribed('memory.events-7.0'))).toEqual({ ooms: 1, oomKills: 1 });
  });

  it('reads the one of v1, where reaching the limit is not counted', () => {
    expect(parseCgroupEvents('oom_kill_disable 0\nunder_oom 0\noom_kill 7\n')).toEqual({ oomKills: 7 });
  });

  it.for(['', 'oom_kill_disable 0\nunder_oom 0\n', 'oom x\noom_kill -1\n'])('has nothing from %j', (text) => {
    expect(parseCgroupEvents(text)).toEqual({});
  });
});
