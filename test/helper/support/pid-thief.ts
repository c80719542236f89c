/**
 * Runs as process 1 of a pid namespace of its own, and prints one line of JSON. In every round a process is seen, dies, and another one of
 * the same name, user and parent takes its pid, mostly in the clock tick in which the first began, before, while or after a change for the
 * first is on its way. Nothing may ever be written to the second. Arguments: rounds, seed, and the program that exchanges processes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type SeenProcess } from '#shared/model/process.ts';
import { ok, type Result } from '#shared/result.ts';
import { writeOwnAdj } from '../../../src-main/own-writes/adj.ts';
import { HOST_FILES } from '../../../src-main/proc/kernel-files.ts';
import { seeProcess } from '../../../src-main/proc/pid/look.ts';
import { parsePidStat } from '../../../src-main/proc/pid/stat.ts';
import { randomFrom } from '../../fuzz/random.ts';
import { RawHelper } from './raw-helper.ts';

const [, , rounds = '10', seed = '1', program = '/no/such'] = process.argv;

/** `pid-thief.c`, which starts and exchanges processes. */
const thief = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface(thief.stdout)[Symbol.asyncIterator]();
const random = randomFrom(Number(seed));
const helper = new RawHelper();
await helper.hello();
const counts = { rounds: 0, taken: 0, sameTick: 0, gone: 0, written: 0, strangersTouched: 0, other: 0 };

for (; counts.rounds < Number(rounds); counts.rounds += 1) {
  const pid = await ask('b');
  const startTicks = startTicksOf(pid);
  const seen = random.pick([seenInTime, seenBefore, seenInTheTickOfItsBirth]);
  const answer = await seen(pid, startTicks);
  if (existsSync(`/proc/${pid}`)) {
    counts.taken += 1;
    if (startTicksOf(pid) === startTicks) counts.sameTick += 1;
    if (adjOf(pid) !== adjOf('self')) counts.strangersTouched += 1;
  }
  if (answer.ok) counts.written += 1;
  else if (['process-gone', 'changed-meanwhile'].includes(answer.error.code)) counts.gone += 1;
  else {
    counts.other += 1;
    process.stderr.write(`${JSON.stringify(answer.error)}\n`);
  }
  await ask('k');
}
thief.stdin.end();
await once(thief, 'exit');
await helper.end();
process.stdout.write(`${JSON.stringify(counts)}\n`);

/** It was seen in time; the request and the exchange race. */
async function seenInTime(pid: number, startTicks: number): Promise<Result<unknown>> {
  const seen = await seeProcess(HOST_FILES, { pid, startTicks }, 'pid-thief');
  const [answer] = await Promise.all([write(seen), ask('x')]);
  return answer;
}

/** The exchange comes while it is looked at. */
async function seenBefore(pid: number, startTicks: number): Promise<Result<unknown>> {
  const seeing = seeProcess(HOST_FILES, { pid, startTicks }, 'pid-thief');
  await ask('x');
  return write(await seeing);
}

/** What was seen in the tick of its birth alone tells it from no other process. */
async function seenInTheTickOfItsBirth(pid: number, startTicks: number): Promise<Result<unknown>> {
  const look = { name: 'pid-thief', uid: 0, parentPid: thief.pid ?? 0, seenAtTicks: startTicks };
  await ask('x');
  return write(ok({ pid, startTicks, look }));
}

/** Writes to what was seen: through the helper, or as the user does without it. */
async function write(seen: Result<SeenProcess>): Promise<Result<unknown>> {
  if (!seen.ok) return seen;
  if (random.below(4) === 0) return writeOwnAdj({ process: seen.value, oomScoreAdj: 500 });
  return helper.request({ verb: 'set-adj', process: seen.value, oomScoreAdj: 500 });
}

/** Asks for what a letter of pid-thief.c stands for; returns the pid. */
async function ask(letter: 'b' | 'x' | 'k'): Promise<number> {
  thief.stdin.write(`${letter}\n`);
  return Number((await answers.next()).value);
}

function adjOf(pid: number | 'self'): string {
  return readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8');
}

function startTicksOf(pid: number): number {
  return parsePidStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.startTicks ?? -1;
}
