import { describe, expect, it } from 'vitest';
import { HelperLog } from '../../../../../src-main/engine/events/helper-log.ts';

describe('HelperLog', () => {
  it('takes what comes without a pause for the past', () => {
    const log = new HelperLog();
    log.begin(1000);
    log.push('old', 1010);
    log.push('old as well', 1200);
    expect(log.poll()).toEqual([]);
    log.push('new', 1501);
    log.push('with it', 1502);
    expect(log.poll()).toEqual(['new', 'with it']);
    expect(log.poll()).toEqual([]);
  });

  it('hears nothing before the helper follows, and after it is gone', () => {
    const log = new HelperLog();
    log.push('before the first poll', 5000);
    expect(log.poll()).toBeUndefined();
    log.begin(6000);
    expect(log.poll()).toEqual([]);
    log.end();
    log.push('late', 9000);
    expect(log.poll()).toBeUndefined();
  });

  it('does not grow without bound while it is not polled', () => {
    const log = new HelperLog();
    log.begin(0);
    for (let each = 0; each < 5000; each += 1) log.push(`${each}`, 1000 + each);
    const records = log.poll() ?? [];
    expect(records).toHaveLength(4000);
    expect(records.at(-1)).toBe('4999');
  });
});
