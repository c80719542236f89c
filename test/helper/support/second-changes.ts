import { type Scene } from './pending-scene.ts';

/** What happens to the same setting while a change of it is pending, and what has to be there in the end. */
export interface SecondChange {
  readonly what: string;
  /** Gets ready, and answers with what makes it happen; that throws where the second change is not received as it has to be. */
  readonly prepare: (scene: Scene) => Promise<() => Promise<void> | void>;
  /** Undefined: nothing of it stays, so that the death alone decides. */
  readonly leaves?: (scene: Scene) => string;
}

const NOTHING: SecondChange = { what: 'no second change', prepare: () => Promise.resolve(() => undefined) };

const BY_SECOND_HELPER: SecondChange = {
  what: 'a change of the same by a second helper',
  async prepare(scene) {
    // A change of one second must not be over before another Node is there.
    const second = await scene.furtherHelper();
    return async () => {
      const { setting } = scene;
      const answer = await second.request(setting.request);
      await second.end();
      if (answer.ok || answer.error.code !== 'changed-meanwhile')
        throw new Error(`the second helper was answered ${JSON.stringify(answer)}`);
    };
  },
};

const BY_OTHERS: SecondChange = {
  what: 'another program setting a value that begins alike',
  prepare: (scene) =>
    Promise.resolve(() => {
      scene.set(scene.setting.alike);
    }),
  leaves: ({ setting }) => setting.alike,
};

const EXCHANGED: SecondChange = {
  what: 'another cgroup taking the name, with the very value that was set',
  prepare: (scene) =>
    Promise.resolve(() => {
      scene.exchange();
    }),
  leaves: ({ setting }) => setting.ours,
};

export const SECOND_CHANGES_OF_SYSCTLS = [NOTHING, BY_SECOND_HELPER, BY_OTHERS];
export const SECOND_CHANGES_OF_CGROUPS = [...SECOND_CHANGES_OF_SYSCTLS, EXCHANGED];
