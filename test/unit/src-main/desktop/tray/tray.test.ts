import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron';
import { describe, expect, it } from 'vitest';
import { type ProcessId } from '#shared/model/process.ts';
import { LifeboatTray } from '../../../../../src-main/desktop/tray/tray.ts';
import { type TrayView } from '../../../../../src-main/desktop/tray/tray-menu.ts';

/** A tray on a desktop that records every call. */
function onDesktop() {
  const said: string[] = [];
  const acted: { readonly action: string; readonly victim: ProcessId | undefined }[] = [];
  const clicks: (() => void)[] = [];
  let menu: MenuItemConstructorOptions[] = [];
  let nowMs = 0;
  const tray = new LifeboatTray({
    makeTray: (image) => {
      said.push(`new ${image as unknown as string}`);
      return {
        on: (_: string, listener: () => void) => clicks.push(listener),
        setImage: (next: unknown) => said.push(`image ${next as string}`),
        setToolTip: (text: string) => said.push(`tip ${text}`),
        setContextMenu: () => said.push('menu'),
        destroy: () => said.push('gone'),
      } as unknown as Tray;
    },
    imageFor: (level) => level as unknown as NativeImage,
    makeMenu: (template) => {
      menu = template;
      return Object.create(null) as Menu;
    },
    onAction: (action, victim) => acted.push({ action, victim }),
    nowMs: () => nowMs,
  });
  return {
    tray,
    acted,
    clicks,
    menu: () => menu,
    press: (id: string) => {
      const item = menu.find((entry) => entry.id === id);
      if (item?.click === undefined) throw new Error(`no ${id} in the menu`);
      (item.click as () => void)();
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    said: () => said.splice(0),
  };
}

const view = (over: Partial<TrayView> & { readonly state?: string } = {}): TrayView => ({
  level: over.level ?? 'calm',
  tooltip: over.state ?? 'fine',
  victim: over.victim ?? { pid: 10, startTicks: 1 },
  items: [
    { kind: 'line', label: over.state ?? 'fine' },
    { kind: 'separator' },
    { kind: 'action', action: 'protect', label: 'Protect' },
    { kind: 'action', action: 'quit', label: 'Quit' },
  ],
});

describe('LifeboatTray', () => {
  it('is nowhere until it is put up, and shows then what was seen last', () => {
    const { tray, said } = onDesktop();
    tray.show(view({ level: 'tight' }));
    expect(said()).toEqual([]);
    tray.setPresent(true);
    expect(said()).toEqual(['new tight', 'image tight', 'tip fine', 'menu']);
    tray.setPresent(true);
    tray.setPresent(false);
    expect(said()).toEqual(['gone']);
    tray.show(view());
    expect(said()).toEqual([]);
  });

  it('does nothing while nothing changes', () => {
    const { tray, said, pass } = onDesktop();
    tray.setPresent(true);
    tray.show(view());
    said();
    pass(60_000);
    tray.show(view());
    expect(said()).toEqual([]);
  });

  it('rebuilds the menu for figures only now and then, for another victim or level at once', () => {
    const { tray, said, pass } = onDesktop();
    tray.setPresent(true);
    tray.show(view());
    said();
    pass(1000);
    tray.show(view({ state: '1 GiB' }));
    expect(said()).toEqual([]);
    tray.show(view({ state: '1 GiB', victim: { pid: 11, startTicks: 1 } }));
    expect(said()).toEqual(['tip 1 GiB', 'menu']);
    tray.show(view({ state: '1 GiB', victim: { pid: 11, startTicks: 2 } }));
    expect(said()).toEqual(['menu']);
    tray.show(view({ state: '0 GiB', level: 'critical', victim: { pid: 11, startTicks: 2 } }));
    expect(said()).toEqual(['image critical', 'tip 0 GiB', 'menu']);
    pass(15_000);
    tray.show(view({ state: '2 GiB', level: 'critical', victim: { pid: 11, startTicks: 2 } }));
    expect(said()).toEqual(['tip 2 GiB', 'menu']);
  });

  it('acts for the very process that the menu named', () => {
    const { tray, acted, press } = onDesktop();
    tray.setPresent(true);
    tray.show(view());
    press('protect');
    press('quit');
    const victim = { pid: 10, startTicks: 1 };
    expect(acted).toEqual([
      { action: 'protect', victim },
      { action: 'quit', victim },
    ]);
  });

  it('opens the window by a click on the icon', () => {
    const { tray, acted, clicks } = onDesktop();
    tray.setPresent(true);
    clicks[0]?.();
    expect(acted).toEqual([{ action: 'open', victim: undefined }]);
  });

  it('only says what is no action, and shows an ampersand as itself', () => {
    const { tray, menu } = onDesktop();
    tray.setPresent(true);
    tray.show(view({ state: 'a&b' }));
    expect(menu()[0]).toEqual({ label: 'a&&b', enabled: false });
    expect(menu()[1]).toEqual({ type: 'separator' });
  });
});
