import { V2_ROWS } from '../../helper/support/pending-table.ts';
import { randomFrom } from '../../fuzz/random.ts';
import { PENDING_IN_GUEST } from '../machines/initramfs.ts';
import { type Machine } from '../machines/machine.ts';
import { type LabOptions } from '../options.ts';

/** Rows of a quick run. */
const QUICK_ROWS = 2;
/** Rows of a whole run that are played between two answers of the guest. */
const ROWS_AT_A_TIME = 8;
const LONGEST_MS = 600_000;

interface Played {
  readonly played: number;
  readonly problems: readonly string[];
}

/**
 * The table over all pairs of (change, death, second change) on cgroup v2, which the machine of the other tests may not have: played by the
 * built helper in a guest. A quick run plays some rows by its seed. Returns what was wrong.
 */
export async function checkPending(machine: Machine, { quick, seed }: LabOptions): Promise<string[]> {
  const random = randomFrom(seed);
  const all = V2_ROWS.map((_, n) => n);
  const chosen = quick ? Array.from({ length: QUICK_ROWS }, () => random.pick(all)) : all;
  const problems: string[] = [];
  for (let from = 0; from < chosen.length; from += ROWS_AT_A_TIME)
    problems.push(...(await play(machine, chosen.slice(from, from + ROWS_AT_A_TIME))));
  return problems;
}

async function play(machine: Machine, rows: readonly number[]): Promise<readonly string[]> {
  const [node = ''] = machine.lifeboat;
  const command = [node, PENDING_IN_GUEST, ...rows.map(String)];
  const { code, stdout, stderr } = await machine.agent.run(LONGEST_MS, ...command);
  if (code !== 0) return [`${command.join(' ')} ended with ${code}: ${stderr.slice(-2000)}`];
  const { played, problems } = JSON.parse(stdout) as Played;
  // The rows, and the one scene beside them.
  const expected = new Set(rows).size + 1;
  return played === expected ? problems : [`${played} of ${expected} were played`];
}
