import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '#shared/result.ts';
import { withLock } from '../../../../../../src-main/helper/root/register/lock.ts';
import { ownIdentity } from '../../../../../../src-main/helper/root/register/process-identity.ts';
import { HelperTree } from '../../../../../helpers/helper-tree.ts';

const LOCK = fileURLToPath(
  new URL('../../../../../../src-main/helper/root/register/lock.ts', import.meta.url),
);

let tree: HelperTree;
let folder: number;
beforeEach(() => {
  tree = new HelperTree();
  mkdirSync(tree.path('locked'));
  tree.write('count', '0');
  folder = openSync(tree.path('locked'), 'r');
});
afterEach(() => {
  closeSync(folder);
  tree.remove();
});

/** A process that adds one to the count, `times` times under the lock; or that dies while it holds the lock. */
function process(times: number | 'dies') {
  const code = `
    import { openSync, readFileSync, writeFileSync } from 'node:fs';
    import { withLock } from ${JSON.stringify(LOCK)};
    const folder = openSync(${JSON.stringify(tree.path('locked'))}, 'r');
    const count = ${JSON.stringify(tree.path('count'))};
    for (let n = 0; n < ${times === 'dies' ? 1 : times};) {
      const done = withLock(folder, () => {
        if (${JSON.stringify(times)} === 'dies') process.kill(process.pid, 'SIGKILL');
        writeFileSync(count, String(Number(readFileSync(count, 'utf8')) + 1));
        return { ok: true };
      });
      if (done.ok) n += 1;
    }`;
  return spawn(globalThis.process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
}

/** Several new Nodes take their time on a busy machine. */
describe('withLock', { timeout: 120_000 }, () => {
  it('lets one process work at a time, also when holders are killed in between', async () => {
    const counters = Array.from({ length: 3 }, () => process(300));
    const ended = counters.map((counter) => once(counter, 'exit'));
    for (let n = 0; n < 3; n += 1) await once(process('dies'), 'exit');
    expect((await Promise.all(ended)).map(([code]) => code as unknown)).toEqual([0, 0, 0]);
    expect(tree.value('count')).toBe('900');
  });

  it('takes the lock of a holder that is dead, or whose pid another process has by now', () => {
    const { pid, pidNamespace } = ownIdentity();
    const dead = [2 ** 22, pid].map((each) => JSON.stringify({ pid: each, startTicks: 1, pidNamespace }));
    for (const [n, holder] of [...dead, ''].entries()) {
      tree.write(`locked/lock.${10 * (n + 1)}`, holder);
      expect(withLock(folder, () => ok('done'))).toEqual(ok('done'));
    }
  });

  it('is busy when a living process holds it, and robs it of nothing', () => {
    const inner = withLock(folder, () => withLock(folder, () => ok('never')));
    expect(inner).toMatchObject({ error: { code: 'busy' } });
    expect(withLock(folder, () => ok('again'))).toEqual(ok('again'));
  });
});
