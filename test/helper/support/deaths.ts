import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scene } from './pending-scene.ts';
import { RawHelper } from './raw-helper.ts';

/** A way in which a pending change comes to its end. */
export interface Death {
  readonly what: string;
  /** How long the change is to be pending. */
  readonly seconds: number;
  readonly comes: (scene: Scene) => Promise<void>;
  /** Our value stays. */
  readonly keeps?: true;
}

const LONG = 600;
const SHORT = 1;

async function kill(scene: Scene, signal: NodeJS.Signals): Promise<void> {
  scene.helper.child.kill(signal);
  await scene.helper.exited;
}

/** All ways that there are. */
export const DEATHS: readonly Death[] = [
  {
    what: 'it is confirmed',
    seconds: LONG,
    keeps: true,
    async comes({ helper, change }) {
      await helper.request({ verb: 'confirm', change });
      await helper.end();
    },
  },
  {
    what: 'it is reverted',
    seconds: LONG,
    async comes({ helper, change }) {
      await helper.request({ verb: 'revert', change });
    },
  },
  {
    what: 'its time is up',
    seconds: SHORT,
    comes: () => Promise.resolve(),
  },
  { what: 'its input ends', seconds: LONG, comes: ({ helper }) => helper.end() },
  { what: 'the helper gets SIGTERM', seconds: LONG, comes: (scene) => kill(scene, 'SIGTERM') },
  { what: 'the helper is killed', seconds: LONG, comes: (scene) => kill(scene, 'SIGKILL') },
  {
    what: 'the helper is stopped',
    seconds: SHORT,
    async comes({ helper }) {
      helper.child.kill('SIGSTOP');
      await Promise.resolve();
    },
  },
  {
    what: 'the guard is killed',
    seconds: LONG,
    async comes(scene) {
      process.kill(scene.guardPid(), 'SIGKILL');
      await Promise.resolve();
    },
  },
  {
    what: 'the guard is stopped',
    seconds: SHORT,
    async comes(scene) {
      process.kill(scene.guardPid(), 'SIGSTOP');
      await Promise.resolve();
    },
  },
  {
    what: 'both are killed and another helper starts',
    seconds: LONG,
    async comes(scene) {
      const guard = scene.guardPid();
      scene.helper.child.kill('SIGSTOP');
      process.kill(guard, 'SIGKILL');
      await kill(scene, 'SIGKILL');
      const next = new RawHelper();
      await next.hello();
      // A line is answered after what was found is taken back.
      await next.request({ verb: 'ping' });
      next.child.stdin.end();
      await once(next.child, 'exit');
      await sleep(0);
    },
  },
];
