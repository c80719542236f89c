import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TrayFollower } from '../../../../../src-main/desktop/tray/tray-follower.ts';

function following() {
  vi.useFakeTimers();
  const changes: boolean[] = [];
  let isThere = false;
  let asked = 0;
  const follower = new TrayFollower({
    hasTrayHost: () => {
      asked += 1;
      return Promise.resolve(isThere);
    },
    onChange: (isPresent) => changes.push(isPresent),
  });
  onTestFinished(() => {
    follower.close();
    vi.useRealTimers();
  });
  return { follower, changes, asked: () => asked, set: (there: boolean) => (isThere = there) };
}

describe('TrayFollower', () => {
  it('does not know before it has asked', async () => {
    const { follower, changes } = following();
    expect(follower.isPresent).toBeUndefined();
    await follower.ask();
    expect(follower.isPresent).toBe(false);
    expect(changes).toEqual([false]);
  });

  it('finds a panel that comes up after it at login, and one that goes', async () => {
    const { follower, changes, set } = following();
    await follower.ask();
    set(true);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(changes).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(changes).toEqual([false, true]);
    set(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(changes).toEqual([false, true, false]);
  });

  it('asks often at first and once a minute later', async () => {
    const { follower, asked } = following();
    await follower.ask();
    await vi.advanceTimersByTimeAsync(52_000);
    expect(asked()).toBe(5);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked()).toBe(15);
  });

  it('asks no more once it is closed, also when an answer is on its way', async () => {
    const { follower, changes, asked } = following();
    const answer = follower.ask();
    follower.close();
    await answer;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(changes).toEqual([]);
    expect(asked()).toBe(1);
  });
});
