import { openSync, readdirSync } from 'node:fs';
import { Sampler } from '../../../src-main/collect/sampler.ts';
import { SYSTEM_CLOCK } from '../../../src-main/collect/clock.ts';
import { readMeminfo } from '../../../src-main/proc/meminfo.ts';
import { procTree } from '../proc-tree.ts';

/**
 * A program that fills its table of descriptors while the sampler keeps hundreds, and prints what can still be read. Run below a limit of its own:
 * the limit of the test's process is the limit of every test in it.
 */
const COUNT = 300;
const interest = { orderCount: 10, watched: [], scopes: [], everything: true, glance: false };

const tree = procTree({
  processes: Array.from({ length: COUNT }, (_, index) => ({ pid: 1000 + index, oomScore: 666 })),
});
const opened = Sampler.open(tree, SYSTEM_CLOCK, COUNT + 160);
if (!opened.ok) throw new Error(opened.error.code);
const sampler = opened.value;

function look() {
  const sampled = sampler.sample(interest);
  sampler.lookAround();
  return sampled.ok ? sampled.value.processes.length : sampled.error.code;
}

const before = look();
const keptBefore = sampler.kept.descriptors;
tree.setProcess({ pid: 5000, oomScore: 10 });
tree.removeProcess(1000);
for (let taken = 0; ; taken += 1) {
  try {
    openSync('/dev/null', 'r');
  } catch {
    break;
  }
}
const meminfo = readMeminfo(tree);
const after = [look(), look()];
const kept = sampler.kept.descriptors;
sampler.close();
const open = readdirSync('/proc/self/fd').length;
process.stdout.write(`${JSON.stringify({ before, keptBefore, meminfo: meminfo.ok, after, kept, open })}\n`);
tree.cleanup();
