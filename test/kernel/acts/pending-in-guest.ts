/**
 * Runs in a guest with cgroup v2, as one bundled file: plays rows of the table of pending changes, several at a time, and prints what was
 * wrong as JSON. Its arguments are the numbers of the rows.
 */
import { V2_ROWS, playRow } from '../../helper/support/pending-table.ts';
import { v2Scene } from '../../helper/support/pending-scene.ts';
import { until } from '../../helpers/until.ts';

/** Two emulated processors, and much waiting. */
const AT_A_TIME = 2;
/** A guest is so much slower than a machine. */
const FACTOR = 8;

const chosen = process.argv.slice(2).map(Number);
const rows = V2_ROWS.filter((_, n) => chosen.includes(n));
const problems: string[] = [];
const work: (() => Promise<void>)[] = rows.map((row) => async () => {
  await playRow(row, { factor: FACTOR }).catch((error: unknown) => {
    problems.push(`${row.what}: ${String(error)}`);
  });
});
work.push(() =>
  doesNotKill().catch((error: unknown) => {
    problems.push(`the old limit below what is in use: ${String(error)}`);
  }),
);
const worker = async (): Promise<void> => {
  for (let next = work.shift(); next !== undefined; next = work.shift()) await next();
};
await Promise.all(Array.from({ length: AT_A_TIME }, worker));
process.stdout.write(`${JSON.stringify({ played: rows.length + 1, problems })}\n`);

/** More is in use by now than the old limit allows: on v2 the write would kill, so the guard waits until it would not. */
async function doesNotKill(): Promise<void> {
  const scene = v2Scene();
  try {
    await scene.start(600);
    const eater = await scene.eat(96);
    scene.helper.child.kill('SIGKILL');
    await scene.helper.exited;
    // It has been tried once when the helper is gone and its change is still registered.
    const isLogged = () => scene.log().some((line) => line.includes(`"notReverted":${scene.change},`));
    await until(
      isLogged,
      15_000 * FACTOR,
      () => `the log does not say that it could not go back: ${scene.log().join('\n')}`,
    );
    if (!eater.isAlive()) throw new Error('the process was killed');
    if (scene.now() !== scene.setting.ours) throw new Error(`the limit is ${scene.now()}`);
    await eater.end();
    await until(
      () => scene.now() === scene.setting.before,
      15_000 * FACTOR,
      () => `the limit stays ${scene.now()}`,
    );
  } finally {
    await scene.remove();
  }
}
