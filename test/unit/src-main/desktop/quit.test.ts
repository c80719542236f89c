import { EventEmitter } from 'node:events';
import type { App } from 'electron';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { quitAfter } from '../../../../src-main/desktop/quit.ts';

function quitting(close: () => Promise<void>) {
  const exit = vi.fn();
  const app = Object.assign(new EventEmitter(), { exit });
  quitAfter(app as unknown as App, close);
  const quit = () => {
    const event = { preventDefault: vi.fn() };
    app.emit('will-quit', event);
    return event.preventDefault;
  };
  return { exit, quit };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('quitAfter', () => {
  it('ends the program when everything else has ended, and ends that once', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const close = vi.fn(async () => {
      await promise;
    });
    const { exit, quit } = quitting(close);
    expect(quit()).toHaveBeenCalledOnce();
    expect(quit()).toHaveBeenCalledOnce();
    expect(exit).not.toHaveBeenCalled();
    resolve(undefined);
    await vi.waitFor(() => {
      expect(exit.mock.calls).toEqual([[0]]);
    }, 10_000);
    expect(close).toHaveBeenCalledOnce();
  });

  it('does not wait for ever', async () => {
    vi.useFakeTimers();
    const { exit, quit } = quitting(() => new Promise(() => undefined));
    quit();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(exit.mock.calls).toEqual([[0]]);
  });
});
