/**
 * A monitor without clients that ticks on request: each line of its input is a number of ticks, each answer the CPU time
 * of one of them.
 */
import { createInterface } from 'node:readline';
import { Monitor } from '../../src-main/engine/watch/monitor.ts';
import { openHostSampler } from './host.ts';

/** Ticks after which the hot code is compiled. */
const WARM_UP = 60;

const sampler = openHostSampler();
const monitor = new Monitor({ sampler });
for (let count = 0; count < WARM_UP; count += 1) monitor.tick();

for await (const line of createInterface(process.stdin)) {
  const ticks = Number(line);
  const before = process.cpuUsage();
  for (let count = 0; count < ticks; count += 1) monitor.tick();
  const { user, system } = process.cpuUsage(before);
  const answer = { processes: sampler.kept.processes, cpuMicroseconds: (user + system) / ticks };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
