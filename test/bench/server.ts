/**
 * The headless monitor with its page, as `lifeboat serve` puts it together, but at the pace of the first argument (milliseconds between
 * two ticks, with a client or without). Prints its address, then answers each line of its input with its CPU time so far and the
 * start of every tick since the line before.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ok } from '../../shared/result.ts';
import { type Session } from '../../shared/contract/server.ts';
import { type Client } from '../../src-main/engine/watch/client.ts';
import { Monitor } from '../../src-main/engine/watch/monitor.ts';
import { HOST_FILES } from '../../src-main/proc/kernel-files.ts';
import { startWeb } from '../../src-main/transport/web.ts';
import { strictHandlers } from '../helpers/fake-handlers.ts';
import { openHostSampler } from './host.ts';
import { type ServerAnswer } from './tools.ts';

const intervalMs = Number(process.argv[2]);
const stateDir = process.argv[3] ?? '';
const sampler = openHostSampler();
const { hostname, release, rules, cpuCount, pageSizeBytes, cgroups } = sampler.host;
let ticks: [number, number][] = [];
const monitor = new Monitor({
  sampler,
  intervals: { idleMs: intervalMs, watchedMs: intervalMs, pressureMs: intervalMs },
  schedule: (callback, delayMs) => {
    const timer = setTimeout(() => {
      const startMs = performance.timeOrigin + performance.now();
      callback();
      const snapshot = monitor.snapshot();
      if (snapshot.ok) ticks.push([snapshot.value.seq, startMs]);
    }, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
});
const first = monitor.start();
if (!first.ok) throw new Error(first.error.code);
const clients = new WeakMap<Session, Client>();
const handlers = strictHandlers({
  'watch.machine': () =>
    ok({
      hostname,
      release,
      formula: rules.formula,
      cpuCount,
      pageSizeBytes,
      cgroupVersion: cgroups.version,
      version: 'bench',
    }),
  'watch.subscribe': (view, session) => {
    const known = clients.get(session);
    const client: Client = known ?? {
      view,
      rows: [],
      onFrame: (frame) => {
        session.emit('watch.frame', frame);
      },
    };
    clients.set(session, client);
    if (known === undefined) {
      session.onClose(() => {
        monitor.unwatch(client);
      });
    }
    return monitor.watch(client, view);
  },
  'watch.timeline': ({ sinceMs }) => ok(monitor.timelineSince(sinceMs)),
});
const web = await startWeb({
  handlers,
  port: 0,
  filesDir: join(import.meta.dirname, '../../out/renderer'),
  stateDir,
  // The benchmark does not need the page's other requests, and refuses them.
  log: () => undefined,
  files: HOST_FILES,
  right: 'look',
  nowMs: Date.now,
  randomBytes,
});
if (!web.ok) throw new Error(web.error.code);
process.stdout.write(`${web.value.address}\n`);

for await (const line of createInterface(process.stdin)) {
  if (line === '') continue;
  const { user, system } = process.cpuUsage();
  const answer: ServerAnswer = { cpuMicroseconds: user + system, ticks };
  ticks = [];
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit();
