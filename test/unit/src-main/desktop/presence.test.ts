import { EventEmitter } from 'node:events';
import type { Menu, MenuItemConstructorOptions, NativeImage, Notification, Tray } from 'electron';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fail, ok, type Failure } from '#shared/result.ts';
import { type AdjChange } from '#shared/model/change.ts';
import { DEFAULT_SETTINGS, type Theme } from '#shared/model/settings.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { en } from '#shared/words/en.ts';
import { clientOf, type Composition } from '../../../../src-main/composition.ts';
import { Presence } from '../../../../src-main/desktop/presence.ts';
import { orderOfScope } from '../../../../src-main/engine/watch/order-view.ts';
import { CurrentSettings } from '../../../../src-main/engine/settings/settings.ts';
import { strictHandlers } from '../../../helpers/fake-handlers.ts';
import { snapshotOf } from '../../../helpers/processes/process-sampler.ts';
import { temporaryDir } from '../../../helpers/web-client.ts';

interface Stage {
  readonly hasTray?: boolean;
  readonly refused?: Failure;
}

/** A desktop that records every call, and a Lifeboat that sees one machine. */
async function desktop({ hasTray = true, refused }: Stage = {}) {
  const snapshot = snapshotOf({ processes: [{ pid: 10, name: 'big', rssAnonPages: 9000, adj: 300 }] });
  const trays: { destroyed: boolean }[] = [];
  const notices: { readonly title: string; readonly body: string; readonly click: () => void }[] = [];
  const shown: (string | undefined)[] = [];
  const themes: Theme[] = [];
  let menu: MenuItemConstructorOptions[] = [];
  let quits = 0;
  const presence = new Presence({
    makeTray: () => {
      const tray = { destroyed: false };
      trays.push(tray);
      const noted = { on: () => undefined, setImage: () => undefined, setToolTip: () => undefined };
      return {
        ...noted,
        setContextMenu: () => undefined,
        destroy: () => (tray.destroyed = true),
      } as unknown as Tray;
    },
    imageFor: () => Object.create(null) as NativeImage,
    makeMenu: (template) => {
      menu = template;
      return Object.create(null) as Menu;
    },
    isSupported: () => true,
    make: ({ title = '', body = '' }) => {
      const notice = Object.assign(new EventEmitter(), { show: () => undefined, close: () => undefined });
      notices.push({ title, body, click: () => notice.emit('click') });
      return notice as unknown as Notification;
    },
    autostart: { isOn: false, set: () => ok(null) },
    hasTrayHost: () => Promise.resolve(hasTray),
    setTheme: (theme) => themes.push(theme),
    quit: () => (quits += 1),
    words: en,
    nowMs: () => 0,
  });
  onTestFinished(() => {
    presence.close();
  });
  const settings = new CurrentSettings({
    folder: temporaryDir(),
    nowMs: () => 0,
    desktop: presence.desktop,
    log: () => undefined,
  });
  const written: AdjChange[] = [];
  const change: AdjChange = { pid: 10, startTicks: 1, name: 'big', before: 300, after: -12 };
  const lifeboat = {
    monitor: {
      snapshot: () => ok(snapshot),
      front: () => orderOfScope(snapshot, GLOBAL_SCOPE, 10),
      forecasts: { machine: undefined },
    },
    alerts: { level: 'calm' },
    settings,
    client: clientOf(
      strictHandlers({
        'change.previewAdj': (request) =>
          ok({
            id: 'p1',
            computedAtMs: 0,
            writes: [],
            request,
            changes: [change],
            orderAfter: [],
            place: { before: 1, after: 60, of: 214 },
            warnings: [],
            needsRoot: true,
            lasting: [],
          }),
        'change.applyAdj': ({ id }) => {
          expect(id).toBe('p1');
          written.push(change);
          const outcomes = [{ ...change, asked: change.after }];
          return refused === undefined ? ok({ group: 1, outcomes }) : { ok: false, error: refused };
        },
      }),
      () => undefined,
    ),
  } as unknown as Composition;
  presence.begin(lifeboat, { show: (view) => shown.push(view) });
  await expect.poll(() => settings.state().desktop?.tray).toBe(hasTray);
  return {
    presence,
    settings,
    snapshot,
    trays,
    notices,
    shown,
    themes,
    written,
    quits: () => quits,
    labels: () => menu.map(({ label }) => label),
    press: (id: string) => {
      const item = menu.find((entry) => entry.id === id);
      if (item?.click === undefined) throw new Error(`no ${id} in the menu`);
      (item.click as () => void)();
    },
  };
}

describe('Presence', () => {
  it('has an icon where the desktop shows any, with what was seen last', async () => {
    const { trays, labels, presence } = await desktop();
    expect(trays).toEqual([{ destroyed: false }]);
    expect(labels()).toContain('Next victim: big (10)');
    expect(presence.hasTray).toBe(true);
    presence.close();
    expect(trays).toEqual([{ destroyed: true }]);
  });

  it('has none elsewhere, and does no work for it', async () => {
    const { trays, presence, snapshot, labels } = await desktop({ hasTray: false });
    presence.onSnapshot(snapshot);
    expect(trays).toEqual([]);
    expect(labels()).toEqual([]);
    expect(presence.hasTray).toBe(false);
  });

  it('protects the process that the menu named, and shows the result', async () => {
    const { press, written, notices, shown } = await desktop();
    press('protect');
    await expect.poll(() => notices.length).toBe(1);
    expect(written).toMatchObject([{ pid: 10, after: -12 }]);
    expect(notices[0]).toMatchObject({
      title: 'big is protected',
      body: 'big (10): oom_score_adj is now -12, was +300. It has place 60 of 214. You can undo this under Events.',
    });
    notices[0]?.click();
    expect(shown).toEqual(['events']);
  });

  it('shows the window, with the reason, where it cannot', async () => {
    const refused = fail('elevation-none', { why: 'not-installed' }).error;
    const { press, notices, shown } = await desktop({ refused });
    press('protect');
    await expect.poll(() => shown).toEqual(['next']);
    expect(notices[0]).toMatchObject({
      title: 'Nothing was changed',
      body: 'There is no way to become root: neither sudo nor pkexec is installed.',
    });
  });

  it('shows nothing when the password dialog was dismissed', async () => {
    const refused = fail('elevation-dismissed', {}).error;
    const { press, notices, shown, written } = await desktop({ refused });
    press('protect');
    await expect.poll(() => written.length).toBe(1);
    await Promise.resolve();
    expect(notices).toEqual([]);
    expect(shown).toEqual([]);
  });

  it('opens the window, the settings, and quits from the menu', async () => {
    const { press, shown, quits } = await desktop();
    press('open');
    press('settings');
    press('quit');
    expect(shown).toEqual([undefined, 'settings']);
    expect(quits()).toBe(1);
  });

  it('has the theme of the settings from the start, and follows it', async () => {
    const { settings, themes } = await desktop();
    expect(themes).toEqual([DEFAULT_SETTINGS.theme]);
    settings.change({ theme: 'dark' });
    expect(themes.at(-1)).toBe('dark');
  });

  it('interrupts for what may interrupt, and for nothing else', async () => {
    const { presence, notices } = await desktop();
    const kill = { kind: 'kill', count: 1, witness: 'unknown', victims: [] } as const;
    presence.onAlert({ id: 1, timeMs: 0, alert: kill }, false);
    expect(notices).toEqual([]);
    presence.onAlert({ id: 2, timeMs: 0, alert: kill }, true);
    expect(notices.map(({ title }) => title)).toEqual(['The kernel killed a process']);
  });
});
