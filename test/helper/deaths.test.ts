import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { cgroupScene, sysctlScene, type Scene } from './support/pending-scene.ts';
import { restoreSysctls } from './support/sysctls.ts';
import { RawHelper } from './support/raw-helper.ts';
import { DEATHS } from './support/deaths.ts';

restoreSysctls();

/** What happens to the same setting while a change of it is pending, and what has to be there in the end. */
interface SecondChange {
  readonly what: string;
  readonly happens: (scene: Scene) => Promise<void> | void;
  /** Undefined: nothing of it stays, so that the death alone decides. */
  readonly leaves?: (scene: Scene) => string;
}

const NOTHING: SecondChange = { what: 'no second change', happens: () => undefined };
const BY_SECOND_HELPER: SecondChange = {
  what: 'a change of the same by a second helper',
  async happens(scene) {
    const second = new RawHelper();
    await second.hello();
    expect(await second.request(scene.request)).toMatchObject({
      ok: false,
      error: { code: 'changed-meanwhile', facts: { what: 'waiting' } },
    });
    await second.end();
  },
};
const BY_OTHERS: SecondChange = {
  what: 'another program setting a value that begins alike',
  happens(scene) {
    scene.set(scene.alike);
  },
  leaves: ({ alike }) => alike,
};
const EXCHANGED: SecondChange = {
  what: 'another cgroup taking the name, with the very value that was set',
  happens(scene) {
    scene.exchange();
  },
  leaves: ({ ours }) => ours,
};

const KINDS = [
  { kind: 'a sysctl', scene: sysctlScene, seconds: [NOTHING, BY_SECOND_HELPER, BY_OTHERS] },
  {
    kind: 'a limit of cgroup v1 set to max',
    scene: cgroupScene,
    seconds: [NOTHING, BY_SECOND_HELPER, BY_OTHERS, EXCHANGED],
  },
];

const TABLE = KINDS.flatMap(({ kind, scene, seconds }) =>
  seconds.flatMap((second) => DEATHS.map((death) => ({ kind, scene, second, death }))),
);

describe('a pending change', () => {
  it.for(TABLE.map((row) => [row.kind, row.second.what, row.death.what, row] as const))(
    'of %s, with %s, then %s',
    async ([, , , { scene: make, second, death }]) => {
      const scene = make();
      try {
        await scene.start(death.seconds);
        expect(scene.now()).toBe(scene.ours);
        await second.happens(scene);
        await death.comes(scene);
        const expected = second.leaves?.(scene) ?? (death.keeps ? scene.ours : scene.before);
        await vi.waitFor(() => {
          expect(scene.now()).toBe(expected);
        }, 15_000);
        // Whoever has it in hand is done with it: nothing of it is registered any more, and nothing moves afterwards.
        await vi.waitFor(() => {
          expect(scene.registered()).toEqual([]);
        }, 15_000);
        expect(scene.now()).toBe(expected);
      } finally {
        await scene.remove();
      }
    },
  );

  it('goes back once it can, where the kernel refuses the old limit when the helper dies', async () => {
    const scene = cgroupScene();
    try {
      await scene.start(600);
      const eater = await scene.eat(96);
      scene.helper.child.kill('SIGKILL');
      const log = () =>
        readFileSync('/var/log/lifeboat/helper.log', 'utf8').trim().split('\n').slice(-5).join('\n');
      await vi.waitFor(() => {
        expect(log()).toContain('"notReverted":1');
      }, 15_000);
      expect(scene.now()).toBe(scene.ours);
      expect(scene.registered()).toHaveLength(1);
      await eater.end();
      await vi.waitFor(() => {
        expect(scene.now()).toBe(scene.before);
      }, 30_000);
      expect(log()).toContain('"reverted":1');
    } finally {
      await scene.remove();
    }
  });

  it('is said not to have gone back where the kernel refuses that, and said once it did', async () => {
    const scene = cgroupScene();
    try {
      await scene.start(600);
      const eater = await scene.eat(96);
      expect(await scene.helper.request({ verb: 'revert', change: 1 })).toMatchObject({
        ok: false,
        error: { code: 'not-reverted', facts: { now: scene.ours, why: 'in-use' } },
      });
      await eater.end();
      await vi.waitFor(() => {
        expect(scene.helper.events).toMatchObject([
          { event: 'reverted', change: 1, written: [{ after: scene.before }] },
        ]);
      }, 30_000);
      expect(scene.now()).toBe(scene.before);
    } finally {
      await scene.remove();
    }
  });
});
