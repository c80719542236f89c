import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Desktop, type Launcher } from '../electron/support/desktop.ts';
import { doubleLauncher } from '../electron/support/double-desktop.ts';
import { inPage, inWindow } from '../electron/support/lifeboat-window.ts';
import { buildStage } from '../electron/support/stage.ts';
import { median, say, withProcesses } from './tools.ts';

const PROCESSES = 300;
const STARTS = 7;
/** The list and the details of the next victim are drawn. */
const IS_SHOWN = `document.body.innerText.includes('killing it frees')`;
/** sysconf(_SC_CLK_TCK) of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The window through the double for Electron: Node and Chromium instead of Electron's binary. */
export interface DesktopFigures {
  /** From the start of the process to a list in the window. */
  readonly start: { readonly median: number; readonly most: number };
  /** Main alone, while its window is hidden. */
  readonly hidden: { readonly cpuPercent: number; readonly mostMiB: number; readonly growthMiB: number };
}

export async function measureDesktop(crowd: string, minutes: number): Promise<DesktopFigures> {
  const stage = buildStage();
  try {
    return await withProcesses(crowd, 'varied', PROCESSES, async () => {
      const launcher = doubleLauncher(stage);
      say(`the window, ${PROCESSES} processes, ${STARTS} starts ...`);
      const starts: number[] = [];
      for (let run = 0; run < STARTS; run += 1) {
        const desktop = await startShown(launcher);
        starts.push(performance.now() - desktop.startedMs);
        await desktop.quit();
      }
      say(`the window hidden, ${minutes} min ...`);
      const hidden = await measureHidden(launcher, minutes);
      return { start: { median: median(starts), most: Math.max(...starts) }, hidden };
    });
  } finally {
    await stage.remove();
  }
}

async function startShown(launcher: Launcher): Promise<Desktop> {
  const desktop = await launcher.start();
  while ((await inPage(desktop, IS_SHOWN).catch(() => false)) !== true) await sleep(5);
  return desktop;
}

async function measureHidden(launcher: Launcher, minutes: number): Promise<DesktopFigures['hidden']> {
  const desktop = await startShown(launcher);
  await inWindow(desktop, 'hide');
  // Starting up is over.
  await sleep(15_000);
  const beforeTicks = cpuTicks(desktop.pid);
  const readings: number[] = [];
  for (let second = 0; second < minutes * 60; second += 1) {
    await sleep(1000);
    readings.push(rssMiB(desktop.pid));
  }
  const usedSeconds = (cpuTicks(desktop.pid) - beforeTicks) / TICKS_PER_SECOND;
  await desktop.quit();
  const quarter = Math.floor(readings.length / 4);
  return {
    cpuPercent: (usedSeconds / (minutes * 60)) * 100,
    mostMiB: Math.max(...readings),
    growthMiB: median(readings.slice(-quarter)) - median(readings.slice(quarter, 2 * quarter)),
  };
}

/** utime and stime of proc_pid_stat(5), of all threads. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function rssMiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
}
