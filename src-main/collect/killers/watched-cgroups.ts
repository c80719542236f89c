import { Lasting } from '#shared/killers/lasting.ts';
import { type OomdCgroupFigures } from '#shared/killers/oomd.ts';
import { type OomdSetup } from '#shared/killers/oomd-setup.ts';
import { compact } from '#shared/optional.ts';
import { readRecord } from '../../proc/kernel-files.ts';
import { parsePressure } from '../../proc/pressure.ts';

/** Cgroups whose pressure is read in a tick. Machines have one for each user, and Fedora's two or three more. */
const MOST_CGROUPS = 20;

interface Seen {
  readonly pressurePercent?: number | 'unmeasured';
  readonly pgscan?: number;
  readonly scannedMs?: number;
}

/** The pressure of the cgroups that systemd-oomd watches, and how long it lasts. */
export class WatchedCgroups {
  readonly #lasting = new Lasting();
  #seen: ReadonlyMap<string, Seen> = new Map();
  #nowMs = 0;

  /** Reads each cgroup once. What is read of reclaim is read only where the pressure is above a line. */
  see(setup: OomdSetup, mountPoint: string | undefined, nowMs: number): void {
    this.#nowMs = nowMs;
    const lines = linesOf(setup);
    const above: string[] = [];
    const seen = new Map<string, Seen>();
    for (const [cgroup, percents] of [...lines].slice(0, MOST_CGROUPS)) {
      if (mountPoint === undefined || cgroup.split('/').includes('..')) continue;
      const folder = `${mountPoint}${cgroup === '/' ? '' : cgroup}`;
      const pressurePercent = pressureIn(folder);
      const crossed = percents.filter(
        (line) => typeof pressurePercent === 'number' && pressurePercent > line,
      );
      above.push(...crossed.map((line) => keyOf(cgroup, line)));
      const scan = crossed.length === 0 ? undefined : this.#scan(folder, this.#seen.get(cgroup), nowMs);
      seen.set(cgroup, { ...compact({ pressurePercent }), ...scan });
    }
    this.#seen = seen;
    this.#lasting.see(nowMs, above);
  }

  figures(cgroup: string): OomdCgroupFigures {
    const { pressurePercent, pgscan, scannedMs } = this.#seen.get(cgroup) ?? {};
    const ago = scannedMs === undefined ? Infinity : (this.#nowMs - scannedMs) / 1000;
    return {
      ...compact({ pressurePercent, reclaimedSecondsAgo: pgscan === undefined ? undefined : ago }),
      lastedSeconds: (line) => this.#lasting.seconds(keyOf(cgroup, line)),
    };
  }

  #scan(folder: string, before: Seen | undefined, nowMs: number): Seen {
    const read = readRecord(`${folder}/memory.stat`, pgscanOf);
    if (!read.ok) return {};
    const pgscan = read.value;
    // systemd-oomd starts from 0: what was scanned before it began to look counts.
    const rises = pgscan > (before?.pgscan ?? 0);
    return { pgscan, ...compact({ scannedMs: rises ? nowMs : before?.scannedMs }) };
  }
}

function linesOf({ pressure, rules }: OomdSetup): ReadonlyMap<string, readonly number[]> {
  const lines = new Map<string, number[]>();
  const add = (cgroup: string, line: number | undefined) => {
    if (line !== undefined) lines.set(cgroup, [...(lines.get(cgroup) ?? []), line]);
  };
  for (const { cgroup, limitPercent } of pressure) add(cgroup, limitPercent);
  for (const { cgroup, pressurePercent } of rules) add(cgroup, pressurePercent);
  return lines;
}

function pressureIn(folder: string): number | 'unmeasured' | undefined {
  const read = readRecord(`${folder}/memory.pressure`, parsePressure);
  if (read.ok) return read.value.full10;
  // EOPNOTSUPP: it is built in, and off.
  return read.why === 'failed' ? 'unmeasured' : undefined;
}

function pgscanOf(text: string): number | undefined {
  const figure = /^pgscan (\d+)$/m.exec(text)?.[1];
  return figure === undefined ? undefined : Number(figure);
}

function keyOf(cgroup: string, line: number): string {
  return `${line} ${cgroup}`;
}
