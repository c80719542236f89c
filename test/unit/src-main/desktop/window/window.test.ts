// Over 300 lines: cases of one subject, which share what stands at the top.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MainWindow, type MainWindowOptions } from '../../../../../src-main/desktop/window/window.ts';
import { FakeWindow } from '../../../../helpers/desktop/fake-window.ts';

const PAGE = 'lifeboat://app/';

/** The main window over stand-ins for Electron's windows, and everything that it reported. */
function openMain(overrides: Partial<MainWindowOptions> = {}) {
  const made: FakeWindow[] = [];
  const log: string[] = [];
  const seen: boolean[] = [];
  const quit = vi.fn();
  const onPlace = vi.fn<MainWindowOptions['onPlace']>();
  const askToRetry = vi.fn<MainWindowOptions['askToRetry']>(() => Promise.resolve(true));
  const main = new MainWindow({
    makeWindow: (options) => {
      const window = new FakeWindow(options);
      made.push(window);
      return window.asWindow();
    },
    webPreferences: { sandbox: true },
    place: () => ({ width: 800, height: 600, maximized: false }),
    onPlace,
    onMade: () => undefined,
    onSeen: (_window, isSeen) => seen.push(isSeen),
    whenClosed: () => 'quit',
    quit,
    askToRetry,
    log: (line) => log.push(line),
    nowMs: Date.now,
    ...overrides,
  });
  const only = () => {
    const [window, ...more] = made;
    if (window === undefined || more.length > 0) throw new Error(`there are ${made.length} windows`);
    return window;
  };
  const shown = () => {
    main.show();
    only().emit('ready-to-show');
    return only();
  };
  return { main, made, only, shown, log, seen, quit, onPlace, askToRetry };
}

