import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Attempt } from '../../../../../src-renderer/shell/connection/connect.ts';
import { Connection } from '../../../../../src-renderer/shell/connection/connection.svelte.ts';
import { createPair, type Pair } from '../../pair.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A connection whose attempts end as the test says. */
function connecting(outcomes: ('open' | 'refused' | 'unreachable')[]) {
  const pairs: Pair[] = [];
  const attemptsMs: number[] = [];
  const opened: Pair[] = [];
  const connect = (): Promise<Attempt> => {
    attemptsMs.push(Date.now());
    const kind = outcomes.shift() ?? 'unreachable';
    if (kind !== 'open') return Promise.resolve({ kind });
    const pair = createPair();
    pairs.push(pair);
    return Promise.resolve({ kind, channel: pair.channel });
  };
  const connection = new Connection(connect, () => opened.push(pairs.at(-1) ?? expect.unreachable()));
  return { connection, pairs, attemptsMs, opened };
}

const flush = () => vi.advanceTimersByTimeAsync(0);

describe('Connection', () => {
  it('opens, and gives the line to its waiters', async () => {
    const { connection, opened } = connecting(['open']);
    expect(connection.line).toBe('opening');
    connection.retry();
    await flush();
    expect(connection.line).toBe('open');
    expect(opened.length).toBe(1);
  });

  it('waits 0.25 s, then twice as long each time, at most 4 s', async () => {
    const { connection, attemptsMs } = connecting([]);
    connection.retry();
    await vi.advanceTimersByTimeAsync(20_000);
    const waits = attemptsMs.slice(1).map((at, index) => at - (attemptsMs[index] ?? 0));
    expect(waits.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 4000, 4000]);
    expect(connection.line).toBe('opening');
  });

  it('comes back after 0.25 s when the line breaks', async () => {
    const { connection, pairs, opened } = connecting(['open', 'open']);
    connection.retry();
    await flush();
    pairs[0]?.breakLine();
    expect(connection.line).toBe('lost');
    await vi.advanceTimersByTimeAsync(249);
    expect(opened.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.line).toBe('open');
    expect(opened.length).toBe(2);
  });

  it('tries again where a fresh address came while an attempt with the old key was on its way', async () => {
    const { connection, attemptsMs } = connecting(['refused', 'open']);
    connection.retry();
    connection.retry();
    await flush();
    expect(connection.line).toBe('open');
    expect(attemptsMs.length).toBe(2);
  });

  it('does not try again by itself when it is refused, and does on request', async () => {
    const { connection, attemptsMs } = connecting(['refused', 'open']);
    connection.retry();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(connection.line).toBe('refused');
    expect(attemptsMs.length).toBe(1);
    connection.retry();
    await flush();
    expect(connection.line).toBe('open');
  });

  it('lets go while paused, and is not lost', async () => {
    const { connection, pairs, opened } = connecting(['open', 'open']);
    connection.retry();
    await flush();
    connection.pause();
    expect(connection.line).toBe('paused');
    expect(pairs[0]?.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened.length).toBe(1);
    connection.resume();
    await flush();
    expect(connection.line).toBe('open');
    expect(opened.length).toBe(2);
  });

  it('closes a line that opens after it was paused', async () => {
    const { connection, opened } = connecting(['open']);
    connection.retry();
    connection.pause();
    await flush();
    expect(opened.length).toBe(0);
    expect(connection.line).toBe('opening');
  });

  it('is lost when it was paused and no server answers any more', async () => {
    const { connection } = connecting(['open', 'unreachable', 'open']);
    connection.retry();
    await flush();
    connection.pause();
    connection.resume();
    await flush();
    expect(connection.line).toBe('lost');
    await vi.advanceTimersByTimeAsync(500);
    expect(connection.line).toBe('open');
  });

  it('makes one attempt at a time', async () => {
    const { connection, attemptsMs } = connecting(['open']);
    connection.retry();
    connection.retry();
    await flush();
    connection.retry();
    await flush();
    expect(attemptsMs.length).toBe(1);
  });
});
