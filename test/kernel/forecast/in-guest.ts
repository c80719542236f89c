/**
 * Runs in a guest, as one bundled file: watches the machine as the program with an open page does, and lets processes take memory until the kernel
 * kills them. Prints lines.ts. Its argument is one of the parts of plan.ts.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { machineHeadroom } from '../../../shared/kernel/cgroup/headroom.ts';
import { machineMemory } from '../../../src-main/engine/watch/headroom.ts';
import { type Forecast } from '../../../shared/model/forecast.ts';
import { GLOBAL_SCOPE } from '../../../shared/model/scope.ts';
import { type Client } from '../../../src-main/engine/watch/client.ts';
import { Monitor } from '../../../src-main/engine/watch/monitor.ts';
import { type Snapshot } from '../../../src-main/collect/snapshot.ts';
import { openSampler } from '../../../src-main/this-machine.ts';
import { headroomIn } from '../../../src-main/engine/watch/headroom.ts';
import { type Line, type Said } from './lines.ts';
import {
  BIG_FILE_MIB,
  CGROUP_LIMIT_BYTES,
  CGROUP_RUNS,
  COLLECTOR,
  COPY,
  LIVES_SECONDS,
  RUNS,
  type PartName,
} from './plan.ts';

const PAGE_BYTES = 4096;
const PIECE_MICROSECONDS = 100_000;
const CALM_MS = 8_000;
/** A cgroup is there for so long before its eater. */
const IDLE_MS = 15_000;
const HARMLESS_MS = 60_000;

const part = process.argv[2] as PartName;
writeFileSync('/proc/self/oom_score_adj', '-1000');
const sampler = openSampler();
if (!sampler.ok) throw new Error(JSON.stringify(sampler.error));
let leftBytes = 0;
const monitor = new Monitor({ sampler: sampler.value, onSnapshot: tell });

function say(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function now(): number {
  return performance.now() / 1000;
}

/** What a page shows that has the list of processes open. */
const page: Client = {
  view: {
    scope: GLOBAL_SCOPE,
    orderCount: 10,
    table: { query: '', sort: 'rank', descending: false, from: 0, count: 30 },
  },
  rows: [],
  onFrame: () => undefined,
};

/** After the figures of the snapshot were taken into account. */
function tell(snapshot: Snapshot): void {
  const at = snapshot.monotonicMs / 1000;
  leftBytes = machineHeadroom(machineMemory(snapshot)).headroomBytes;
  say({ is: 'left', at, bytes: leftBytes, ...said(monitor.forecasts.machine) });
  for (const { path, limitBytes } of snapshot.cgroups.values()) {
    const [own] = headroomIn(snapshot).chain(path).links;
    if (path === '/' || limitBytes === undefined || own?.headroom === undefined) continue;
    say({
      is: 'left',
      at,
      path,
      bytes: own.headroom.headroomBytes,
      ...said(monitor.forecasts.groups.of(path).forecast),
    });
  }
}

function said(forecast: Forecast | undefined): { said?: Said } {
  if (forecast === undefined) return {};
  const {
    lowSeconds: low,
    middleSeconds: middle,
    highSeconds: high,
    fallingSeconds: since,
    taker,
  } = forecast;
  const by = taker?.kind === 'process' ? { by: taker.process.pid } : {};
  return { said: { low, middle, high, since, ...by } };
}

function eat(bytes: number, seconds: number, steps: readonly string[]): ChildProcess {
  const pages = Math.max(1, Math.round((bytes / PAGE_BYTES / seconds) * (PIECE_MICROSECONDS / 1e6)));
  return spawn('/eater', ['adj=900', ...steps, `leak=${pages}:${PIECE_MICROSECONDS}`], { stdio: 'ignore' });
}

async function death(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  child.on('exit', (code, signal) => {
    if (signal !== 'SIGKILL') say({ is: 'wrong', why: `an eater ended with ${code ?? signal ?? ''}` });
    say({ is: 'dead', pid: child.pid ?? 0 });
    resolve(undefined);
  });
  await promise;
}

/** Never the same time since the last one. */
async function calm(run: number): Promise<void> {
  await sleep(CALM_MS + 970 * run);
}

async function machineDies(run: number): Promise<void> {
  for (const seconds of LIVES_SECONDS) {
    const child = eat(leftBytes, seconds, []);
    say({ is: 'life', scope: 'machine', pid: child.pid ?? 0, seconds });
    await death(child);
    await calm(run);
  }
}

async function cgroupsDie(from: number): Promise<void> {
  const lives = Array.from({ length: Math.min(CGROUP_RUNS, RUNS - from) }, (_, i) =>
    LIVES_SECONDS.map((seconds) => ({ run: from + i, seconds })),
  ).flat();
  const deaths = lives.map(async ({ run, seconds }) => {
    const path = `/lab/r${run}s${seconds}`;
    const folder = `/sys/fs/cgroup${path}`;
    mkdirSync(folder);
    writeFileSync(`${folder}/memory.max`, String(CGROUP_LIMIT_BYTES));
    const idle = spawn('/eater', ['adj=-900', `cgroup=${folder}`, 'anon=10'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await sleep(IDLE_MS);
    const child = eat(CGROUP_LIMIT_BYTES, seconds, [`cgroup=${folder}`]);
    say({ is: 'life', scope: 'cgroup', pid: child.pid ?? 0, seconds, path });
    await death(child);
    idle.kill('SIGKILL');
    await sleep(1000);
    rmdirSync(folder);
  });
  await Promise.all(deaths);
  await calm(from);
}

async function copy(): Promise<void> {
  const big = '/cache/big';
  spawnSync('/bin/dd', ['if=/dev/zero', `of=${big}`, 'bs=1M', `count=${BIG_FILE_MIB}`]);
  writeFileSync('/proc/sys/vm/drop_caches', '1');
  await calm(0);
  say({ is: 'harmless', what: COPY });
  const end = now() + HARMLESS_MS / 1000;
  while (now() < end) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    spawn('/bin/cp', [big, '/cache/copy'], { stdio: 'ignore' }).on('exit', () => {
      resolve(undefined);
    });
    await promise;
    await sleep(2000);
  }
}

async function collector(): Promise<void> {
  say({ is: 'harmless', what: COLLECTOR });
  const program = `let kept = []; setInterval(() => {
    kept.push(new Array(40000).fill(kept.length)); if (kept.length > 200) kept = [];
  }, 60);`;
  const child = spawn('/node', ['--max-old-space-size=120', '--v8-pool-size=0', '-e', program], {
    stdio: 'ignore',
  });
  await sleep(HARMLESS_MS);
  child.kill('SIGKILL');
}

if (!existsSync('/sys/fs/cgroup/lab')) mkdirSync('/sys/fs/cgroup/lab');
const first = monitor.start();
if (!first.ok) throw new Error(JSON.stringify(first.error));
const at = now();
appendFileSync('/dev/kmsg', 'forecast lab: mark\n');
say({ is: 'mark', at, totalBytes: first.value.memory.state.totalBytes });
if (part !== 'machine-without-page') monitor.watch(page, page.view);
await calm(0);
if (part === 'harmless') {
  await copy();
  await collector();
} else if (part === 'cgroups') {
  for (let run = 0; run < RUNS; run += CGROUP_RUNS) {
    await cgroupsDie(run);
    if (run % 2 === 0) monitor.unwatch(page);
    else monitor.watch(page, page.view);
  }
} else for (let run = 0; run < RUNS / 2; run++) await machineDies(run);
say({ is: 'done' });
monitor.stop();
process.exit(0);