/** The kernel takes the process of the page. */
function killPage(window: FakeWindow, reason = 'killed'): void {
  window.webContents.emit('render-process-gone', {}, { reason, exitCode: 9 });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('showing it', () => {
  it('makes no window before it is to be shown', () => {
    const { made, main } = openMain();
    expect(made).toEqual([]);
    expect(main.isSeen).toBe(false);
  });

  it('makes it unseen, where it was, and shows it once there is something in it', () => {
    const { main, only } = openMain({
      place: () => ({ width: 800, height: 600, x: 5, y: 6, maximized: true }),
    });
    main.show();
    expect(only().options).toMatchObject({
      ...{ width: 800, height: 600, x: 5, y: 6, show: false, minWidth: 420, minHeight: 480 },
      webPreferences: { sandbox: true },
    });
    expect(only().options).not.toHaveProperty('maximized');
    expect(only().loaded).toEqual([PAGE]);
    expect(only().calls).toEqual([]);
    only().emit('ready-to-show');
    expect(only().calls).toEqual(['maximize', 'show']);
    expect(main.isSeen).toBe(true);
  });

  it('brings the one that there is to the front, also from the tray and the task bar', () => {
    const { main, shown } = openMain();
    const window = shown();
    window.hide();
    window.minimize();
    window.calls.length = 0;
    main.show();
    expect(window.calls).toEqual(['restore', 'show', 'focus']);
    expect(window.loaded).toEqual([PAGE]);
  });

  it('reports when it is hidden and when it is visible', () => {
    const { shown, seen } = openMain();
    const window = shown();
    expect(seen).toEqual([true]);
    window.minimize();
    window.restore();
    window.hide();
    window.show();
    expect(seen.slice(1)).toEqual([false, true, false, true]);
  });

  it('makes a new one after the old one was closed for good', async () => {
    const { main, made, shown } = openMain();
    const window = shown();
    main.prepareQuit();
    window.close();
    await vi.runAllTimersAsync();
    main.show();
    expect(made).toHaveLength(2);
  });
});

describe('closing it', () => {
  it('quits where that is what it means', () => {
    const { shown, quit } = openMain();
    shown().close();
    expect(quit).toHaveBeenCalledOnce();
  });

  it('hides it where it can be had back', () => {
    const { shown, quit } = openMain({ whenClosed: () => 'hide' });
    const window = shown();
    window.close();
    expect(window.isVisible()).toBe(false);
    expect(window.isDestroyed()).toBe(false);
    expect(quit).not.toHaveBeenCalled();
  });

  it('lets it go without a question when Lifeboat ends', () => {
    const whenClosed = vi.fn(() => 'hide' as const);
    const { main, shown } = openMain({ whenClosed });
    const window = shown();
    main.prepareQuit();
    window.close();
    expect(window.isDestroyed()).toBe(true);
    expect(whenClosed).not.toHaveBeenCalled();
  });
});

describe('a window that was hidden to the tray', () => {
  const hiding = () => openMain({ whenClosed: () => 'hide' });

  it('is let go after five minutes, and comes back at the view that it had', async () => {
    const { main, made, shown, quit } = hiding();
    const window = shown();
    window.hash = '#/tuning';
    window.close();
    await vi.advanceTimersByTimeAsync(299_999);
    expect(window.isDestroyed()).toBe(false);
    expect(main.isLetGo).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(window.isDestroyed()).toBe(true);
    expect(main.isLetGo).toBe(true);
    expect(quit).not.toHaveBeenCalled();
    main.show();
    expect(main.isLetGo).toBe(false);
    expect(made).toHaveLength(2);
    expect(made[1]?.loaded).toEqual([`${PAGE}#/tuning`]);
    made[1]?.emit('ready-to-show');
    expect(main.isSeen).toBe(true);
  });

  it('stays when it is shown again before', async () => {
    const { main, shown } = hiding();
    const window = shown();
    window.close();
    await vi.advanceTimersByTimeAsync(299_000);
    main.show();
    await vi.runAllTimersAsync();
    expect(window.isDestroyed()).toBe(false);
    expect(main.isSeen).toBe(true);
  });

  it('is not let go once Lifeboat ends', async () => {
    const { main, shown } = hiding();
    const window = shown();
    window.close();
    main.prepareQuit();
    await vi.runAllTimersAsync();
    expect(main.isLetGo).toBe(false);
    expect(window.isDestroyed()).toBe(false);
  });

  it('is made whole when its page had ended meanwhile', async () => {
    const { main, made, shown } = hiding();
    const window = shown();
    window.close();
    killPage(window, 'oom');
    await vi.advanceTimersByTimeAsync(300_000);
    main.show();
    made[1]?.emit('ready-to-show');
    expect(made[1]?.loaded).toEqual([PAGE]);
  });
});

describe('its place', () => {
  it('is remembered once it has come to rest, and when Lifeboat ends', async () => {
    const { main, shown, onPlace } = openMain();
    const window = shown();
    for (let step = 0; step < 50; step += 1) {
      window.bounds = { ...window.bounds, x: step };
      window.emit('move');
      await vi.advanceTimersByTimeAsync(16);
    }
    expect(onPlace).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(onPlace.mock.calls).toEqual([[{ x: 49, y: 20, width: 900, height: 600, maximized: false }]]);
    window.emit('resize');
    main.prepareQuit();
    expect(onPlace).toHaveBeenCalledTimes(2);
    await vi.runAllTimersAsync();
    expect(onPlace).toHaveBeenCalledTimes(2);
  });

  it('is not that of a window in the task bar', async () => {
    const { shown, onPlace } = openMain();
    const window = shown();
    window.minimize();
    window.emit('move');
    await vi.runAllTimersAsync();
    expect(onPlace).not.toHaveBeenCalled();
  });
});

describe('a page whose process is gone', () => {
  it('is loaded again into the same window, at the view that was shown', async () => {
    const { shown, log, made } = openMain();
    const window = shown();
    window.hash = '#tuning';
    killPage(window);
    expect(window.loaded).toEqual([PAGE]);
    await vi.advanceTimersByTimeAsync(100);
    expect(window.loaded).toEqual([PAGE, `${PAGE}#tuning`]);
    expect(made).toHaveLength(1);
    expect(log).toEqual(['The process of the page is gone (killed, 9). Monitoring continues.']);
  });

  it('is never loaded from anywhere else', async () => {
    const { shown } = openMain();
    const window = shown();
    window.loaded.push('https://example.org/');
    killPage(window);
    await vi.runAllTimersAsync();
    expect(window.loaded.at(-1)).toBe(PAGE);
  });

  it('waits until it is visible, which saves the memory of a page', async () => {
    const { main, shown } = openMain();
    const window = shown();
    window.hide();
    killPage(window, 'oom');
    await vi.runAllTimersAsync();
    expect(window.loaded).toEqual([PAGE]);
    main.show();
    expect(window.loaded).toEqual([PAGE, PAGE]);
    window.minimize();
    window.restore();
    expect(window.loaded).toEqual([PAGE, PAGE]);
  });

  it('is loaded again before it was ever shown', async () => {
    const { main, only } = openMain();
    main.show();
    killPage(only());
    await vi.advanceTimersByTimeAsync(100);
    expect(only().loaded).toEqual([PAGE, PAGE]);
    only().emit('ready-to-show');
    expect(only().isVisible()).toBe(true);
  });

  it('is given up when it ends again and again, until the user says otherwise', async () => {
    const { shown, askToRetry, quit } = openMain();
    const window = shown();
    for (let end = 0; end < 4; end += 1) {
      killPage(window, 'crashed');
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(askToRetry.mock.calls).toEqual([['crashed']]);
    expect(window.loaded).toHaveLength(5);
    expect(quit).not.toHaveBeenCalled();
  });

  it('ends Lifeboat when the user does not want to try again', async () => {
    const { shown, quit } = openMain({ askToRetry: () => Promise.resolve(false) });
    const window = shown();
    for (let end = 0; end < 4; end += 1) {
      killPage(window);
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(quit).toHaveBeenCalledOnce();
    expect(window.loaded).toHaveLength(4);
  });

  it('is let go while Lifeboat ends', async () => {
    const { main, shown, log } = openMain();
    const window = shown();
    main.prepareQuit();
    killPage(window);
    await vi.runAllTimersAsync();
    expect(window.loaded).toEqual([PAGE]);
    expect(log).toEqual([]);
  });
});

describe('a page that hangs', () => {
  it('is started again after a quarter of a minute', async () => {
    const { shown, log } = openMain();
    const window = shown();
    window.emit('unresponsive');
    await vi.advanceTimersByTimeAsync(14_999);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log[0]).toBe('The page does not respond and is started again.');
    await vi.advanceTimersByTimeAsync(100);
    expect(window.loaded).toEqual([PAGE, PAGE]);
  });

  it('is left alone when it comes back', async () => {
    const { shown, log } = openMain();
    const window = shown();
    window.emit('unresponsive');
    await vi.advanceTimersByTimeAsync(10_000);
    window.emit('responsive');
    await vi.runAllTimersAsync();
    expect(log).toEqual([]);
    expect(window.loaded).toEqual([PAGE]);
  });
});

it('says when the page cannot be loaded', async () => {
  const { main, log } = openMain({
    makeWindow: (options) => {
      const window = new FakeWindow(options);
      window.loadURL = () => Promise.reject(new Error('ERR_FAILED (-2)'));
      return window.asWindow();
    },
  });
  main.show();
  await vi.runAllTimersAsync();
  expect(log).toEqual(['The page cannot be loaded: ERR_FAILED (-2)']);
});
