import { type Container } from '#shared/model/owners/container.ts';
import { type Group } from '#shared/model/owners/group.ts';
import { groupsOf, type GroupSources } from '../../../../../src-main/engine/groups/groups-of.ts';
import { withRowFacts } from '../../../../../src-main/engine/groups/row-facts.ts';
import { containerWith } from '../../../../helpers/containers/container.ts';
import { snapshotOf } from '../../../../helpers/processes/process-sampler.ts';
import { type ProcTreeSpec } from '../../../../helpers/proc-tree.ts';

export const MIB = 2 ** 20;
export const DB = '1'.repeat(64);
export const CACHE = '2'.repeat(64);
const RUNNER = '3'.repeat(64);
const POSTGRES = '/system.slice/postgresql.service';

const project = (service: string) => ({ project: 'shop', service, number: 1 });

/** What an engine says of them. */
export const CONTAINERS: readonly Container[] = [
  containerWith({ id: DB, name: 'shop-db-1', image: 'postgres:17', compose: project('db'), mainPid: 11 }),
  containerWith({
    id: CACHE,
    name: 'shop-cache-1',
    image: 'redis:7',
    compose: project('cache'),
    killsBefore: 3,
  }),
  containerWith({ id: RUNNER, name: 'ci-runner-1', image: 'gitlab-runner', restartCount: 2 }),
];

/** Two containers of a project and one without a limit, a service above memory.high, and others with none. */
export const MACHINE: ProcTreeSpec = {
  cgroupVersion: 2,
  cgroups: {
    [`/docker/${DB}`]: {
      ...{ limitBytes: 256 * MIB, usageBytes: 241 * MIB, inactiveFileBytes: 15 * MIB },
      ...{ activeFileBytes: 6 * MIB, slabReclaimableBytes: 2 * MIB, swapLimitBytes: 0 },
    },
    [`/docker/${CACHE}`]: { limitBytes: 64 * MIB, usageBytes: 59 * MIB, oomKills: 1, swapLimitBytes: 0 },
    [`/docker/${RUNNER}`]: { usageBytes: 400 * MIB },
    [POSTGRES]: { limitBytes: 512 * MIB, highBytes: 400 * MIB, usageBytes: 410 * MIB, swapLimitBytes: 0 },
    '/system.slice/cron.service': { usageBytes: 2 * MIB },
  },
  processes: [
    { pid: 11, name: 'postgres', rssAnonPages: 5000, cgroup: `/docker/${DB}` },
    { pid: 12, name: 'postgres', rssAnonPages: 22_000, cgroup: `/docker/${DB}` },
    { pid: 20, name: 'redis-server', rssAnonPages: 14_800, cgroup: `/docker/${CACHE}` },
    { pid: 30, name: 'runner', rssAnonPages: 90_000, cgroup: `/docker/${RUNNER}` },
    { pid: 40, name: 'postgres', rssAnonPages: 90_000, adj: -1000, cgroup: POSTGRES },
    { pid: 50, name: 'cron', rssAnonPages: 100, cgroup: '/system.slice/cron.service' },
  ],
};

export function sourcesOf(containers: readonly Container[] = CONTAINERS): GroupSources {
  return {
    containers: { of: (path) => containers.find(({ id }) => path.includes(id)), all: () => containers },
  };
}

/** The groups of a built machine by name, with all that is shown of a row. */
export function groupsIn(spec: ProcTreeSpec = MACHINE, sources = sourcesOf()): ReadonlyMap<string, Group> {
  const snapshot = snapshotOf(spec);
  const groups = groupsOf(snapshot, sources).map((group) => withRowFacts(snapshot, group));
  return new Map(groups.map((group) => [group.name, group]));
}
