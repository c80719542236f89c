import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type Desktop, type DesktopOptions, type Launcher } from './desktop.ts';
import { doubleLauncher } from './double-desktop.ts';
import { electronLauncher } from './real-desktop.ts';
import { buildStage, type Stage } from './stage.ts';

/** Set by `npm run test:electron`. */
export const IS_REAL = process.env['LIFEBOAT_REAL_ELECTRON'] === '1';

/** Starts a program; it ends with its test. */
export interface Start {
  (options?: DesktopOptions): Promise<Desktop>;
  readonly stage: () => Stage;
}

/** Starts programs for the tests of a file; each ends with its test. */
export function useDesktop(): Start {
  let stage: Stage | undefined;
  let launcher: Launcher | undefined;
  beforeAll(() => {
    stage = buildStage();
    launcher = IS_REAL ? electronLauncher(stage) : doubleLauncher(stage);
  });
  afterAll(() => stage?.remove());
  const begin = async (options: DesktopOptions = {}) => {
    if (launcher === undefined) throw new Error('there is no stage yet');
    const desktop = await launcher.start(options);
    onTestFinished(() => desktop.quit());
    return desktop;
  };
  return Object.assign(begin, {
    stage() {
      if (stage === undefined) throw new Error('there is no stage yet');
      return stage;
    },
  });
}
