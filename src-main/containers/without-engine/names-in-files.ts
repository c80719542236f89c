import { opendirSync } from 'node:fs';
import {
  parseDockerConfig,
  parsePodLogName,
  parsePodmanStorage,
  type FileFacts,
} from '#shared/containers/engine-files.ts';
import { nameFrom } from '#shared/containers/engine-text.ts';
import { type EngineFacts } from '#shared/containers/engine-answers.ts';
import { type Container } from '#shared/model/owners/container.ts';
import { readText } from '../../proc/kernel-files.ts';

/** The folders in which engines keep what they know. */
export interface EngineFolders {
  /** Of the system, and of this user. Another user's files are not asked: they could say anything. */
  readonly docker: readonly string[];
  readonly podman: readonly string[];
  readonly nerdctl: readonly string[];
  readonly podLogs: string;
}

const MOST_CONFIG_BYTES = 1 << 20;
/** Of the list of all containers. */
const MOST_STORAGE_BYTES = 8 << 20;
/** Of one folder; kubelet allows 110 pods on a machine by default. */
const MOST_ENTRIES = 20_000;

/** Where the engines of this machine keep it, seen by a user. */
export function engineFolders(root: string, home: string): EngineFolders {
  const own = `${home}/.local/share`;
  return {
    docker: [`${root}/var/lib/docker`, `${own}/docker`],
    podman: [`${root}/var/lib/containers/storage`, `${own}/containers/storage`],
    nerdctl: [`${root}/var/lib/nerdctl`, `${own}/nerdctl`],
    podLogs: `${root}/var/log/containers`,
  };
}

/** What a list tells of many containers, by id. */
type Names = ReadonlyMap<string, FileFacts>;

/** Reads a list at the first call for it, for all containers that are looked up together. */
export type Once = (place: string, read: () => Names) => Names;

/** What the files of its engine tell of a container, as far as this user may read them; undefined where they tell nothing. */
export function factsInFiles(
  { id, engine }: Pick<Container, 'id' | 'engine'>,
  folders: EngineFolders,
  once: Once,
): EngineFacts | FileFacts | undefined {
  switch (engine) {
    case 'docker':
      return first(folders.docker, (folder) => {
        const place = `${folder}/containers/${id}`;
        const config = jsonIn(`${place}/config.v2.json`, MOST_CONFIG_BYTES);
        return config === undefined
          ? undefined
          : parseDockerConfig(config, jsonIn(`${place}/hostconfig.json`, MOST_CONFIG_BYTES));
      });
    case 'podman':
      return first(folders.podman, (folder) => {
        const path = `${folder}/overlay-containers/containers.json`;
        return once(path, () => parsePodmanStorage(jsonIn(path, MOST_STORAGE_BYTES))).get(id);
      });
    case 'kubernetes':
      return once(folders.podLogs, () => podLogs(folders.podLogs)).get(id);
    case 'containerd':
      return first(folders.nerdctl, (folder) => once(folder, () => nerdctlNames(folder)).get(id));
    case 'lxc':
    case 'nspawn':
      return undefined;
  }
}

/** `nerdctl/<address>/names/<namespace>/<name>` holds the id. */
function nerdctlNames(folder: string): Names {
  const found = new Map<string, FileFacts>();
  for (const address of namesIn(folder)) {
    for (const namespace of namesIn(`${folder}/${address}/names`)) {
      const place = `${folder}/${address}/names/${namespace}`;
      for (const name of namesIn(place)) {
        const text = readText(`${place}/${name}`, 100);
        if (text.ok) found.set(text.value.trim(), { name: nameFrom(name) });
      }
    }
  }
  return found;
}

function podLogs(folder: string): Names {
  const found = namesIn(folder).map(parsePodLogName);
  return new Map(found.filter((each) => each !== undefined));
}

function first<T>(folders: readonly string[], find: (folder: string) => T | undefined): T | undefined {
  for (const folder of folders) {
    const found = find(folder);
    if (found !== undefined) return found;
  }
  return undefined;
}

function jsonIn(path: string, mostBytes: number): unknown {
  const read = readText(path, mostBytes);
  if (!read.ok) return undefined;
  try {
    return JSON.parse(read.value);
  } catch {
    return undefined;
  }
}

/** Empty where there is no such folder, or it is not for us. */
function namesIn(path: string): readonly string[] {
  const names: string[] = [];
  try {
    const folder = opendirSync(path);
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        names.push(entry.name);
        if (names.length === MOST_ENTRIES) break;
      }
    } finally {
      folder.closeSync();
    }
  } catch {
    return [];
  }
  return names;
}
