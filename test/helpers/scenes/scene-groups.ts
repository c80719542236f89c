import { type GroupFrame, type GroupView } from '#shared/contract/groups.ts';
import { arrange } from '#shared/groups/arrange.ts';
import { type Container, type EngineAccess } from '#shared/model/owners/container.ts';
import { type Group, type GroupDetail, type GroupKind } from '#shared/model/owners/group.ts';
import { containerWith } from '../containers/container.ts';
import { SCENE_START_MS } from './scene-reports.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** The groups of a scene. */
export interface SceneGroups {
  readonly groups: readonly Group[];
  readonly access: readonly EngineAccess[];
}

const DOCKER: EngineAccess = {
  engine: 'docker',
  address: '/run/docker.sock',
  state: 'connected',
  apiVersion: '1.55',
};

/** In MiB; the rest of a group follows from it. */
export interface GroupSeed {
  readonly name: string;
  readonly kind?: GroupKind;
  readonly used: number;
  readonly cache?: number;
  readonly limit?: number;
  readonly high?: number;
  readonly container?: Partial<Container>;
  readonly victim?: readonly [name: string, pid: number, freesMib: number];
  readonly stalled?: number;
  readonly more?: Partial<Group>;
}

/** A group by its figures. */
function sceneGroup(seed: GroupSeed, index: number): Group {
  const { name, kind = 'service', used, cache = 0, limit, high, container, victim, stalled, more } = seed;
  const id = (index + 16).toString(16).padStart(2, '0').repeat(32);
  const path =
    kind === 'container'
      ? `/system.slice/docker-${id}.scope`
      : kind === 'slice'
        ? `/${name}`
        : `/system.slice/${name}.service`;
  const left = limit === undefined ? undefined : Math.max(0, limit - used + cache) * MIB;
  return {
    key: path,
    kind,
    name,
    path,
    processCount: kind === 'slice' ? 48 : 3,
    usageBytes: used * MIB,
    oomGroup: false,
    kills: 0,
    end: limit === undefined ? { kind: 'machine', headroomBytes: 4.1 * GIB } : { kind: 'itself' },
    ...(kind === 'container' ? { container: containerWith({ id, name, ...container }) } : {}),
    ...(kind === 'service' ? { unit: { manager: 'system', name: `${name}.service` } as const } : {}),
    ...(limit === undefined ? {} : { limitBytes: limit * MIB, cacheBytes: cache * MIB }),
    ...(high === undefined ? {} : { highBytes: high * MIB }),
    ...(left === undefined
      ? {}
      : {
          headroom: {
            ...{ headroomBytes: left, uncertainBytes: 0, comfortableBytes: left, swapBytes: 0 },
            reclaimableBytes: cache * MIB,
          },
        }),
    ...(stalled === undefined
      ? {}
      : { pressure: { some10: stalled, some60: stalled, full10: stalled / 4, full60: stalled / 4 } }),
    ...(victim === undefined
      ? {}
      : { victim: { name: victim[0], pid: victim[1], startTicks: 1, freesBytes: victim[2] * MIB } }),
    ...more,
  };
}

const shop = (service: string, image: string): Partial<Container> => ({
  image,
  compose: { project: 'shop', service, number: 1 },
  restartPolicy: 'always',
});

const inMinutes = (low: number, high: number) => ({
  ...{ lowSeconds: low * 60, middleSeconds: (low + high) * 30, highSeconds: high * 60 },
  ...{ fallingSeconds: 540, fellBytes: 90 * MIB },
});

