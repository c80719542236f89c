import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { v1Scene } from './support/pending-scene.ts';
import { playRow, type Row, SYSCTL_ROWS, V1_ROWS } from './support/pending-table.ts';
import { restoreSysctls } from './support/sysctls.ts';

restoreSysctls();

/** Whether the death stops a helper, or has another one put things in order. */
const stops = ({ death }: Row) => /stopped|another helper/.test(death.what);

/** On cgroup v2 the kernel lab plays it in a guest: this machine may have v1. */
describe('a pending change ends as it has to', () => {
  it.for(SYSCTL_ROWS.map((row) => [row.what, row] as const))('%s', async ([, row]) => {
    await playRow(row, { factor: 1 });
  });

  // One after the other: a helper that is stopped while it holds the lock of the register keeps it from the others.
  it.for(V1_ROWS.filter(stops).map((row) => [row.what, row] as const))('%s', async ([, row]) => {
    await playRow(row, { factor: 1 });
  });
});

describe('a pending limit of its own cgroup ends as it has to', () => {
  // Most of the time of these goes by waiting.
  it.concurrent.for(V1_ROWS.filter((row) => !stops(row)).map((row) => [row.what, row] as const))(
    '%s',
    async ([, row]) => {
      await playRow(row, { factor: 1 });
    },
  );
});

describe('a change that cannot go back', () => {
  it('goes back once it can, where the kernel refuses the old limit when the helper dies', async () => {
    const scene = v1Scene();
    const { before, ours } = scene.setting;
    try {
      await scene.start(600);
      const eater = await scene.eat(96);
      scene.helper.child.kill('SIGKILL');
      const log = () =>
        readFileSync('/var/log/lifeboat/helper.log', 'utf8').trim().split('\n').slice(-5).join('\n');
      await vi.waitFor(() => {
        expect(log()).toContain(`"notReverted":${scene.change}`);
      }, 15_000);
      expect(scene.now()).toBe(ours);
      expect(scene.registered()).toHaveLength(1);
      await eater.end();
      await vi.waitFor(() => {
        expect(scene.now()).toBe(before);
      }, 30_000);
      expect(log()).toContain(`"reverted":${scene.change}`);
    } finally {
      await scene.remove();
    }
  });

  it('is said not to have gone back where the kernel refuses that, and said once it did', async () => {
    const scene = v1Scene();
    const { before, ours } = scene.setting;
    try {
      await scene.start(600);
      const eater = await scene.eat(96);
      expect(await scene.helper.request({ verb: 'revert', change: scene.change })).toMatchObject({
        ok: false,
        error: { code: 'not-reverted', facts: { now: ours, why: 'in-use' } },
      });
      await eater.end();
      await vi.waitFor(() => {
        expect(scene.helper.events).toMatchObject([
          { event: 'reverted', change: scene.change, written: [{ after: before }] },
        ]);
      }, 30_000);
      expect(scene.now()).toBe(before);
    } finally {
      await scene.remove();
    }
  });
});
