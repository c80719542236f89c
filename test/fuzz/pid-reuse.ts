import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Attack, Tally } from './attack.ts';

const THIEF = fileURLToPath(new URL('../helper/support/pid-thief.ts', import.meta.url));

/**
 * Processes that take the pid of the one that was meant, many within the clock tick in which that one began, while a change for it is on its
 * way. Needs root, a built helper and a pid namespace of its own; the seed is not used, since the scheduler decides.
 */
export const fuzzPidReuse: Attack = ({ count }) => {
  const tally = new Tally();
  const args = ['--pid', '--fork', '--mount-proc', process.execPath, THIEF, String(count)];
  const ran = spawnSync('unshare', args, { encoding: 'utf8' });
  if (ran.status !== 0) {
    tally.lose(`the attack did not run: ${ran.stderr}`);
    return Promise.resolve(tally.report());
  }
  const counts = JSON.parse(ran.stdout) as Readonly<Record<string, number>>;
  for (let n = counts['taken'] ?? 0; n > 0; n -= 1) tally.add('pid taken');
  for (let n = counts['sameTick'] ?? 0; n > 0; n -= 1) tally.add('of these in the same tick');
  for (let n = counts['strangersTouched'] ?? 0; n > 0; n -= 1)
    tally.lose('a process was written to that was not meant');
  return Promise.resolve(tally.report());
};
