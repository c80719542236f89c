import { until } from '../../helpers/until.ts';
import { type Scene } from './pending-scene.ts';

/** A way in which a pending change comes to its end. */
export interface Death {
  readonly what: string;
  /** The change is pending for a second only. */
  readonly isSoon: boolean;
  readonly comes: (scene: Scene) => Promise<void>;
  /** Our value stays. */
  readonly keeps?: true;
}

async function kill(scene: Scene, signal: NodeJS.Signals): Promise<void> {
  scene.helper.child.kill(signal);
  await scene.helper.exited;
}

function signalGuard(scene: Scene, signal: NodeJS.Signals): void {
  const pid = scene.guardPid();
  // Where the time is up already, the helper is still there and the guard as well: it ends with the helper.
  if (pid === undefined) throw new Error('there is no guard');
  process.kill(pid, signal);
}

/** Starts another helper, which takes back what was left; it answers a line after that. */
export async function nextHelper(scene: Scene): Promise<void> {
  const next = await scene.furtherHelper();
  await next.request({ verb: 'ping' });
  await next.end();
}

/** All ways that there are. */
export const DEATHS: readonly Death[] = [
  {
    what: 'it is confirmed',
    isSoon: false,
    keeps: true,
    async comes({ helper, change }) {
      await helper.request({ verb: 'confirm', change });
      await helper.end();
    },
  },
  {
    what: 'it is reverted',
    isSoon: false,
    async comes({ helper, change }) {
      await helper.request({ verb: 'revert', change });
    },
  },
  { what: 'its time is up', isSoon: true, comes: () => Promise.resolve() },
  { what: 'its input ends', isSoon: false, comes: ({ helper }) => helper.end() },
  { what: 'the helper gets SIGTERM', isSoon: false, comes: (scene) => kill(scene, 'SIGTERM') },
  { what: 'the helper is killed', isSoon: false, comes: (scene) => kill(scene, 'SIGKILL') },
  {
    what: 'the helper is stopped',
    isSoon: true,
    comes({ helper }) {
      helper.child.kill('SIGSTOP');
      return Promise.resolve();
    },
  },
  {
    what: 'the guard is killed',
    isSoon: false,
    comes(scene) {
      signalGuard(scene, 'SIGKILL');
      return Promise.resolve();
    },
  },
  {
    what: 'the guard is stopped',
    isSoon: true,
    comes(scene) {
      signalGuard(scene, 'SIGSTOP');
      return Promise.resolve();
    },
  },
  {
    what: 'both are killed and another helper starts',
    isSoon: false,
    async comes(scene) {
      scene.helper.child.kill('SIGSTOP');
      signalGuard(scene, 'SIGKILL');
      await kill(scene, 'SIGKILL');
      await nextHelper(scene);
    },
  },
  {
    what: 'both are stopped, killed later, and another helper starts',
    isSoon: true,
    async comes(scene) {
      const guard = scene.guardPid();
      scene.helper.child.kill('SIGSTOP');
      signalGuard(scene, 'SIGSTOP');
      // A stopped process lives: nothing of its changes may be taken over.
      await nextHelper(scene);
      if (guard !== undefined) process.kill(guard, 'SIGKILL');
      await kill(scene, 'SIGKILL');
      await until(
        () => scene.helper.child.signalCode !== null,
        5000,
        () => 'the helper lives',
      );
      await nextHelper(scene);
    },
  },
];
