import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSCTL_NAMES } from '#shared/model/sysctl/sysctl.ts';
import { HelperTree } from '../helpers/helper-tree.ts';
import { RawHelper } from './support/raw-helper.ts';

const PROGRAM = fileURLToPath(new URL('support/tree-helper.ts', import.meta.url));
const FILE = 'etc/sysctl.d/90-lifeboat.conf';
const ROUNDS = 150;

let tree: HelperTree;
let helpers: readonly RawHelper[];
beforeEach(async () => {
  tree = new HelperTree();
  helpers = [0, 1, 2].map(() => new RawHelper([], [PROGRAM, tree.root]));
  await Promise.all(helpers.map((helper) => helper.hello()));
});
afterEach(async () => {
  await Promise.all(helpers.map((helper) => helper.end()));
  tree.remove();
});

describe('several helpers at a time', () => {
  it('lose none of each other’s lines in a file in /etc', async () => {
    const names = SYSCTL_NAMES.filter((name) => !/_(ratio|kbytes)$/.test(name));
    let lost = 0;
    await Promise.all(
      helpers.map(async (helper, n) => {
        const [name] = names.slice(n);
        if (name === undefined) throw new Error('too few settings');
        for (let value = 0; value < ROUNDS; value += 1) {
          const kept = { verb: 'keep-sysctl', name, value: value % 2 } as const;
          expect(await helper.request(kept)).toMatchObject({ ok: true });
          if (!tree.read(FILE).includes(`${name} = ${value % 2}\n`)) lost += 1;
        }
      }),
    );
    expect(lost).toBe(0);
  });

  it('have one change of a setting at a time, whichever asks first, and put back what was there first', async () => {
    const changes = [{ name: 'vm.swappiness', value: 10 }] as const;
    const answers = await Promise.all(
      helpers.map((helper) => helper.request({ verb: 'set-sysctls', changes, pendingSeconds: 600 })),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.filter(({ ok }) => !ok).map((answer) => !answer.ok && answer.error.code)).toEqual([
      'changed-meanwhile',
      'changed-meanwhile',
    ]);
    expect(tree.value('proc/sys/vm/swappiness')).toBe('10');
    await Promise.all(helpers.map((helper) => helper.end()));
    expect(tree.value('proc/sys/vm/swappiness')).toBe('60');
  });
});
