import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ok } from '#shared/result.ts';
import { ownIdentity } from '../../../../../../src-main/helper/root/register/process-identity.ts';
import { underLock } from '../../../../../../src-main/helper/root/register/run-folder.ts';
import { HelperTree } from '../../../../../helpers/helper-tree.ts';
import { until } from '../../../../../helpers/until.ts';

const RUN_FOLDER = fileURLToPath(
  new URL('../../../../../../src-main/helper/root/register/run-folder.ts', import.meta.url),
);

let tree: HelperTree;
beforeEach(() => {
  tree = new HelperTree();
});
afterEach(() => {
  tree.remove();
});

/** A process that stops itself while it holds the lock, and writes a file once it goes on. */
async function stoppedHolder(): Promise<ChildProcess> {
  const code = `
    import { writeFileSync } from 'node:fs';
    import { underLock } from ${JSON.stringify(RUN_FOLDER)};
    await underLock({ root: ${JSON.stringify(tree.root)} }, () => {
      process.kill(process.pid, 'SIGSTOP');
      writeFileSync(${JSON.stringify(tree.path('went-on'))}, 'yes');
      return { ok: true };
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  const isStopped = () => readFileSync(`/proc/${child.pid ?? 0}/stat`, 'latin1').includes(') T ');
  await until(isStopped, 60_000, () => 'it does not stop');
  return child;
}

describe('underLock', () => {
  it('wakes a holder that was stopped, and works when that has finished', { timeout: 90_000 }, async () => {
    const holder = await stoppedHolder();
    const ended = once(holder, 'exit');
    expect(await underLock(tree, () => ok(tree.read('went-on')))).toEqual(ok('yes'));
    expect((await ended)[0]).toBe(0);
  });

  it('is busy after 3 s when the holder cannot finish, and lets other work go on meanwhile', async () => {
    mkdirSync(tree.path('run/lifeboat'), { mode: 0o700 });
    tree.write('run/lifeboat/lock.1', JSON.stringify(ownIdentity()));
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    try {
      let otherWork = 0;
      setTimeout(() => (otherWork += 1), 1000);
      const result = underLock(tree, () => ok('never'));
      await vi.advanceTimersByTimeAsync(3100);
      expect(await result).toMatchObject({ error: { code: 'busy' } });
      expect(otherWork).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });
});
