import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { ok } from '#shared/result.ts';
import { ownIdentity } from '../../src-main/helper/root/register/process-identity.ts';
import { underLock } from '../../src-main/helper/root/register/run-folder.ts';
import { HelperTree } from '../helpers/helper-tree.ts';
import { RawHelper } from './support/raw-helper.ts';

const RUN_FOLDER = fileURLToPath(
  new URL('../../src-main/helper/root/register/run-folder.ts', import.meta.url),
);
const PROGRAM = fileURLToPath(new URL('support/tree-helper.ts', import.meta.url));
/** A new Node takes its time on a busy machine. */
const PATIENCE = { timeout: 60_000, interval: 20 };

type AtEnd = TestContext['onTestFinished'];

function newTree(atEnd: AtEnd): HelperTree {
  const tree = new HelperTree();
  atEnd(() => {
    tree.remove();
  });
  return tree;
}

/** A process in a pid namespace of its own, as in a container that has /run in common with the machine, which does this while it holds the lock. */
function holderInContainer(tree: HelperTree, deed: string, atEnd: AtEnd): ChildProcess {
  const code = `
    import { writeFileSync } from 'node:fs';
    import { underLock } from ${JSON.stringify(RUN_FOLDER)};
    await underLock({ root: ${JSON.stringify(tree.root)} }, () => {
      writeFileSync(${JSON.stringify(tree.path('is-at-it'))}, '');
      ${deed};
      writeFileSync(${JSON.stringify(tree.path('went-on'))}, '');
      return { ok: true };
    });`;
  const node = [process.execPath, '--input-type=module', '-e', code];
  // As the first of its namespace it could not be stopped from inside.
  const inner = ['sh', '-c', '"$@"; exit $?', 'sh', ...node];
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', ...inner], {
    stdio: 'inherit',
  });
  atEnd(() => {
    child.kill('SIGKILL');
  });
  return child;
}

const isHeld = (tree: HelperTree) =>
  readdirSync(tree.path('run/lifeboat')).some(
    (name) => name.startsWith('lock.') && readFileSync(tree.path(`run/lifeboat/${name}`), 'utf8') !== '',
  );

/** The tests wait most of their time. */
describe.concurrent('a lock of the register whose holder does not release it', { timeout: 120_000 }, () => {
  it('is free when the holder has died in a container', async ({ onTestFinished }) => {
    const tree = newTree(onTestFinished);
    const holder = holderInContainer(tree, `process.kill(process.pid, 'SIGKILL')`, onTestFinished);
    await once(holder, 'exit');
    expect([isHeld(tree), tree.has('went-on')]).toEqual([true, false]);
    expect(await underLock(tree, () => ok('done'))).toEqual(ok('done'));
  });

  it('is free once the holder has finished that was stopped in a container, and is woken', async ({
    onTestFinished,
  }) => {
    const tree = newTree(onTestFinished);
    const holder = holderInContainer(tree, `process.kill(process.pid, 'SIGSTOP')`, onTestFinished);
    const ended = once(holder, 'exit');
    await vi.waitFor(() => {
      expect(tree.has('is-at-it')).toBe(true);
    }, PATIENCE);
    expect(await underLock(tree, () => ok(tree.has('went-on')))).toEqual(ok(true));
    await ended;
  });

  it('keeps a helper from what others have left only until it is released', async ({ onTestFinished }) => {
    const tree = newTree(onTestFinished);
    const first = new RawHelper([], [PROGRAM, tree.root]);
    await first.hello();
    const changes = [{ name: 'vm.swappiness', value: 10 }] as const;
    await first.request({ verb: 'set-sysctls', changes, pendingSeconds: 600 });
    await first.destroy();
    expect(tree.value('proc/sys/vm/swappiness')).toBe('10');
    // A living process that is traced or frozen may never finish. This one is this test.
    tree.write('run/lifeboat/lock.1000000', JSON.stringify(ownIdentity()));
    const next = new RawHelper([], [PROGRAM, tree.root]);
    // It answers a line once it has given up waiting.
    await next.request({ verb: 'ping' });
    expect(tree.value('proc/sys/vm/swappiness')).toBe('10');
    tree.write('run/lifeboat/lock.1000000', '');
    await vi.waitFor(() => {
      expect(tree.value('proc/sys/vm/swappiness')).toBe('60');
    }, PATIENCE);
    await next.end();
  });
});
