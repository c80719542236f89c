import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Answering, least, median, say, withProcesses, type CpuTime } from './tools.ts';

/** Cost of one tick with this many processes, beside the least it could cost and what other programs take for it. Microseconds of CPU. */
export interface Ranking {
  readonly processes: number;
  readonly floor: number;
  readonly ours: number;
  /** How many times the floor our tick costs: the middle of all rounds, each against its own floor. */
  readonly ratio: number;
  readonly top: number;
  readonly ps: number;
  readonly systeminformation: number;
}

export interface RankingTools {
  readonly crowd: string;
  readonly measure: string;
}

/**
 * Floor and tick take turns, so that whatever else the machine does meets both: their ratio is that of a round, the middle of all. As
 * times the least disturbed rounds count, since disturbance can only add.
 */
const ROUNDS = 30;
const TICKS = 20;
/** Fewer rounds where each has much to do. */
const TICKS_TIMES_PROCESSES = 1_200_000;
const PEER_RUNS = 3;

const SYSTEMINFORMATION = "const si = require('systeminformation');";

/** Measures with `total` processes on the machine. */
export async function measureRanking(
  { crowd, measure }: RankingTools,
  kind: 'varied' | 'alike',
  total: number,
): Promise<Ranking> {
  say(`ranking tick, ${total} processes (${kind}) ...`);
  // NaN for a peer that fails: systeminformation starts a command line that is too long for the kernel with 8,000 processes.
  const run = (...args: string[]) => {
    const { status, stdout } = spawnSync(measure, args, { encoding: 'utf8' });
    return status === 0 ? (JSON.parse(stdout) as CpuTime) : { processes: NaN, cpuMicroseconds: NaN };
  };
  const peer = (...command: string[]) =>
    least(Array.from({ length: PEER_RUNS }, () => run('run', ...command).cpuMicroseconds));
  return withProcesses(crowd, kind, total, async () => {
    const ticker = new Answering(process.execPath, [join(import.meta.dirname, 'ticker.ts')]);
    const [floors, ticks]: [CpuTime[], CpuTime[]] = [[], []];
    const rounds = Math.min(ROUNDS, Math.ceil(TICKS_TIMES_PROCESSES / TICKS / total));
    for (let round = 0; round < rounds; round += 1) {
      floors.push(run('floor', TICKS.toString()));
      ticks.push((await ticker.ask(TICKS.toString())) as CpuTime);
    }
    await ticker.end();
    const empty = peer(process.execPath, '-e', SYSTEMINFORMATION);
    return {
      processes: ticks.at(-1)?.processes ?? NaN,
      floor: least(floors.map((each) => each.cpuMicroseconds)),
      ratio: median(
        ticks.map(({ cpuMicroseconds }, round) => cpuMicroseconds / (floors[round]?.cpuMicroseconds ?? NaN)),
      ),
      ours: least(ticks.map((each) => each.cpuMicroseconds)),
      top: peer('top', '-b', '-n1'),
      ps: peer('ps', 'aux'),
      // It is a library: the start of Node and its loading are not what it costs.
      systeminformation:
        peer(process.execPath, '-e', `${SYSTEMINFORMATION} si.processes().then(() => 0)`) - empty,
    };
  });
}
