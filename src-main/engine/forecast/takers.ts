import { blocksFrom } from '#shared/forecast/blocks.ts';
import { slopeOf } from '#shared/forecast/slope.ts';
import { labelOf } from '#shared/kernel/cgroup/names.ts';
import { isWithin } from '#shared/kernel/kill-order/oom-group.ts';
import { type Taker } from '#shared/model/forecast.ts';
import { type Fall } from '#shared/forecast/fall.ts';
import { namedWithProgram } from '../../collect/processes/named.ts';
import { type Snapshot } from '../../collect/snapshot.ts';
import { type Followed } from './process-histories.ts';

/** Who takes at least this share of a fall explains it. */
const LEAST_SHARE = 0.6;
/** A process is followed every 15 s: one that is seen first a little after a fall began need not be new. */
const POINT_SECONDS = 15;
/** With fewer points what it has now counts, for a fall may be over before there are more. */
const FEWEST_POINTS = 4;

/**
 * The process that explains most of a fall by its own growth over the same time, or the group of processes in one cgroup that does; undefined where
 * many do together. `scope`: only processes below that cgroup.
 */
export function takerOf(
  fall: Fall,
  followed: Iterable<Followed>,
  scope = '/',
  namesOf?: Snapshot['namesOf'],
): Taker | undefined {
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
    return { kind: 'process', process: namedWithProgram(most.process, namesOf), tookBytes: most.tookBytes };
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
  if (taken.bytes.length - from < FEWEST_POINTS) return takenBytes - (taken.bytes[from] ?? 0);
  const blocks = blocksFrom(taken, from);
  const lasted = (taken.seconds.at(-1) ?? began) - began;
  return slopeOf(blocks).rate * Math.max(0, lasted);
}
