import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SCENES } from '../helpers/scenes/scenes.ts';
import { startScenes, type Mood, type SceneServer } from '../helpers/scenes/scene-server.ts';
import { axeViolations, overflowOf, SIZES, useBrowser } from '../e2e/support/browser.ts';

const open = useBrowser();
let server: SceneServer;

/** The choice of where memory runs out. */
const switcher = (page: Page) => page.getByRole('group', { name: 'Where memory runs out' });

async function serveScene(name: string, mood: Mood = 'answers'): Promise<string> {
  const scene = SCENES[name]?.();
  if (scene === undefined) throw new Error(`there is no scene ${name}`);
  server = await startScenes(scene);
  onTestFinished(() => server.close());
  server.show(scene, mood);
  return server.address;
}

beforeAll(() => {
  expect(Object.keys(SCENES).length).toBeGreaterThan(10);
});

/** What each scene has to say at first sight. */
const SAID: Readonly<Record<string, RegExp>> = {
  workbench: /Uses 9\d\d MiB. Its oom_score_adj of \+300, which Chromium gives to every tab/,
  afterKill: /Next victim/i,
  close: /chrome \d+ or chrome \d+: too close to tell/,
  pressed: /earlyoom acts now/,
  panics: /The machine panics instead of killing/,
  'deadlock-panics': /Nothing can be killed: the machine panics/,
  'kills-allocating-task': /The allocating process is killed first/,
  'no-victim': /mysqld/,
  'no-swap-no-psi': /not measured here/,
  group: /4 more processes are killed with it: gunicorn, redis-server and more/,
  services: /systemd then ends 4 more processes of web\.service \(OOMPolicy=stop\)/,
  hostile: /<img src=x onerror=alert\(1\)>/,
  tiny: /58\.4 MiB, no swap/,
  calm: /Nothing is running out\. If the machine did, this would be killed first\./,
  'group-first':
    /Most likely next[^]*docker:jenkins has 1\.\d GiB left of 8\.0 GiB and grows by 95\.0 MiB a minute\. At the limit the kernel kills java \(\d+\)\.[^]*Then[^]*the whole machine/i,
  'group-close': /Closest to its limit[^]*docker:jenkins has \d+ MiB left of 6\.4 GiB/i,
  huge: /takes 1\.2 TiB off\./,
  scopes: /198 more/,
  troubled: /Lifeboat cannot read \/proc\/vmstat \(EACCES\)\./,
  'longest-names': /W{15}/,
};

