import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HelperTree } from '../../../../helpers/helper-tree.ts';

const MODULE = fileURLToPath(new URL('../../../../../src-main/helper/root/guard.ts', import.meta.url));
let tree: HelperTree;
beforeEach(() => {
  tree = new HelperTree();
  tree.write('file', 'ours\n');
});
afterEach(() => {
  tree.remove();
});

/** A process that starts a guard, does something with it, and is killed outright. */
async function dieWithGuard(then: string, ours = 'ours'): Promise<void> {
  const undo = JSON.stringify([{ path: tree.path('file'), ours, before: "it's; $(touch x) `y` -e" }]);
  const code = `import { startGuard } from ${JSON.stringify(MODULE)};
    const guard = await startGuard(${undo}); ${then}; process.kill(process.pid, 'SIGKILL');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  await once(child, 'exit');
}

/** A new Node and a shell take their time on a busy machine. */
describe('startGuard', { timeout: 20_000 }, () => {
  it('puts the old value back when its helper dies, letter by letter', async () => {
    await dieWithGuard('');
    await vi.waitFor(() => {
      expect(tree.value('file')).toBe("it's; $(touch x) `y` -e");
    }, 15_000);
  });

  it('leaves a value that is not ours', async () => {
    await dieWithGuard('', 'another');
    await sleep(300);
    expect(tree.value('file')).toBe('ours');
  });

  it('knows our value by its beginning: a shell gets no more of a sysctl', async () => {
    tree.write('file', 'o');
    await dieWithGuard('');
    await vi.waitFor(() => {
      expect(tree.value('file')).toContain("it's");
    }, 15_000);
  });

  it('leaves a file that it cannot read', async () => {
    tree.write('file', '');
    await dieWithGuard('');
    await sleep(300);
    expect(tree.value('file')).toBe('');
  });

  it('does nothing once it is dismissed', async () => {
    await dieWithGuard('guard.value.dismiss()');
    await sleep(300);
    expect(tree.value('file')).toBe('ours');
  });
});
