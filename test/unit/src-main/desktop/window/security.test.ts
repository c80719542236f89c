import { EventEmitter } from 'node:events';
import type { App, Session, WebContents } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import {
  confine,
  denyPermissions,
  enterSandbox,
  webPreferences,
} from '../../../../../src-main/desktop/window/security.ts';

/** An event that can be prevented, as Electron's are. */
function preventable(detail: object = {}) {
  return { ...detail, preventDefault: vi.fn() };
}

/** Contents that were confined, and what came of it. */
function confined() {
  const log: string[] = [];
  const openExternal = vi.fn(() => Promise.resolve());
  let popup: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: (handler: typeof popup) => {
      popup = handler;
    },
  });
  confine(contents as unknown as WebContents, { openExternal }, (line) => log.push(line));
  const emit = (name: string, detail: object) => {
    const event = preventable(detail);
    contents.emit(name, event);
    return event.preventDefault;
  };
  return { emit, openExternal, log, popup: (url: string) => popup({ url }) };
}

describe('enterSandbox', () => {
  it.for([
    { switches: [''], sandboxed: true },
    { switches: ['no-sandbox'], sandboxed: false },
  ])('sandboxes every page: $sandboxed when started with $switches', ({ switches, sandboxed }) => {
    const enableSandbox = vi.fn();
    const commandLine = { hasSwitch: (name: string) => switches.includes(name) };
    expect(enterSandbox({ commandLine, enableSandbox } as unknown as App)).toBe(sandboxed);
    expect(enableSandbox).toHaveBeenCalledTimes(sandboxed ? 1 : 0);
  });
});

describe('webPreferences', () => {
  it('gives a page the preload and nothing else', () => {
    expect(webPreferences('/opt/preload.cjs')).toEqual({
      preload: '/opt/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
  });
});

describe('denyPermissions', () => {
  it('denies what is asked for, what is looked up, every device and every download', () => {
    const on = vi.fn<(name: string, listener: (event: { preventDefault(): void }) => void) => void>();
    const handlers = {
      setPermissionRequestHandler: vi.fn<Session['setPermissionRequestHandler']>(),
      setPermissionCheckHandler: vi.fn<Session['setPermissionCheckHandler']>(),
      setDevicePermissionHandler: vi.fn<Session['setDevicePermissionHandler']>(),
    };
    denyPermissions({ ...handlers, on } as unknown as Session);
    const call = (handler: unknown, ...given: readonly unknown[]) =>
      (handler as (...given: readonly unknown[]) => unknown)(...given);
    for (const permission of ['notifications', 'media', 'clipboard-read', 'fullscreen', 'openExternal']) {
      const decide = vi.fn();
      call(handlers.setPermissionRequestHandler.mock.calls[0]?.[0], {}, permission, decide, {});
      expect(decide.mock.calls).toEqual([[false]]);
      expect(call(handlers.setPermissionCheckHandler.mock.calls[0]?.[0], {}, permission)).toBe(false);
    }
    expect(call(handlers.setDevicePermissionHandler.mock.calls[0]?.[0], {})).toBe(false);
    const event = preventable();
    expect(on.mock.calls[0]?.[0]).toBe('will-download');
    on.mock.calls[0]?.[1](event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
  });
});

describe('confine', () => {
  it.for([
    { name: 'will-navigate', url: 'https://example.org/' },
    { name: 'will-navigate', url: 'file:///etc/passwd' },
    { name: 'will-navigate', url: 'lifeboat://app/' },
    { name: 'will-redirect', url: 'https://example.org/' },
    { name: 'will-attach-webview', url: '' },
  ])('refuses $name to "$url", and logs it', ({ name, url }) => {
    const { emit, openExternal, log } = confined();
    expect(emit(name, { url })).toHaveBeenCalledOnce();
    expect(openExternal).not.toHaveBeenCalled();
    expect(log).toHaveLength(1);
    expect(log[0]).toContain(url);
  });

  it('refuses every navigation of a frame inside the page', () => {
    const { emit, openExternal, log } = confined();
    const url = 'https://docs.kernel.org/';
    expect(emit('will-frame-navigate', { url, isMainFrame: false })).toHaveBeenCalledOnce();
    expect(openExternal).not.toHaveBeenCalled();
    expect(log).toEqual([`refused a frame with ${url}`]);
  });

  it('opens a link to a known host in the browser, once, and stays where it is', () => {
    const { emit, openExternal, log } = confined();
    const url = 'https://docs.kernel.org/';
    emit('will-frame-navigate', { url, isMainFrame: true });
    expect(emit('will-navigate', { url })).toHaveBeenCalledOnce();
    expect(openExternal.mock.calls).toEqual([[url]]);
    expect(log).toEqual([]);
  });

  it.for([
    { url: 'https://github.com/', outside: true },
    { url: 'https://example.org/', outside: false },
    { url: 'about:blank', outside: false },
    { url: 'file:///etc/passwd', outside: false },
  ])('opens no window for $url', ({ url, outside }) => {
    const { popup, openExternal, log } = confined();
    expect(popup(url)).toEqual({ action: 'deny' });
    expect(openExternal).toHaveBeenCalledTimes(outside ? 1 : 0);
    expect(log).toHaveLength(outside ? 0 : 1);
  });

  it('says when there is no browser to open a link', async () => {
    const { popup, openExternal, log } = confined();
    openExternal.mockRejectedValueOnce(new Error('no xdg-open'));
    popup('https://github.com/');
    await vi.waitFor(() => {
      expect(log).toEqual(['https://github.com/ cannot be opened: Error: no xdg-open']);
    }, 10_000);
  });
});