describe('every scene', () => {
  let lasting: { readonly page: Page; readonly scenes: SceneServer };
  beforeAll(async () => {
    const scenes = await startScenes((SCENES['workbench'] ?? expect.unreachable)());
    // The server ends before the page, which tries to reach it again.
    const page = await open.lasting(scenes.address, { expected: /ERR_CONNECTION_REFUSED/ });
    lasting = { page, scenes };
    await page.getByRole('tab', { name: 'All processes' }).waitFor();
  });
  afterAll(() => lasting.scenes.close());

  it.each(Object.keys(SCENES))('%s says what it has to, fits, and axe finds nothing', async (name) => {
    const { page, scenes } = lasting;
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize(SIZES.wide);
    scenes.show((SCENES[name] ?? expect.unreachable)());
    scenes.tick(2);
    await page.getByRole('heading', { level: 1, name: /^(Next victim|Would be next)$/ }).waitFor();
    await expect.poll(() => page.locator('body').innerText()).toMatch(SAID[name] ?? /^$/);
    expect(await axeViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
    for (const size of Object.values(SIZES)) {
      await page.setViewportSize(size);
      await page.getByRole('tab', { name: 'All processes' }).waitFor();
      expect(await overflowOf(page), `${size.width}`).toBeLessThanOrEqual(0);
    }
    expect(await axeViolations(page)).toEqual([]);
  });

  it('has a first card whose sentences do not run into each other, in every scope', async () => {
    const { page, scenes } = lasting;
    await page.setViewportSize(SIZES.wide);
    scenes.show((SCENES['workbench'] ?? expect.unreachable)());
    scenes.tick();
    const card = page.getByRole('region', { name: 'Next victim' });
    for (const scope of ['docker:jenkins', 'Whole machine']) {
      await switcher(page).getByRole('button', { name: scope, exact: true }).click();
      await switcher(page).getByRole('button', { name: scope, exact: true, pressed: true }).waitFor();
      await expect.poll(() => card.innerText()).not.toMatch(/[a-z]\.[A-Z]/);
    }
  });

  it('says when memory is used up and who takes it, or who acts first, and nothing where nothing is forecast', async () => {
    const { page, scenes } = lasting;
    await page.setViewportSize(SIZES.wide);
    const header = page.getByRole('banner');
    const shows = async (name: string, said: string) => {
      scenes.show((SCENES[name] ?? expect.unreachable)());
      scenes.tick();
      await header.getByText(said).waitFor();
    };
    await shows('workbench', 'at this rate earlyoom acts in 6 to 32 minutes, the kernel in 18 to 41');
    await header.getByText('java took 1.9 of 2.1 GiB in 21 minutes').waitFor();
    // What acts now is said beside its mark.
    await shows('pressed', 'at this rate memory is used up in 30 to 95 seconds');
    await header.getByText('earlyoom acts now').waitFor();
    await header.getByText('many together took 4.2 GiB in 1 minute').waitFor();
    await shows('calm', 'of 31.3 GiB');
    await expect.poll(() => header.getByText('at this rate').count()).toBe(0);
    await shows('workbench', 'at this rate');
    await switcher(page).getByRole('button', { name: 'docker:jenkins', exact: true }).click();
    await page.getByText('at this rate its memory is used up in 45 to 69 minutes').waitFor();
    await page.getByRole('button', { name: /Choose a cgroup/ }).click();
    const list = page.getByRole('dialog', { name: 'Choose a cgroup with a limit' });
    await list.getByRole('combobox', { name: 'Sort by' }).selectOption('used up first');
    const options = list.getByRole('listbox').getByRole('option');
    await expect
      .poll(async () => (await options.allInnerTexts())[1])
      .toMatch(/docker:jenkins[^]*used up in 45 to 69 minutes/);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Whole machine', exact: true }).click();
  });

  it.each(Object.keys(SIZES) as (keyof typeof SIZES)[])(
    'has a header of one height, whether a killer runs and a forecast is there or not: %s',
    async (size) => {
      const { page, scenes } = lasting;
      await page.setViewportSize(SIZES[size]);
      const header = page.getByRole('banner');
      const heights: (number | undefined)[] = [];
      for (const [name, said] of [
        ['workbench', 'earlyoom acts below'],
        ['calm', 'of 31.3 GiB'],
      ] as const) {
        scenes.show((SCENES[name] ?? expect.unreachable)());
        scenes.tick();
        await header.getByText(said).waitFor();
        heights.push((await header.boundingBox())?.height);
      }
      expect(heights[1]).toBe(heights[0]);
    },
  );

  it.each(['workbench', 'troubled'])('%s: the doctor’s view has no violations at any width', async (name) => {
    const { page, scenes } = lasting;
    scenes.show((SCENES[name] ?? expect.unreachable)());
    await page.getByRole('link', { name: 'Doctor' }).click();
    if (name === 'troubled') await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText(DOCTOR_SAYS[name] ?? /^$/).waitFor();
    for (const size of ['wide', 'narrow'] as const) {
      await page.setViewportSize(SIZES[size]);
      expect(await axeViolations(page)).toEqual([]);
    }
    await page.getByRole('link', { name: 'Next' }).click();
  });
});

/** The headline of the doctor. */
const DOCTOR_SAYS: Readonly<Record<string, RegExp>> = {
  workbench: /^The answers are right, with limits|^Nothing limits the answers/,
  troubled: /^Some answers are wrong or missing/,
};

describe('states', () => {
  it('has the shape of what is to come while it loads', async () => {
    const page = await open(await serveScene('workbench', 'silent'));
    await page.getByText('Reading the processes').waitFor({ state: 'attached' });
    expect(await axeViolations(page)).toEqual([]);
  });

  it('says what failed and what to do, and asks again on request', async () => {
    const page = await open(await serveScene('workbench', 'fails'));
    await page.getByText('Lifeboat cannot read /proc (EACCES).').waitFor();
    await page.getByText('It needs a mounted /proc that shows processes.').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    server.show((SCENES['workbench'] ?? expect.unreachable)());
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('region', { name: 'Next victim' }).waitFor();
  });

  it('shows a cgroup in which nothing can be killed', async () => {
    const page = await open(await serveScene('no-victim'));
    await switcher(page).getByRole('button', { name: 'vault.service' }).click();
    await page.getByText('Nothing here can be killed').waitFor();
    await page.getByRole('button', { name: /never killed/ }).waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  it('runs no script that a process has as its name', async () => {
    const page = await open(await serveScene('hostile'));
    await page.getByRole('tab', { name: 'All processes' }).click();
    await page.getByRole('row', { name: '\\x1b[31mroot\\u202e)gpj' }).waitFor();
    expect(await page.locator('img, script:not([src])').count()).toBe(0);
  });

  it('goes back to the whole machine when the cgroup is gone', async () => {
    const page = await open(await serveScene('no-victim'));
    await switcher(page).getByRole('button', { name: 'vault.service' }).waitFor();
    server.show((SCENES['no-swap-no-psi'] ?? expect.unreachable)());
    await switcher(page).getByRole('button', { name: 'vault.service' }).click();
    await page.getByText('vault.service has ended or lost its limit. Showing the whole machine.').waitFor();
    await page
      .getByRole('region', { name: 'Next victim' })
      .getByRole('button', { name: 'mysqld', exact: true })
      .waitFor();
  });
});

describe('a page out of sight', () => {
  it('does no work while it is hidden, and is there at once when it is seen again', async () => {
    const page = await open(await serveScene('workbench'));
    await page.getByRole('region', { name: 'Next victim' }).waitFor();
    expect(server.viewers()).toBe(1);
    await setHidden(true);
    await expect.poll(() => server.viewers()).toBe(0);
    await setHidden(false);
    await expect.poll(() => server.viewers()).toBe(1);
    expect(await page.getByText('Disconnected').count()).toBe(0);

    async function setHidden(hidden: boolean): Promise<void> {
      await page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    }
  });
});
