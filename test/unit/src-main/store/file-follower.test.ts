import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FileFollower } from '../../../../src-main/store/file-follower.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

function following() {
  const path = join(temporaryDir(), 'file');
  const read = vi.fn();
  const follower = new FileFollower(path, read);
  onTestFinished(() => {
    follower.close();
  });
  return { path, read, follower };
}

describe('FileFollower', () => {
  it('has the file read at the first look, there or not, and then when it has changed', () => {
    const { path, read, follower } = following();
    follower.look();
    follower.look();
    expect(read).toHaveBeenCalledTimes(1);
    expect(follower.isThere).toBe(false);
    writeFileSync(path, 'one');
    follower.look();
    follower.look();
    expect(read).toHaveBeenCalledTimes(2);
    expect(follower.isThere).toBe(true);
    rmSync(path);
    follower.look();
    expect(read).toHaveBeenCalledTimes(3);
    expect(follower.isThere).toBe(false);
  });

  it('does not have read what is known', () => {
    const { path, read, follower } = following();
    writeFileSync(path, 'ours');
    follower.markRead();
    follower.look();
    expect(read).not.toHaveBeenCalled();
    writeFileSync(path, 'another user’s');
    follower.look();
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('looks again and again until it is closed', () => {
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { path, read, follower } = following();
    follower.markRead();
    follower.watch();
    writeFileSync(path, 'one');
    vi.advanceTimersByTime(2_000);
    expect(read).toHaveBeenCalledTimes(1);
    follower.close();
    writeFileSync(path, 'two of them');
    vi.advanceTimersByTime(10_000);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
