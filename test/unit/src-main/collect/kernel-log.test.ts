import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KernelLogFollower } from '../../../../src-main/collect/kernel-log.ts';

/** A file in the place of the log; the end of a file stands for the end of the log. */
function log(text = '') {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-kmsg-'));
  const path = join(folder, 'kmsg');
  writeFileSync(path, text);
  const follower = KernelLogFollower.open(path);
  if (follower === undefined) throw new Error('the log cannot be opened');
  onTestFinished(() => {
    follower.close();
    rmSync(folder, { recursive: true });
  });
  return {
    follower,
    add: (more: string) => {
      appendFileSync(path, more);
    },
  };
}

describe('KernelLogFollower', () => {
  it('passes over what was logged before, and gives what comes later', () => {
    const { follower, add } = log('6,1,1,-;old\n');
    expect(follower.passOver()).toEqual(['6,1,1,-;old\n']);
    add('6,2,2,-;new\n');
    expect(follower.poll()).toEqual(['6,2,2,-;new\n']);
    expect(follower.poll()).toEqual([]);
  });

  it('is not there where the log may not be read', () => {
    expect(KernelLogFollower.open('/nowhere/dev/kmsg')).toBeUndefined();
  });

  it('gets to the end of a log that is longer than it reads at once', () => {
    // A record of a file is as long as the buffer: 3,001 of them.
    const { follower, add } = log('x'.repeat(3001 * 8192));
    expect(follower.passOver()).toHaveLength(1000);
    add('6,2,2,-;new\n');
    expect(follower.poll()).toEqual(['6,2,2,-;new\n']);
  });
});
