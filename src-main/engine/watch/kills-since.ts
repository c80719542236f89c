import { type Snapshot } from '../../collect/snapshot.ts';

/** True when the kernel has killed since a snapshot was taken; false where it does not count. */
export function hasKilledSince(snapshot: Snapshot | undefined, oomKills: number | undefined): boolean {
  const before = snapshot?.memory.state.oomKills;
  return before !== undefined && oomKills !== undefined && oomKills > before;
}
