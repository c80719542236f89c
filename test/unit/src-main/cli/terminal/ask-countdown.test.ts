import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askToKeep, verdictOf, type Verdict } from '../../../../../src-main/cli/terminal/ask-countdown.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function ask(leftMs: number) {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (text: Buffer) => (shown += text.toString()));
  const verdict = askToKeep(Date.now() + leftMs, { input, output });
  return { input, verdict, shown: () => shown };
}

describe('askToKeep', () => {
  it.each<[string, Verdict]>([
    ['y\n', 'keep'],
    [' YES \n', 'keep'],
    ['d\n', 'keep-on-disk'],
    ['n\n', 'take-back'],
    ['\n', 'take-back'],
    ['yess\n', 'take-back'],
  ])('%j is %s', async (typed, verdict) => {
    const asked = ask(20_000);
    asked.input.write(typed);
    expect(await asked.verdict).toBe(verdict);
    expect(asked.shown()).toContain('Keep? (20 s)');
  });

  it('a terminal that goes away takes it back', async () => {
    const asked = ask(20_000);
    asked.input.end();
    expect(await asked.verdict).toBe('take-back');
  });

  it('counts down, and leaves the change to the helper when no answer comes', async () => {
    const asked = ask(1_900);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await asked.verdict).toBe('silence');
    expect(asked.shown()).toMatch(/Keep\? \(2 s\)[^]*Keep\? \(1 s\)/);
  });

  it('only a clear yes is one', () => {
    expect(['ja', 'ok', 'yes please', 'disk', 'D'].map(verdictOf)).toEqual([
      'take-back',
      'take-back',
      'take-back',
      'keep-on-disk',
      'keep-on-disk',
    ]);
  });
});
