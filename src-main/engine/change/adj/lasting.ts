import { type Lasting, type LastingPlace } from '#shared/model/change.ts';
import { type ObservedProcess } from '../../../collect/processes/observed-process.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { type UnitFiles } from '../../watch/targets.ts';

/** Engines whose `run` takes --oom-score-adj; of containerd by nerdctl. */
const RUN = new Set(['docker', 'podman', 'containerd']);

/**
 * How a value can be made to last for a process: by its unit, by how its container is started, else by a rule of Lifeboat's own. Scopes and
 * slices have no OOMScoreAdjust= (systemd.exec(5) is for services, sockets, mounts and swaps).
 */
export function lastingFor({ name, unit, container }: ObservedProcess, oomScoreAdj: number): Lasting {
  if (container !== undefined) {
    const [runtime = ''] = container.split(':');
    return {
      kind: 'container',
      container,
      runtime,
      ...(RUN.has(runtime)
        ? { flag: `--oom-score-adj=${oomScoreAdj}`, compose: `oom_score_adj: ${oomScoreAdj}` }
        : {}),
    };
  }
  if (unit?.name.endsWith('.service') === true) return { kind: 'unit', unit };
  return { kind: 'rule', name };
}

/** What is asked of the machine about keeping a value, without writing anything. */
export interface LastingChecks extends UnitFiles {
  /** Whether root can lower oom_score_adj here (CAP_SYS_RESOURCE); undefined where that is unknown. */
  mayLower(): boolean | undefined;
  /** The file in which a value would be kept, and what stands against that. */
  place(
    lasting: Exclude<Lasting, { readonly kind: 'container' }>,
    oomScoreAdj: number,
    snapshot: Snapshot,
  ): { readonly file: string } & Pick<LastingPlace, 'refused' | 'waits'>;
}

/** A process and the value requested for it. */
export interface RequestedAdj {
  readonly process: ObservedProcess;
  readonly oomScoreAdj: number;
}

/**
 * How the values can be made to last, one answer for each unit, container and name. Where processes of one place get different values, the
 * lowest counts when they are protected (`lowest`), else the highest: what was requested then holds for each of them.
 */
export function lastingPlaces(
  requested: readonly RequestedAdj[],
  lowest: boolean,
  snapshot: Snapshot,
  checks?: LastingChecks,
): LastingPlace[] {
  const places = Map.groupBy(requested, ({ process }) => placeKey(process));
  return [...places.values()].flatMap((members): LastingPlace[] => {
    const [first] = members;
    if (first === undefined) return [];
    const values = members.map(({ oomScoreAdj }) => oomScoreAdj);
    const oomScoreAdj = values.reduce((a, b) => (lowest ? Math.min(a, b) : Math.max(a, b)));
    const lasting = lastingFor(first.process, oomScoreAdj);
    const checked =
      lasting.kind === 'container' || checks === undefined
        ? {}
        : checks.place(lasting, oomScoreAdj, snapshot);
    return [{ lasting, oomScoreAdj, count: members.length, ...checked }];
  });
}

function placeKey(process: ObservedProcess): string {
  const lasting = lastingFor(process, 0);
  switch (lasting.kind) {
    case 'container':
      return `container ${process.container ?? ''}`;
    case 'unit':
      return `unit ${lasting.unit.manager} ${lasting.unit.name}`;
    case 'rule':
      return `rule ${lasting.name}`;
  }
}
