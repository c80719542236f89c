import { type Lasting } from '#shared/model/change.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';

/**
 * How a value can be made to last for a process: by its unit, by how its container is started, else by a rule of Lifeboat's own. Scopes and
 * slices have no OOMScoreAdjust= (systemd.exec(5) is for services, sockets, mounts and swaps).
 */
export function lastingFor({ name, unit, container, cgroup }: ObservedProcess, oomScoreAdj: number): Lasting {
  if (container !== undefined) {
    const [runtime = ''] = container.split(':');
    return {
      kind: 'container',
      runtime,
      flag: `--oom-score-adj=${oomScoreAdj}`,
      compose: `oom_score_adj: ${oomScoreAdj}`,
    };
  }
  // user@UID.service itself is a unit of the system manager; what runs below it belongs to the user's own.
  const ofUser = /\/user@\d+\.service\/./.test(cgroup);
  if (unit?.endsWith('.service') === true) {
    return { kind: 'unit', unit, manager: ofUser && !unit.startsWith('user@') ? 'user' : 'system' };
  }
  return { kind: 'rule', name };
}
