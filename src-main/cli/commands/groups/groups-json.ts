import { type GroupPage } from '#shared/contract/groups.ts';
import { type EngineAccess } from '#shared/model/owners/container.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { jsonHead } from '../watch/list-json.ts';

/** What `groups --json` prints: every group that is listed, in the order of the list, with the figures of its cgroup files. */
export function groupsJson(snapshot: Snapshot, page: GroupPage, access: readonly EngineAccess[]) {
  const groups = page.lines.flatMap((line) => (line.kind === 'group' ? line.group : []));
  return {
    ...jsonHead(snapshot),
    cgroupVersion: snapshot.host.cgroups.version,
    groups,
    otherCount: page.range.all ? 0 : page.allCount - page.listedCount,
    engines: access,
  };
}
