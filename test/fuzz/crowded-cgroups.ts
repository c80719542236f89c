import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { type WebSocket } from 'ws';
import { type View } from '#shared/contract/watch.ts';
import { identityOf } from '../../src-main/helper/root/register/process-identity.ts';
import { Answering, COMMAND, compile } from '../bench/tools.ts';
import { connectRpc, signIn } from '../helpers/signed-in.ts';
import { until } from '../helpers/until.ts';
import { type Attack, Tally } from './attack.ts';
import { randomFrom } from './random.ts';

const MEMORY = '/sys/fs/cgroup/memory';
const MOST = 5000;
const MIB = 1 << 20;
/** The page's own. */
const VIEW: Omit<View, 'scope'> = {
  orderCount: 20,
  table: { query: '', sort: 'rank', descending: false, from: 0, count: 60 },
};
/** In this time the limits of all cgroups are read again, in portions. */
const WATCH_MS = 15_000;
/** Sixty rows, twenty places and twenty cgroups are half of it. */
const MOST_BYTES = 128 * 1024;
/** A frame that comes later than this is seen to be late. */
const MOST_LATE_MS = 500;

interface SeenFrame {
  readonly atMs: number;
  /** How long the server has waited for a processor until then. */
  readonly waitedMs: number;
  readonly bytes: number;
  readonly intervalMs: number;
  readonly scopeCount: number;
}

const FRAME_EVENT = v.object({
  event: v.literal('watch.frame'),
  payload: v.object({ intervalMs: v.number(), scopeCount: v.number() }),
});

/**
 * Up to 5,000 cgroups with limits, each with a process, before the page of the built `lifeboat serve`: how large its frames are, and how much
 * later they come than they say themselves. The views are the machine, the cgroup that has all the others in it, and a process chosen by the
 * seed. Needs root and cgroup v1.
 */
export const fuzzCrowdedCgroups: Attack = async ({ count, seed }) => {
  const tally = new Tally();
  if (!existsSync(`${MEMORY}/memory.limit_in_bytes`) || process.getuid?.() !== 0) return tally.report();
  const wanted = Math.min(count, MOST);
  await withCgroups(wanted, async ({ parent, members }) => {
    const pid = randomFrom(seed).pick(members);
    const machine = { kind: 'global' } as const;
    const views: Readonly<Record<string, View>> = {
      'of the machine': { ...VIEW, scope: machine },
      'of the cgroup above all': { ...VIEW, scope: { kind: 'cgroup', path: parent } },
      'of a process': {
        ...VIEW,
        scope: machine,
        chosen: { pid, startTicks: identityOf(pid)?.startTicks ?? NaN },
      },
    };
    await withPage(async (socket, server) => {
      for (const [what, view] of Object.entries(views)) {
        const frames = await framesOf(socket, server, view);
        judge(tally, what, frames, wanted);
      }
    });
  });
  return tally.report();
};

function judge(tally: Tally, what: string, frames: readonly SeenFrame[], wanted: number): void {
  const mostBytes = Math.max(...frames.map(({ bytes }) => bytes));
  const lateMs = frames.slice(1).map(({ atMs, waitedMs }, n) => {
    const before = frames[n] ?? { atMs, waitedMs, intervalMs: 0 };
    // What other programs take of a busy machine is not its own.
    return Math.round(atMs - before.atMs - before.intervalMs - (waitedMs - before.waitedMs));
  });
  const mostLateMs = Math.max(...lateMs);
  tally.add(`${what}, at most ${mostBytes} bytes and ${mostLateMs} ms late`, frames.length);
  if (frames.length < 3) tally.lose(`${frames.length} frames ${what} in ${WATCH_MS} ms`);
  if (frames.some(({ scopeCount }) => scopeCount < wanted))
    tally.lose(`frames ${what} do not count all ${wanted} cgroups`);
  if (mostBytes > MOST_BYTES) tally.lose(`a frame ${what} has ${mostBytes} bytes`);
  if (mostLateMs > MOST_LATE_MS) tally.lose(`a frame ${what} came ${mostLateMs} ms late`);
}

/** Makes cgroups with limits of their own and an idle process in each; removes them at the end. */
async function withCgroups(
  count: number,
  work: (crowd: { readonly parent: string; readonly members: readonly number[] }) => Promise<void>,
): Promise<void> {
  const parent = `/lifeboat-crowd-${process.pid}`;
  const paths = Array.from({ length: count }, (_, n) => join(MEMORY, parent, `group-${n}`));
  const crowd = new Answering(compile('crowd'), ['alike', String(count)]);
  const limit = (path: string, mib: number) => {
    mkdirSync(path);
    writeFileSync(join(path, 'memory.limit_in_bytes'), String(mib * MIB));
  };
  try {
    await crowd.line();
    const { pid = NaN } = crowd.child;
    const members = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    limit(join(MEMORY, parent), 64 * 1024);
    for (const [n, path] of paths.entries()) {
      limit(path, 32 + (n % 512));
      writeFileSync(join(path, 'cgroup.procs'), String(members[n]));
    }
    await work({ parent, members });
  } finally {
    await crowd.end();
    const isEmpty = (path: string) => readFileSync(join(path, 'cgroup.procs'), 'utf8') === '';
    for (const path of [...paths, join(MEMORY, parent)].filter((each) => existsSync(each))) {
      // A process that has ended leaves its cgroup a moment later.
      await until(
        () => isEmpty(path),
        20_000,
        () => `${path} has processes`,
      );
      rmdirSync(path);
    }
  }
}

/** The connection of a signed-in page to the built program. */
async function withPage(work: (socket: WebSocket, server: number) => Promise<void>): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'lifeboat-crowd-'));
  const serve = new Answering(COMMAND, ['serve', '--port', '0'], { XDG_STATE_HOME: state });
  try {
    let address: string | undefined;
    while (address === undefined) address = /http:\/\/127\S+#token=\S+/.exec(await serve.line())?.[0];
    const web = { port: Number(new URL(address).port), mintAddress: () => address };
    const socket = await connectRpc(web, await signIn(web));
    await work(socket, serve.child.pid ?? NaN);
    socket.terminate();
  } finally {
    await serve.kill();
    rmSync(state, { recursive: true });
  }
}

/** The frames of a view until it was watched for so long, the answer not included. */
async function framesOf(socket: WebSocket, server: number, view: View): Promise<readonly SeenFrame[]> {
  const frames: SeenFrame[] = [];
  const see = (data: Buffer) => {
    const atMs = performance.now();
    const message = v.safeParse(FRAME_EVENT, JSON.parse(data.toString('utf8')));
    if (!message.success) return;
    const { intervalMs, scopeCount } = message.output.payload;
    frames.push({ atMs, waitedMs: waitedMs(server), bytes: data.length, intervalMs, scopeCount });
  };
  socket.on('message', see);
  socket.send(JSON.stringify({ id: 1, request: 'watch.subscribe', input: view }));
  await sleep(WATCH_MS);
  socket.off('message', see);
  return frames;
}

/** Time for which the first thread of a process could have run and had no processor: /proc/PID/schedstat, its second figure in nanoseconds. */
function waitedMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
}
