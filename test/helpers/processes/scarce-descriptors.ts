import { mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sampler } from '../../../src-main/collect/sampler.ts';
import { SYSTEM_CLOCK } from '../../../src-main/collect/clock.ts';
import { openDatabase } from '../../../src-main/store/database.ts';
import { identityOf } from '../../../src-main/helper/root/register/process-identity.ts';
import { HOST_FILES } from '../../../src-main/proc/kernel-files.ts';
import { readMeminfo } from '../../../src-main/proc/meminfo.ts';
import { seeProcess } from '../../../src-main/proc/pid/look.ts';
import { readOwnFile } from '../../../src-main/store/own-file.ts';
import { writeWhole } from '../../../src-main/store/whole-file.ts';
import { procTree } from '../proc-tree.ts';

/**
 * A program that fills its table of descriptors while the sampler keeps hundreds, and prints what can still be read. Run below a limit of its own:
 * the limit of the test's process is the limit of every test in it.
 */
const COUNT = 300;
const interest = { orderCount: 10, watched: [], scopes: [], everything: true, glance: false };

const self = { pid: process.pid, startTicks: identityOf(process.pid)?.startTicks ?? 0 };
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

/** Opens files until there is no descriptor left. */
function fill() {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // That was the last one.
  }
}

const before = look();
const keptBefore = sampler.kept.descriptors;
tree.setProcess({ pid: 5000, oomScore: 10 });
tree.removeProcess(1000);
fill();
const meminfo = readMeminfo(tree);
const folder = mkdtempSync(join(tmpdir(), 'lifeboat-scarce-'));
const after = [look(), look()];
fill();
const store = openDatabase(folder, 'a.db', { applicationId: 1, migrations: ['CREATE TABLE a(b)'] }, 0);
if (store.ok) store.value.database.close();
const kept = sampler.kept.descriptors;
fill();
const file = join(folder, 'settings.json');
const wrote = writeWhole(file, '{}');
fill();
const own = readOwnFile(file, { mostBytes: 100, followLinks: true });
fill();
const seen = await seeProcess(HOST_FILES, self);
sampler.close();
const open = readdirSync('/proc/self/fd').length;
process.stdout.write(
  `${JSON.stringify({ before, keptBefore, meminfo: meminfo.ok, store: store.ok, wrote: wrote.ok, own, seen: seen.ok, after, kept, open })}\n`,
);
tree.cleanup();
rmSync(folder, { recursive: true });
