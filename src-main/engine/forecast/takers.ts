import { programOf } from '#shared/format/program.ts';
import { slopeOf } from '#shared/forecast/growth.ts';
import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { isWithin } from '#shared/kernel/kill-order/oom-group.ts';
import { type Taker } from '#shared/model/forecast.ts';
import { type Fall } from '#shared/forecast/fall.ts';
import { type Followed } from './process-histories.ts';

/** Who takes at least this share of a fall explains it. */
const LEAST_SHARE = 0.6;
/** A process is followed every 15 s: one that is seen first a little after a fall began need not be new. */
const POINT_SECONDS = 15;
/** With fewer points what it has now counts, for a fall may be over before there are more. */
const FEWEST_POINTS = 4;
const MOST_BLOCKS = 12;

/**
 * The process that explains most of a fall by its own growth over the same time, or the group of processes in one cgroup that does; undefined where
 * many do together. `scope`: only processes below that cgroup.
 */
export function takerOf(fall: Fall, followed: Iterable<Followed>, scope = '/'): Taker | undefined {
  const least = LEAST_SHARE * fall.dropBytes;
  const groups = new Map<string, number>();
  let most: { readonly process: Followed['process']; readonly tookBytes: number } | undefined;
  for (const one of followed) {
    const { process } = one;
    if (!isWithin(process.cgroup, scope)) continue;
    const tookBytes = gainedSince(one, fall);
    groups.set(process.cgroup, (groups.get(process.cgroup) ?? 0) + tookBytes);
    if (tookBytes > (most?.tookBytes ?? 0)) most = { process, tookBytes };
  }
  if (most !== undefined && most.tookBytes >= least) {
    const { pid, startTicks, name } = most.process;
    const program = programOf(most.process);
    const process = { pid, startTicks, name, ...(program === undefined ? {} : { program }) };
    return { kind: 'process', process, tookBytes: most.tookBytes };
  }
  const [path, tookBytes] = [...groups].reduce((a, b) => (b[1] > a[1] ? b : a), ['/', 0]);
  // The root holds what nothing else does, and the scope itself explains nothing.
  if (path === '/' || path === scope || tookBytes < least) return undefined;
  return { kind: 'group', path, label: labelOf(path), tookBytes };
}

/** What a process has gained since a fall began. One that was first seen since has gained what it has. */
function gainedSince({ taken, takenBytes, sinceSeconds }: Followed, { sinceSeconds: began }: Fall): number {
  if (sinceSeconds > began + POINT_SECONDS) return takenBytes;
  const from = Math.max(
    0,
    taken.seconds.findLastIndex((at) => at <= began),
  );
  const bytes = taken.bytes.slice(from);
  const first = bytes[0] ?? 0;
  if (bytes.length < FEWEST_POINTS) return takenBytes - first;
  const step = Math.max(1, Math.floor(bytes.length / MOST_BLOCKS));
  const points = {
    seconds: taken.seconds.slice(from).filter((_, i) => i % step === 0),
    bytes: bytes.filter((_, i) => i % step === 0),
  };
  const lasted = (taken.seconds.at(-1) ?? began) - began;
  return slopeOf(points).rate * Math.max(0, lasted);
}
