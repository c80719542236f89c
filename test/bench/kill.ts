import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { memoryMount, readCgroupMounts } from '../../src-main/proc/cgroup/mounts.ts';
import { HOST_FILES } from '../../src-main/proc/kernel-files.ts';
import { readMountinfo } from '../../src-main/proc/mountinfo.ts';
import { Answering, browserOptions, COMMAND, compile, median, say, scratch } from './tools.ts';

/** From the kernel's kill to its picture on the screen, in milliseconds. */
export interface KillTimes {
  readonly median: number;
  readonly most: number;
}

const KILLS = 15;
const LIMIT_BYTES = 32 << 20;
/** After a kill it is sampled faster for two seconds: each kill here finds the program at rest, at another moment between two ticks. */
const REST_MS = 2_600;
const SPREAD_MS = 1_000;

/**
 * Real kills: a process that stands first runs into the limit of its cgroup, and the page of `lifeboat serve`, which knows nothing of that, shows the
 * next one in its place. Undefined where this user may not make a memory cgroup.
 */
export async function measureKill(): Promise<KillTimes | undefined> {
  say(`${KILLS} kills ...`);
  const cgroup = limitedCgroup();
  if (cgroup === undefined) return undefined;
  const victim = compile('victim');
  const server = new Answering(COMMAND, ['serve', '--port', '0'], { XDG_STATE_HOME: scratch('kill-state') });
  let address: string | undefined;
  while (address === undefined) address = /^Open (http:\S+)$/.exec(await server.line())?.[1];
  const browser = await chromium.launch(browserOptions());
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(address);
    const times: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const name = `victim-${kill}`;
      const program = new Answering(victim, [name, cgroup.folder, cgroup.counter]);
      await program.line();
      await page.waitForSelector(`section.first:has-text("${name}")`);
      await sleep(REST_MS + (SPREAD_MS * kill) / KILLS);
      const shown = paintedWithout(page, name);
      const killedMs = Number(await program.ask(''));
      times.push((await shown) - killedMs);
      await program.end();
    }
    return { median: median(times), most: Math.max(...times) };
  } finally {
    await browser.close();
    await server.kill();
    rmdirSync(cgroup.folder);
  }
}

/** When the first frame was on the screen in which the place of the first victim shows another one, in milliseconds since 1970. */
function paintedWithout(page: Page, name: string): Promise<number> {
  return page.evaluate(
    (victim) =>
      new Promise<number>((resolve) => {
        const look = () => {
          // A task of its own comes after the frame in which this callback ran has been drawn.
          const channel = new MessageChannel();
          const isGone = document.querySelector('section.first')?.textContent.includes(victim) !== true;
          channel.port1.onmessage = () => {
            if (isGone) resolve(performance.timeOrigin + performance.now());
            else requestAnimationFrame(look);
          };
          channel.port2.postMessage(0);
        };
        requestAnimationFrame(look);
      }),
    name,
  );
}

function limitedCgroup(): { readonly folder: string; readonly counter: string } | undefined {
  const mounts = readMountinfo(HOST_FILES);
  const mount = mounts.ok ? memoryMount(readCgroupMounts(HOST_FILES, mounts.value)) : undefined;
  if (mount === undefined) return undefined;
  const { mountPoint, version } = mount;
  const folder = `${mountPoint}/lifeboat-bench-${process.pid}`;
  const set = (name: string, value: number) => {
    if (existsSync(`${folder}/${name}`)) writeFileSync(`${folder}/${name}`, value.toString());
  };
  try {
    // In v2 the children of a cgroup have the controllers that it passes on.
    if (version === 2) writeFileSync(`${mountPoint}/cgroup.subtree_control`, '+memory');
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  set(version === 1 ? 'memory.limit_in_bytes' : 'memory.max', LIMIT_BYTES);
  if (version === 1) set('memory.memsw.limit_in_bytes', LIMIT_BYTES);
  else set('memory.swap.max', 0);
  return { folder, counter: `${folder}/${version === 1 ? 'memory.oom_control' : 'memory.events'}` };
}
