import { describe, expect, it } from 'vitest';
import { type Machine } from '../../../kernel/machines/machine.ts';
import { ReportWatch } from '../../../kernel/watch.ts';

const asked = '4,1,1,-;eater invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0';

function killed(pid: number): string {
  return `3,2,2,-;Memory cgroup out of memory: Killed process ${pid} (eater) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0`;
}

function watch(...kmsg: readonly string[]) {
  const log = [...kmsg];
  const begun = new ReportWatch({ agent: { kmsg: log } } as unknown as Machine, () => true);
  return { log, watch: begun, victims: () => begun.reports().map(({ kills }) => kills[0]?.pid) };
}

describe('ReportWatch', () => {
  it('has the messages since it began', () => {
    const { log, watch: begun, victims } = watch(asked, killed(1));
    expect(victims()).toEqual([]);
    log.push(asked, killed(2));
    expect(victims()).toEqual([2]);
    begun.begin();
    expect(victims()).toEqual([]);
  });

  it('keeps a report that has not come to its kill', () => {
    const { log, watch: begun, victims } = watch();
    log.push(asked, killed(2), asked);
    begun.begin();
    log.push(killed(3));
    expect(victims()).toEqual([3]);
    expect(begun.reports()[0]?.trigger?.name).toBe('eater');
  });
});
