import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextHelper } from '../helper/support/deaths.ts';
import { type Scene, sysctlScene, v1Scene, v2Scene } from '../helper/support/pending-scene.ts';
import { playRow, SYSCTL_ROWS, V1_ROWS, V2_ROWS } from '../helper/support/pending-table.ts';
import { killWriters } from '../helpers/journal-kills.ts';
import { until } from '../helpers/until.ts';
import { type Attack, Tally } from './attack.ts';
import { randomFrom, type Random } from './random.ts';

const HAS_V1 = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
const ROWS = [...SYSCTL_ROWS, ...(HAS_V1 ? V1_ROWS : V2_ROWS)];
const SCENES: readonly (() => Scene)[] = [sysctlScene, HAS_V1 ? v1Scene : v2Scene];
/** A change is made within this time, the start of its guard included. */
const CHANGE_MS = 250;
/** A journal is killed so often in a round. */
const KILLS = 2;

/**
 * Deaths at random moments: of the helper while it makes a change, of helper and guard while a change is pending, of a Lifeboat that writes its
 * journal. Everything is put back, and nothing that was acknowledged is lost. Needs root, and vm.swappiness is changed for moments.
 */
export const fuzzDeaths: Attack = async ({ count, seed }) => {
  const random = randomFrom(seed);
  const tally = new Tally();
  for (let n = 0; n < count; n += 1) {
    const [what, play] = random.pick([row, midChange, journal])(random);
    const lost = await play().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    tally.add(what);
    if (lost !== undefined) tally.lose(`${what}: ${lost}`);
  }
  return tally.report();
};

type Round = readonly [what: string, play: () => Promise<void>];

/** A row of the table, with the death at a random moment. */
function row(random: Random): Round {
  const chosen = random.pick(ROWS);
  const delayMs = random.below(50);
  return ['while a change is pending', () => playRow(chosen, { factor: 1, delayMs })];
}

/** The helper is killed while it makes the change; in half of the rounds together with its guard, when it has one. */
function midChange(random: Random): Round {
  const make = random.pick(SCENES);
  const afterMs = random.below(CHANGE_MS);
  const killsGuard = random.below(2) === 0;
  return [
    'while a change is made',
    async () => {
      const scene = make();
      try {
        await scene.helper.hello();
        void scene.helper.request({ ...scene.setting.request, pendingSeconds: 600 });
        await sleep(afterMs);
        scene.helper.child.kill('SIGSTOP');
        const guard = scene.guardPid();
        if (killsGuard && guard !== undefined) process.kill(guard, 'SIGKILL');
        scene.helper.child.kill('SIGKILL');
        await scene.helper.exited;
        if (killsGuard) await nextHelper(scene);
        const { before } = scene.setting;
        const isBack = () => scene.now() === before && scene.registered().length === 0;
        await until(isBack, 15_000, () => `${scene.now()} instead of ${before}, killed after ${afterMs} ms`);
      } finally {
        await scene.remove();
      }
    },
  ];
}

function journal(random: Random): Round {
  return [
    'while the journal is written',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'lifeboat-journal-'));
      try {
        await killWriters(folder, KILLS, random);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  ];
}
