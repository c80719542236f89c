import { type Container } from '../model/owners/container.ts';
import { parseInspect, type EngineFacts } from './engine-answers.ts';
import { idFrom, longTextFrom, nameFrom, objectFrom } from './engine-text.ts';

/** What a file tells of a container that its cgroup does not. */
export type FileFacts = Partial<Pick<Container, 'name' | 'image' | 'pod'>>;

/** `/var/lib/docker/containers/ID/config.v2.json`, and hostconfig.json beside it: what an inspection answers, under nearly the same names. */
export function parseDockerConfig(config: unknown, hostConfig: unknown): EngineFacts | undefined {
  const fields = objectFrom(config);
  const state = objectFrom(fields['State']);
  const status = state['Paused'] === true ? 'paused' : state['Running'] === true ? 'running' : undefined;
  return parseInspect({
    ...fields,
    Id: fields['ID'],
    State: { ...state, Status: status },
    HostConfig: objectFrom(hostConfig),
  });
}

/** `containers.json` of containers/storage, Podman's and CRI-O's list of all containers, by id. */
export function parsePodmanStorage(list: unknown): ReadonlyMap<string, FileFacts> {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  return new Map(
    entries.flatMap((entry): (readonly [string, FileFacts])[] => {
      const { id, names, metadata } = objectFrom(entry);
      const known = idFrom(id);
      if (known === undefined) return [];
      const details = objectFrom(jsonOf(metadata));
      const name = nameFrom(details['name'] ?? (Array.isArray(names) ? names[0] : undefined));
      return [[known, { name, image: longTextFrom(details['image-name']) }]];
    }),
  );
}

/**
 * The name of a file in `/var/log/containers`, which kubelet makes for every container and everyone may list:
 * `POD_NAMESPACE_CONTAINER-ID.log`. None of the three holds an underscore.
 */
export function parsePodLogName(fileName: string): readonly [id: string, facts: FileFacts] | undefined {
  const match = /^([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})_([a-z0-9-]{1,63})-([0-9a-f]{64})\.log$/.exec(
    fileName,
  );
  if (match === null) return undefined;
  const [, pod = '', namespace = '', name = '', id = ''] = match;
  return [id, { name: `${pod}/${name}`, pod: { name: pod, namespace } }];
}

function jsonOf(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
