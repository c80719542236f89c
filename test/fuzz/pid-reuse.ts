import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compile } from '../helpers/c-program.ts';
import { type Attack, type AttackReport, Tally } from './attack.ts';

const THIEF = fileURLToPath(new URL('../helper/support/pid-thief.ts', import.meta.url));

/**
 * Processes that take the pid of the one that was meant, most of them within the clock tick in which that one began, while a change for it is
 * on its way. Needs root, a C compiler, a built helper, and makes a pid namespace of its own.
 */
export const fuzzPidReuse: Attack = async ({ count, seed }) => {
  const program = compile('pid-thief');
  try {
    const command = [process.execPath, THIEF, String(count), String(seed), program.path];
    const ran = await promisify(execFile)('unshare', ['--pid', '--fork', '--mount-proc', ...command]);
    return judge(JSON.parse(ran.stdout) as Counts);
  } finally {
    program.end();
  }
};

type Counts = Readonly<Record<'rounds' | 'taken' | 'sameTick' | 'strangersTouched' | 'other', number>>;

function judge({ rounds, taken, sameTick, strangersTouched, other }: Counts): AttackReport {
  const tally = new Tally();
  tally.add('pid taken in the same tick', sameTick);
  tally.add('pid taken later', taken - sameTick);
  tally.add('no process took the pid', rounds - taken);
  if (strangersTouched > 0) tally.lose(`${strangersTouched} writes to a process that was not meant`);
  if (other > 0) tally.lose(`${other} answers that are neither a write nor a refusal`);
  return tally.report();
}