const SHOP: readonly GroupSeed[] = [
  {
    ...{ name: 'shop-db-1', kind: 'container', used: 241, cache: 23, limit: 256, stalled: 18 },
    ...{ container: shop('db', 'postgres:17'), victim: ['postgres', 11731, 86] },
    more: { forecast: inMinutes(3, 6), growthBytesPerMinute: 9.2 * MIB },
  },
  {
    ...{ name: 'shop-cache-1', kind: 'container', used: 59.4, cache: 1, limit: 64, stalled: 0 },
    ...{ container: shop('cache', 'redis:7'), victim: ['redis-server', 11820, 58] },
    more: { steadySeconds: 7300 },
  },
  {
    ...{ name: 'shop-web-1', kind: 'container', used: 74, cache: 7, limit: 128, stalled: 0 },
    ...{ container: shop('web', 'node:22'), victim: ['node', 11768, 66], more: { steadySeconds: 90 } },
  },
];

const WORKER = sceneGroup(
  {
    ...{ name: 'shop-worker-1', kind: 'container', used: 0 },
    container: { ...shop('worker', 'php:8'), state: 'exited', killsBefore: 4 },
  },
  40,
);

const OTHERS: readonly GroupSeed[] = [
  {
    ...{ name: 'jenkins', kind: 'container', used: 6554, cache: 320, limit: 8192, stalled: 0 },
    ...{ container: { image: 'jenkins/jenkins:lts' }, victim: ['java', 18442, 6451] },
    more: { growthBytesPerMinute: 18 * MIB },
  },
  { name: 'ci-runner-1', kind: 'container', used: 410, stalled: 0, container: { image: 'gitlab-runner' } },
  {
    ...{ name: 'postgresql', used: 3994, limit: 5000, high: 3900, stalled: 4 },
    more: { high: { state: 'throttled', highBytes: 3900 * MIB, overBytes: 94 * MIB }, outcome: 'no-victim' },
  },
  {
    ...{
      name: 'prometheus',
      used: 1126,
      cache: 164,
      limit: 2048,
      stalled: 0,
      victim: ['prometheus', 1377, 920],
    },
    more: { kills: 1, steadySeconds: 120 },
  },
  {
    ...{ name: 'user-1000.slice', kind: 'slice', used: 15_462, cache: 2200, limit: 24_576, stalled: 2 },
    ...{ victim: ['chrome', 21_077, 920] },
    more: { kills: 1, end: { kind: 'machine', headroomBytes: 4.1 * GIB } },
  },
];

const APPS: readonly GroupSeed[] = ['firefox', 'code', 'spotify', 'org.gnome.Nautilus'].map(
  (name, index) => ({
    ...{ name, kind: 'app' as const, used: 400 * (index + 1), stalled: 0 },
  }),
);

const PROJECT = ['wiki', 'metrics'].flatMap((project) =>
  ['app', 'db', 'proxy', 'jobs'].map((service, index): GroupSeed => ({
    ...{
      name: `${project}-${service}-1`,
      kind: 'container',
      used: 40 + 30 * index,
      cache: 8,
      limit: 192,
      stalled: 0,
    },
    container: { image: `${service}:latest`, compose: { project, service, number: 1 } },
    ...{ victim: [service, 30_000 + index, 30] as const, more: { steadySeconds: 4000 + index } },
  })),
);

const all = (seeds: readonly GroupSeed[]) => seeds.map(sceneGroup);
const worker: Group = (() => {
  const { usageBytes: _, path: __, end: ___, ...rest } = WORKER;
  return { ...rest, key: 'container:worker', processCount: 0, kills: 4, limitBytes: 96 * MIB };
})();

