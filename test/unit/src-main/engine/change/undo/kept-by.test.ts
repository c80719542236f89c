import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readTuning } from '../../../../../../src-main/engine/change/sysctl/tuning.ts';
import { keptBy } from '../../../../../../src-main/engine/change/undo/undo-sysctls.ts';
import { procTree } from '../../../../../helpers/proc-tree.ts';
import { plant } from '../../../../../helpers/sysctl-judge.ts';

function statesWith(own: string) {
  const tree = procTree();
  onTestFinished(() => {
    tree.cleanup();
  });
  const root = dirname(tree.proc);
  plant(root, { '/etc/sysctl.d/90-lifeboat.conf': own });
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  return readTuning(tree, root).states;
}

describe('what Lifeboat keeps of a setting', () => {
  it.each([
    ['vm.overcommit_kbytes', 'vm.overcommit_ratio'],
    ['vm.overcommit_ratio', 'vm.overcommit_kbytes'],
  ] as const)('a line for %s keeps nothing of %s, which it makes 0', (kept, cleared) => {
    const states = statesWith(`${kept} = 40\n`);
    expect(keptBy(states, kept)).toBe('40');
    expect(keptBy(states, cleared)).toBe('');
  });
});
