import { median } from '#shared/forecast/points.ts';
import { CGROUP_LIMIT_BYTES } from './plan.ts';
import { type DeathScope, type Line, type Said } from './lines.ts';

/** What was left of a scope in the life of one eater, and what was said of it; seconds on one clock. */
export interface Life {
  readonly scope: DeathScope;
  /** How long it was meant to take. */
  readonly seconds: number;
  readonly pid: number;
  readonly beganSeconds: number;
  /** When the kernel killed, by its own log. */
  readonly killedSeconds: number;
  /** All memory of the scope. */
  readonly scopeBytes: number;
  /** In the last calm seconds before. */
  readonly before: readonly Look[];
  readonly looks: readonly Look[];
}

export interface Look {
  readonly at: number;
  readonly bytes: number;
  readonly said?: Said;
}

/** A time in which nothing takes memory that is not given back. */
export interface Harmless {
  readonly what: string;
  readonly looks: readonly Look[];
}

export interface Recorded {
  readonly lives: readonly Life[];
  readonly harmless: readonly Harmless[];
  /** What did not go as planned. */
  readonly problems: readonly string[];
}

/** How lives of one rate were foretold. Shares are 0 to 1, of the looks at which something was said. */
export interface Judged {
  readonly lives: number;
  readonly looks: number;
  readonly covered: number;
  readonly width: number;
  readonly error: number;
  /** Lives of which something was said at all. */
  readonly foretold: number;
  /** The share of a life that was still to come when it was foretold first. */
  readonly early: number;
  /** Looks at which the eater was named as the one that takes the memory. */
  readonly named: number;
  /** What was left when the kernel killed, at the last look before. */
  readonly leftBytes: number;
}

const BEFORE_SECONDS = 10;
/** Figures are shown once a second; more looks say the same. */
const LOOK_SECONDS = 0.9;

/** Puts together what the guest has printed and the kernel's log of the same time. */
export function record(lines: readonly Line[], kmsg: readonly string[]): Recorded {
  const problems = lines.flatMap((line) => (line.is === 'wrong' ? [line.why] : []));
  const mark = lines.find(({ is }) => is === 'mark');
  if (mark?.is !== 'mark') return { lives: [], harmless: [], problems: [...problems, 'it did not begin'] };
  const killed = killsIn(mark.at, kmsg);
  if (lines.at(-1)?.is !== 'done') problems.push('it did not come to its end');
  const lives: Life[] = [];
  const harmless: Harmless[] = [];
  lines.forEach((line, i) => {
    if (line.is === 'harmless') {
      const next = lines.findIndex(({ is }, n) => n > i && (is === 'life' || is === 'harmless'));
      harmless.push({ what: line.what, looks: looksIn(lines.slice(i, next < 0 ? undefined : next)) });
    }
    if (line.is !== 'life') return;
    const { scope, seconds, pid, path } = line;
    const killedSeconds = killed.get(pid)?.shift();
    if (killedSeconds === undefined) {
      problems.push(`the kernel did not kill the eater ${pid} of ${seconds} s`);
      return;
    }
    const beganSeconds = lines.slice(0, i).reduce((at, one) => (one.is === 'left' ? one.at : at), 0);
    const end = lines.findIndex((one, n) => n > i && one.is === 'left' && one.at > killedSeconds);
    const looks = looksIn(lines.slice(i, end < 0 ? undefined : end), path).filter(
      ({ at }) => at < killedSeconds,
    );
    const before = looksIn(lines.slice(0, i), path).filter(({ at }) => at > beganSeconds - BEFORE_SECONDS);
    const scopeBytes = scope === 'machine' ? mark.totalBytes : CGROUP_LIMIT_BYTES;
    lives.push({ scope, seconds, pid, beganSeconds, killedSeconds, scopeBytes, before, looks });
  });
  return { lives, harmless, problems };
}

/** Judges lives together. */
export function judge(lives: readonly Life[]): Judged {
  const spoken = lives.flatMap(({ looks, pid, killedSeconds }) =>
    looks.flatMap(({ at, said }) =>
      said === undefined ? [] : [{ ...said, pid, truth: killedSeconds - at }],
    ),
  );
  const share = (holds: (one: (typeof spoken)[number]) => boolean) =>
    spoken.filter(holds).length / Math.max(1, spoken.length);
  const first = lives.map(({ looks, beganSeconds, killedSeconds }) => {
    const at = looks.find(({ said }) => said !== undefined)?.at ?? killedSeconds;
    return (killedSeconds - at) / (killedSeconds - beganSeconds);
  });
  return {
    lives: lives.length,
    looks: spoken.length,
    covered: share(({ low, high, truth }) => low <= truth && truth <= high),
    width: median(spoken.map(({ low, high }) => high / Math.max(low, 1))),
    error: median(spoken.map(({ middle, truth }) => Math.abs(middle - truth) / truth)),
    foretold: lives.filter(({ looks }) => looks.some(({ said }) => said !== undefined)).length,
    early: median(first),
    named: share(({ by, pid }) => by === pid),
    leftBytes: median(lives.map(({ looks }) => looks.at(-1)?.bytes ?? 0)),
  };
}

function looksIn(lines: readonly Line[], path?: string): Look[] {
  const looks: Look[] = [];
  for (const line of lines) {
    if (line.is !== 'left' || line.path !== path) continue;
    if (line.at - (looks.at(-1)?.at ?? -Infinity) < LOOK_SECONDS) continue;
    const { at, bytes, said } = line;
    looks.push({ at, bytes, ...(said === undefined ? {} : { said }) });
  }
  return looks;
}

/** When the kernel killed which process, on the guest's clock: pids come again. */
function killsIn(markedSeconds: number, kmsg: readonly string[]): ReadonlyMap<number, number[]> {
  const kills = new Map<number, number[]>();
  let lag = 0;
  for (const record of kmsg) {
    const seconds = Number(record.split(',')[2]) / 1e6;
    if (record.includes('forecast lab: mark')) lag = seconds - markedSeconds;
    const pid = /ill(?:ed|ing) process (\d+)/.exec(record)?.[1];
    if (pid === undefined) continue;
    const known = kills.get(Number(pid)) ?? [];
    known.push(seconds - lag);
    kills.set(Number(pid), known);
  }
  return kills;
}
