import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { numberIn, startSleeper } from '../e2e/support/changing.ts';
import { startEater } from '../e2e/support/eater.ts';
import { recorded, type Desktop } from './support/desktop.ts';
import { inPage, inWindow, isShown, openPage } from './support/lifeboat-window.ts';
import { type RecordedTray, type Recorder } from './support/recorder.ts';
import { CAN_CHANGE } from './support/stage.ts';
import { startTrayHost } from './support/tray-host.ts';
import { useDesktop } from './support/use-desktop.ts';

const start = useDesktop();
/** More than anything on a desktop has. */
const ADJ = 990;

async function startWithTray(settings: object = {}, args: readonly string[] = []): Promise<Desktop> {
  const home = start.stage().makeHome();
  mkdirSync(join(home, 'config/lifeboat'), { recursive: true });
  writeFileSync(join(home, 'config/lifeboat/settings.json'), JSON.stringify(settings));
  return start({ home, args, env: await startTrayHost(home) });
}

/** The icon that is there now. */
async function tray(desktop: Desktop): Promise<RecordedTray | undefined> {
  return (await recorded(desktop)).trays.findLast(({ destroyed }) => !destroyed);
}

const labels = async (desktop: Desktop) => (await tray(desktop))?.menu.map(({ label }) => label) ?? [];
const press = (desktop: Desktop, label: string) =>
  desktop.evaluate((_electron, wanted) => {
    (globalThis as unknown as { recorder: Recorder }).recorder.press(wanted);
  }, label);
const click = (desktop: Desktop, what: 'clickTray' | 'clickNotification') =>
  desktop.evaluate((_electron, name) => {
    (globalThis as unknown as { recorder: Recorder }).recorder[name]();
  }, what);

describe('the tray', () => {
  it('shows the state of memory and the next victim, and is drawn', async () => {
    const eater = await startEater('tray-next', 20, ADJ + 10);
    const desktop = await startWithTray({}, ['--hidden']);
    const name = `tray-next (${eater.pid})`;
    await expect.poll(() => labels(desktop)).toContain(`Next victim: ${name}`);
    expect(await labels(desktop)).toEqual(
      expect.arrayContaining([`Protect ${name}`, 'Open Lifeboat', 'Settings', 'Quit']),
    );
    const { toolTip = '', image = '', menu = [] } = (await tray(desktop)) ?? {};
    expect(toolTip).toMatch(/^Lifeboat: \w.*: [\d.]+ [KMGT]iB available\. Next victim: /);
    expect(toolTip).toContain(name);
    expect(menu.filter(({ enabled }) => enabled).map(({ label }) => label)).not.toContain(
      `Next victim: ${name}`,
    );
    const png = Buffer.from(image.replace('data:image/png;base64,', ''), 'base64');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([24, 24]);

    await eater.kill();
    await expect.poll(() => labels(desktop)).not.toContain(`Next victim: ${name}`);
  });

  it('is not put up where no desktop would show it', async () => {
    const desktop = await start();
    await openPage(desktop);
    expect((await recorded(desktop)).trays).toEqual([]);
  });

  it('opens the window and its settings, and ends Lifeboat', async () => {
    const desktop = await startWithTray({}, ['--hidden']);
    await expect.poll(() => labels(desktop)).toContain('Open Lifeboat');
    await press(desktop, 'Settings');
    await expect.poll(() => inPage(desktop, 'document.title').catch(() => '')).toContain('Settings');
    await expect.poll(() => isShown(desktop)).toBe(true);
    await inWindow(desktop, 'minimize');
    await click(desktop, 'clickTray');
    await expect.poll(() => isShown(desktop)).toBe(true);
    // The answer would come too late.
    await press(desktop, 'Quit').catch(() => undefined);
    expect(await desktop.ended).toBe(0);
  });

  it('keeps Lifeboat when its window is closed, where the user wants that', async () => {
    const desktop = await startWithTray({ closeToTray: true });
    await openPage(desktop);
    await expect.poll(() => labels(desktop)).toContain('Open Lifeboat');
    await inWindow(desktop, 'close');
    await expect.poll(() => isShown(desktop)).toBe(false);
    await press(desktop, 'Open Lifeboat');
    await expect.poll(() => isShown(desktop)).toBe(true);
  });

  it('does not keep it where the user has not said so', async () => {
    const desktop = await startWithTray();
    await openPage(desktop);
    await expect.poll(() => labels(desktop)).toContain('Open Lifeboat');
    await inWindow(desktop, 'close');
    expect(await desktop.ended).toBe(0);
  });
});

describe.skipIf(!CAN_CHANGE)(
  'protecting from the tray (it needs root: for a helper that only root can alter)',
  () => {
    it('moves the next victim behind another, tells so, and tells when it is next again', async () => {
      const eater = await startEater('tray-eater', 24, ADJ + 8);
      // Those it goes behind: room to grow is kept to the last of them, and no value below 0 is needed for it.
      for (const value of [ADJ, ADJ - 5, ADJ - 10, ADJ - 15, ADJ - 20]) await startSleeper(value);
      const desktop = await startWithTray({}, ['--hidden']);
      const name = `tray-eater (${eater.pid})`;
      await expect.poll(() => labels(desktop)).toContain(`Protect ${name}`);
      await press(desktop, `Protect ${name}`);
      const notices = async () => (await recorded(desktop)).notifications;
      await expect
        .poll(async () => (await notices()).map(({ title }) => title))
        .toContain('tray-eater is protected');
      const after = numberIn(`/proc/${eater.pid}/oom_score_adj`);
      expect(after).toBeLessThanOrEqual(ADJ);
      expect((await notices())[0]?.body).toContain(
        `${name}: oom_score_adj is now +${after}, was +${ADJ + 8}`,
      );
      await click(desktop, 'clickNotification');
      await expect.poll(() => inPage(desktop, 'document.title').catch(() => '')).toContain('Events');

      await expect.poll(() => labels(desktop)).not.toContain(`Next victim: ${name}`);
      // Another program makes it an early victim again.
      writeFileSync(`/proc/${eater.pid}/oom_score_adj`, `${ADJ + 8}`);
      await expect
        .poll(async () => (await notices()).map(({ title }) => title))
        .toContain(`${name}, which you protected, is next again`);
    });
  },
);
