import { type Container } from '../model/owners/container.ts';
import { countFrom, idFrom, longTextFrom, nameFrom, objectFrom } from './engine-text.ts';
import { groupsInLabels } from './labels.ts';

/** What an engine says of a container: all but what only Lifeboat has seen. */
export type EngineFacts = Omit<Container, 'engine' | 'killsBefore'>;

/** The API version that Lifeboat knows, Docker Engine 29.6. An engine that speaks an older one decides. */
const OURS = [1, 55] as const;

/** The version to speak with an engine by the header `Api-Version` of its `/_ping`: the lower one. Undefined where it is no version. */
export function agreedVersion(theirs: unknown): string | undefined {
  const match = typeof theirs === 'string' ? /^(\d{1,3})\.(\d{1,4})$/.exec(theirs) : null;
  if (match === null) return undefined;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const isOlder = major < OURS[0] || (major === OURS[0] && minor < OURS[1]);
  return (isOlder ? [major, minor] : OURS).join('.');
}

/** The containers in the answer to `GET /containers/json`, as far as it tells; undefined where it is no list. */
export function parseContainerList(body: unknown): readonly EngineFacts[] | undefined {
  if (!Array.isArray(body)) return undefined;
  return body.flatMap((entry: unknown): EngineFacts[] => {
    const container = objectFrom(entry);
    const id = idFrom(container['Id']);
    if (id === undefined) return [];
    const names: unknown = container['Names'];
    return [
      {
        id,
        name: nameWithoutSlash(Array.isArray(names) ? names[0] : undefined),
        image: longTextFrom(container['Image']),
        ...groupsInLabels(objectFrom(container['Labels'])),
        state: stateFrom(container['State']),
        restartPolicy: undefined,
        restartCount: undefined,
        health: undefined,
        mainPid: undefined,
        limitsAsked: undefined,
      },
    ];
  });
}

/** The answer to `GET /containers/ID/json`; undefined where it is no container. */
export function parseInspect(body: unknown): EngineFacts | undefined {
  const container = objectFrom(body);
  const id = idFrom(container['Id']);
  if (id === undefined) return undefined;
  const state = objectFrom(container['State']);
  const config = objectFrom(container['Config']);
  const host = objectFrom(container['HostConfig']);
  const pid = countFrom(state['Pid']);
  return {
    id,
    name: nameWithoutSlash(container['Name']),
    image: longTextFrom(config['Image']),
    ...groupsInLabels(objectFrom(config['Labels'])),
    restartPolicy: restartPolicyFrom(objectFrom(host['RestartPolicy'])['Name']),
    restartCount: countFrom(container['RestartCount']),
    health: healthFrom(objectFrom(state['Health'])['Status']),
    state: stateFrom(state['Status']),
    mainPid: pid === 0 ? undefined : pid,
    limitsAsked: {
      memoryBytes: limitFrom(host['Memory']),
      memorySwapBytes: host['MemorySwap'] === -1 ? Infinity : limitFrom(host['MemorySwap']),
      reservationBytes: limitFrom(host['MemoryReservation']),
      oomScoreAdj: adjFrom(host['OomScoreAdj']),
    },
  };
}

/** Of `health_status: healthy` and of an inspection; `none` and what is unknown are undefined. */
export function healthFrom(value: unknown): Container['health'] {
  return value === 'healthy' || value === 'unhealthy' || value === 'starting' ? value : undefined;
}

/** `/shop-db-1` is how the API writes a name, and links of old have several parts. */
function nameWithoutSlash(value: unknown): string | undefined {
  return nameFrom(typeof value === 'string' ? value.replace(/^\//, '') : undefined);
}

/** Engines write 0 where no limit was asked for. */
function limitFrom(value: unknown): number | undefined {
  const count = countFrom(value);
  return count === 0 ? undefined : count;
}

function adjFrom(value: unknown): number | undefined {
  const isAdj = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 1000;
  return isAdj ? value : undefined;
}

/** No name is no policy: Docker writes `no`, Podman an empty text. */
function restartPolicyFrom(value: unknown): Container['restartPolicy'] {
  if (value === '') return 'no';
  const known = (['no', 'always', 'unless-stopped', 'on-failure'] as const).find((each) => each === value);
  return known;
}

/** `created` has no process yet, `removing` and `dead` none any more: that is as good as exited. Podman says `stopped` in between. */
function stateFrom(value: unknown): Container['state'] {
  switch (value) {
    case 'running':
    case 'paused':
    case 'restarting':
    case 'exited':
      return value;
    case 'created':
    case 'removing':
    case 'dead':
    case 'stopped':
      return 'exited';
    default:
      return undefined;
  }
}
