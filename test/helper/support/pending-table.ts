import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../helpers/until.ts';
import { type Death, DEATHS } from './deaths.ts';
import { type Scene, sysctlScene, v1Scene, v2HighScene, v2Scene } from './pending-scene.ts';
import { type SecondChange, SECOND_CHANGES_OF_CGROUPS, SECOND_CHANGES_OF_SYSCTLS } from './second-changes.ts';

/** A change, what happens to the same setting while it is pending, and how it comes to its end. */
export interface Row {
  readonly what: string;
  readonly scene: () => Scene;
  readonly second: SecondChange;
  readonly death: Death;
}

function rows(kind: string, scene: () => Scene, seconds: readonly SecondChange[]): readonly Row[] {
  return seconds.flatMap((second) =>
    DEATHS.map((death) => ({ what: `${kind}, ${second.what}, ${death.what}`, scene, second, death })),
  );
}

export const SYSCTL_ROWS = rows('a sysctl', sysctlScene, SECOND_CHANGES_OF_SYSCTLS);
export const V1_ROWS = rows('a limit of cgroup v1 set to max', v1Scene, SECOND_CHANGES_OF_CGROUPS);
export const V2_ROWS = [
  ...rows('memory.max set to max', v2Scene, SECOND_CHANGES_OF_CGROUPS),
  ...rows('memory.high doubled', v2HighScene, SECOND_CHANGES_OF_CGROUPS),
];

/** How much slower than a machine of today with nothing else to do. */
export interface Patience {
  readonly factor: number;
  /** How long after the second change the death comes. */
  readonly delayMs?: number;
}

/** Plays a row of the table. Throws where the wrong value is there in the end, or something of the change stays in the register. */
export async function playRow(row: Row, { factor, delayMs = 0 }: Patience): Promise<void> {
  const scene = row.scene();
  const { setting } = scene;
  const waitMs = 15_000 * factor;
  const expectNow = (expected: string) =>
    until(
      () => scene.now() === expected,
      waitMs,
      () => `there is ${scene.now()} instead of ${expected}`,
    );
  try {
    const happens = await row.second.prepare(scene);
    await scene.start(row.death.isSoon ? factor : LONG_SECONDS);
    if (scene.now() !== setting.ours) throw new Error(`there is ${scene.now()} instead of ${setting.ours}`);
    await happens();
    if (delayMs > 0) await sleep(delayMs);
    await row.death.comes(scene);
    const expected = row.second.leaves?.(scene) ?? (row.death.keeps ? setting.ours : setting.before);
    await expectNow(expected);
    // Whatever has it in hand is done with it: nothing of it is registered any more, and nothing moves afterwards.
    await until(
      () => scene.registered().length === 0,
      waitMs,
      () => `still registered: ${scene.registered().join(', ')}`,
    );
    await expectNow(expected);
  } finally {
    await scene.remove();
  }
}

/** As long as a change may be pending. */
const LONG_SECONDS = 600;