/** The states that the view of groups has to show. */
export const GROUP_SCENES: Readonly<Record<string, () => SceneGroups>> = {
  shop: () => ({ groups: [...all([...SHOP, ...OTHERS]), worker], access: [DOCKER] }),
  /** Twelve containers in three projects, and the applications of a desktop. */
  full: () => ({ groups: [...all([...SHOP, ...OTHERS, ...APPS, ...PROJECT]), worker], access: [DOCKER] }),
  empty: () => ({ groups: all(APPS), access: [] }),
  refused: () => ({
    groups: all([...SHOP, ...OTHERS]).map((group) =>
      group.container === undefined
        ? group
        : {
            ...group,
            name: group.container.id.slice(0, 12),
            container: containerWith({ id: group.container.id }),
          },
    ),
    access: [{ ...DOCKER, state: 'denied', apiVersion: undefined }],
  }),
  /** With cgroup v1 the kernel measures no pressure of groups. */
  v1: () => ({
    groups: all([...SHOP, ...OTHERS]).map(({ pressure: _, ...group }) => group),
    access: [DOCKER],
  }),
  many: () => ({
    groups: all(
      Array.from({ length: 1000 }, (_, index): GroupSeed => ({
        ...{ name: `job-${index}`, used: 10 + (index % 80), limit: 100, victim: ['worker', 1000 + index, 9] },
      })),
    ),
    access: [],
  }),
  hostile: () => ({
    groups: all([
      {
        ...{
          name: `<img src=x onerror=alert(1)>\u202e${'W'.repeat(300)}`,
          kind: 'container',
          used: 99,
          limit: 100,
        },
        container: {
          image: '語'.repeat(200),
          compose: { project: 'P'.repeat(280), service: 'x', number: 1 },
        },
        victim: ['\u001b[2J evil', 4_194_303, 90],
      },
      { name: 'a-service-with-a-very-long-name-that-no-column-holds'.repeat(3), used: 9, limit: 4_000_000 },
    ]),
    access: [],
  }),
};

/** What the engine would answer a view, some ticks after the beginning. */
export function groupFrame(
  { groups, access }: SceneGroups,
  { range, chosen }: GroupView,
  tick: number,
): GroupFrame {
  const found = groups.find(({ key }) => key === chosen);
  const detail = found === undefined ? 'gone' : sceneGroupDetail(found);
  return {
    seq: tick,
    timeMs: SCENE_START_MS + tick * 1000,
    page: arrange(groups, range),
    access,
    ...(chosen === undefined ? {} : { chosen: detail }),
  };
}

function sceneGroupDetail(group: Group): GroupDetail {
  const { usageBytes, limitBytes, headroom, victim, path, name, cacheBytes = 0 } = group;
  if (path === undefined || usageBytes === undefined)
    return { group, limits: [], places: [], killableCount: 0, history: [] };
  const isFirst = group.end?.kind === 'itself';
  const shmemBytes = 0.05 * usageBytes;
  const kernelBytes = 0.02 * usageBytes;
  return {
    group,
    limits: [
      {
        ...{ path, name, isFirst },
        ...(limitBytes === undefined ? {} : { limitBytes }),
        ...(headroom === undefined ? {} : { headroomBytes: headroom.headroomBytes }),
      },
      { name: '', isFirst: !isFirst, limitBytes: 31.3 * GIB, headroomBytes: 4.1 * GIB },
    ],
    composition: {
      anonBytes: usageBytes - cacheBytes - shmemBytes - kernelBytes,
      ...{ fileBytes: cacheBytes, shmemBytes, kernelBytes, swapBytes: 0 },
    },
    ...(headroom === undefined || limitBytes === undefined
      ? {}
      : {
          arithmetic: {
            ...{ limitBytes, usageBytes, swapBytes: 0, headroomBytes: headroom.headroomBytes },
            reclaimableBytes: headroom.reclaimableBytes,
          },
        }),
    dockerStatsBytes: usageBytes - cacheBytes * 0.9,
    swapLimitBytes: 0,
    places:
      victim === undefined
        ? []
        : [
            { ...victim, rank: 1 },
            { ...victim, rank: 2, pid: victim.pid + 14, freesBytes: victim.freesBytes / 2 },
            { ...victim, rank: 7, pid: 707, freesBytes: victim.freesBytes / 4, isMain: true },
          ],
    killableCount: victim === undefined ? 0 : 7,
    history:
      limitBytes === undefined
        ? []
        : Array.from({ length: 60 }, (_, index) => ({
            timeMs: SCENE_START_MS - (59 - index) * 60_000,
            bytes: (usageBytes - cacheBytes) * (0.5 + (0.5 * index) / 59),
          })),
  };
}
