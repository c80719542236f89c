/**
 * Runs as process 1 of a pid namespace of its own, and prints one line of JSON. In every round a process is seen, dies, and another takes its
 * pid, before, while or after a change for the first is on its way to the helper. Nothing may ever be written to the second.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type SeenProcess } from '#shared/model/process.ts';
import { ok, type Result } from '#shared/result.ts';
import { writeOwnAdj } from '../../../src-main/own-writes/adj.ts';
import { HOST_FILES } from '../../../src-main/proc/kernel-files.ts';
import { seeProcess } from '../../../src-main/proc/pid/look.ts';
import { parsePidStat } from '../../../src-main/proc/pid/stat.ts';
import { RawHelper } from './raw-helper.ts';

const rounds = Number(process.argv[2] ?? '10');

const helper = new RawHelper();
await helper.hello();
const counts = { rounds: 0, taken: 0, sameTick: 0, gone: 0, written: 0, strangersTouched: 0, other: 0 };

for (; counts.rounds < rounds; counts.rounds += 1) {
  const first = await start();
  const pid = first.pid ?? 0;
  const id = { pid, startTicks: startTicks(pid) };
  const looking = seeProcess(HOST_FILES, id, 'sleep');
  // A third of the rounds: it was seen in time, and the request is on its way before the process dies, so that the two race.
  const early = counts.rounds % 3 === 0 ? write(await looking) : undefined;
  const died = once(first, 'exit');
  first.kill('SIGKILL');
  await died;
  const stranger = await startAs(pid);
  if (stranger === undefined) continue;
  counts.taken += 1;
  const isSameTick = startTicks(pid) === id.startTicks;
  if (isSameTick) counts.sameTick += 1;
  const answers = [await (early ?? write(await looking))];
  // What was seen in the tick of its birth alone tells it from no other process.
  const look = { name: 'sleep', uid: 0, parentPid: process.pid, seenAtTicks: id.startTicks };
  answers.push(await write(ok({ ...id, look })));
  for (const answer of answers) {
    if (answer.ok) counts.written += 1;
    else if (['process-gone', 'changed-meanwhile'].includes(answer.error.code)) counts.gone += 1;
    else counts.other += 1;
  }
  if (readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8') !== inherited()) counts.strangersTouched += 1;
  const ended = once(stranger, 'exit');
  stranger.kill('SIGKILL');
  await ended;
}
await helper.end();
process.stdout.write(`${JSON.stringify(counts)}\n`);

/** Writes to what was seen: through the helper, or as the user does without it. */
async function write(seen: Result<SeenProcess>): Promise<Result<unknown>> {
  if (!seen.ok) return seen;
  if (counts.rounds % 4 === 3) return writeOwnAdj({ process: seen.value, oomScoreAdj: 500 });
  return helper.request({ verb: 'set-adj', process: seen.value, oomScoreAdj: 500 });
}

function inherited(): string {
  return readFileSync('/proc/self/oom_score_adj', 'utf8');
}

async function start(): Promise<ChildProcess> {
  const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

/** Starts a process that gets just this pid; undefined when another one was quicker. */
async function startAs(pid: number): Promise<ChildProcess | undefined> {
  writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
  const child = await start();
  if (child.pid === pid) return child;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return undefined;
}

function startTicks(pid: number): number {
  return parsePidStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.startTicks ?? -1;
}
