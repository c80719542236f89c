import { type ObservedProcess } from '../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../collect/snapshot.ts';

/** As many are followed, whatever their place in the kill order. */
const MOST = 32;

/** The processes with the most anonymous memory and swap, the largest last. */
export function largest({ processes }: Snapshot): readonly ObservedProcess[] {
  const least: number[] = [];
  const taken = ({ memory }: ObservedProcess) =>
    memory === undefined ? 0 : memory.rssAnonPages + memory.swapPages;
  for (const process of processes) {
    const pages = taken(process);
    if (least.length === MOST && pages <= (least[0] ?? 0)) continue;
    least.push(pages);
    least.sort((a, b) => a - b);
    if (least.length > MOST) least.shift();
  }
  const from = Math.max(1, least[0] ?? 1);
  return processes
    .filter((process) => taken(process) >= from)
    .sort((a, b) => taken(a) - taken(b))
    .slice(-MOST);
}
