import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, repository } from '../paths.ts';
import { type Machine } from '../machines/machine.ts';
import { FORECAST_IN_GUEST } from '../machines/initramfs.ts';
import { fixtureOf } from './fixture.ts';
import { judge, record, type Judged, type Life, type Recorded } from './judge.ts';
import { type DeathScope, type Line } from './lines.ts';
import { LIVES_SECONDS, PARTS, type PartName } from './plan.ts';

const KEEP_MS = 10_000;
const LONGEST_MS = 60 * 60_000;
/** A guest keeps one processor busy. */
const AT_A_TIME = 2;
const MIB = 2 ** 20;

/** What a forecast must be in the lab, over all lives of a scope: the same as in the scenarios (docs/forecast.md). */
const LEAST_COVERED = 0.75;
const WIDEST = 2.2;
/** The shortest lives may be over before anything can be said. */
const LEAST_FORETOLD = 0.9;
const LEAST_NAMED = 0.9;

export interface ForecastCheck {
  readonly problems: readonly string[];
  /** A table of what was measured, for docs/forecast.md. */
  readonly table: string;
}

/**
 * Lets eaters live and die in guests with clocks of their own, and judges what the program foretold by what the kernel did. `open` boots one.
 * Curves are written into the folder, where there is one.
 */
export async function checkForecast(
  open: () => Promise<Machine>,
  seriesFolder?: string,
): Promise<ForecastCheck> {
  const parts: Recorded[] = [];
  let kernel = '';
  const work = [...PARTS];
  const worker = async () => {
    for (let part = work.shift(); part !== undefined; part = work.shift()) {
      const machine = await open();
      kernel = machine.release;
      try {
        parts.push(await play(machine, part));
      } finally {
        await machine.close();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  const recorded = {
    lives: parts.flatMap(({ lives }) => lives),
    harmless: parts.flatMap(({ harmless }) => harmless),
    problems: parts.flatMap(({ problems }) => problems),
  };
  if (seriesFolder !== undefined) writeSeries(recorded, kernel, join(repository, seriesFolder));
  return { problems: [...recorded.problems, ...problemsOf(recorded)], table: tableOf(recorded) };
}

async function play({ agent, lifeboat }: Machine, part: PartName): Promise<Recorded> {
  const pid = await agent.start('-', -1, ...lifeboat.slice(0, -1), FORECAST_IN_GUEST, part);
  const said = () => agent.saidBy(pid);
  // What was printed so far can be looked at, and is there after a failure.
  const keep = () => {
    writeFileSync(join(cache, `forecast-${part}.txt`), [...said(), ...agent.kmsg].join('\n'));
  };
  const timer = setInterval(keep, KEEP_MS);
  try {
    await agent.until(() => agent.hasExited(pid), LONGEST_MS, `the end of ${part}`);
  } finally {
    clearInterval(timer);
    keep();
  }
  const lines = said()
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
  const recorded = record(lines, agent.kmsg);
  const problems = recorded.problems.map((problem) => `${part}: ${problem}`);
  return { ...recorded, problems };
}

function problemsOf({ lives, harmless }: Recorded): string[] {
  const problems = harmless.flatMap(({ what, looks }) => {
    const spoken = looks.filter(({ said }) => said !== undefined).length;
    return spoken === 0 ? [] : [`${what}: a forecast at ${spoken} of ${looks.length} looks`];
  });
  for (const scope of ['machine', 'cgroup'] as const) {
    const own = lives.filter((life) => life.scope === scope);
    const { covered, width, foretold, named } = judge(own);
    if (covered < LEAST_COVERED) problems.push(`${scope}: the truth lay in the span in ${percent(covered)}`);
    if (width > WIDEST) problems.push(`${scope}: the span is ${width.toFixed(1)} wide`);
    if (foretold < LEAST_FORETOLD * own.length)
      problems.push(`${scope}: ${foretold} of ${own.length} were foretold`);
    if (named < LEAST_NAMED) problems.push(`${scope}: the eater was named at ${percent(named)} of the looks`);
  }
  return problems;
}

function tableOf({ lives, harmless }: Recorded): string {
  const rows = (['machine', 'cgroup'] as const).flatMap((scope) =>
    LIVES_SECONDS.map((seconds) => {
      const own = lives.filter((life) => life.scope === scope && life.seconds === seconds);
      return rowOf(scope, seconds, own, judge(own));
    }),
  );
  const quiet = harmless.map(
    ({ what, looks }) =>
      `${what}: a forecast at ${looks.filter(({ said }) => said !== undefined).length} of ${looks.length} looks`,
  );
  return [
    '| runs out | lives, s | foretold | first said with … of the life to come | truth in the span | width | error of the middle | eater named | left at the kill, MiB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...quiet,
  ].join('\n');
}

function rowOf(scope: DeathScope, seconds: number, own: readonly Life[], judged: Judged): string {
  const { foretold, lives, early, covered, looks, width, error, named, leftBytes } = judged;
  const lasted = own.map(({ beganSeconds, killedSeconds }) => killedSeconds - beganSeconds);
  const range =
    own.length === 0 ? `${seconds}` : `${Math.min(...lasted).toFixed(0)}-${Math.max(...lasted).toFixed(0)}`;
  const cells = [
    scope,
    range,
    `${foretold} of ${lives}`,
    percent(early),
    `${percent(covered)} of ${looks}`,
    width.toFixed(1),
    percent(error),
    percent(named),
    (leftBytes / MIB).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** The first life of each rate, for a test that needs no guest. */
function writeSeries({ lives }: Recorded, release: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const scope of ['machine', 'cgroup'] as const) {
    for (const seconds of LIVES_SECONDS) {
      const life = lives.find((one) => one.scope === scope && one.seconds === seconds);
      if (life === undefined) continue;
      writeFileSync(join(folder, `${scope}-${seconds}s.json`), fixtureOf(life, release));
    }
  }
}
