import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import {
  currentContext,
  hostOfContext,
  parseEngineHost,
  type EngineHost,
} from '#shared/containers/docker-context.ts';
import { readText } from '../../proc/kernel-files.ts';
import { homeFolder } from '../../store/folders.ts';

/** Where an engine may be asked. */
export interface EnginePlace {
  /** What is expected there; its own answer decides. */
  readonly engine: 'docker' | 'podman';
  readonly host: EngineHost;
  /** Set for the socket of another user, who could say anything: what it says holds for cgroups below that user's slice alone. */
  readonly uid?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A configuration of docker's has some hundred bytes; logins may be kept in it. */
const MOST_CONFIG_BYTES = 1 << 20;

/**
 * Where engines may be asked, the most explicit first: DOCKER_HOST, the context in use, Docker's own places, Podman's. Sockets that are not
 * there are among them. For root also those of the users who are logged in. In another tree only what DOCKER_HOST says.
 */
export function enginePlaces(
  root: string,
  env: Environment = process.env,
  uid: number = process.geteuid?.() ?? 0,
): readonly EnginePlace[] {
  const home = homeFolder(env);
  const runtime =
    env['XDG_RUNTIME_DIR']?.startsWith('/') === true ? env['XDG_RUNTIME_DIR'] : `/run/user/${uid}`;
  const socket = (engine: EnginePlace['engine'], path: string): EnginePlace => ({
    engine,
    host: { kind: 'socket', path },
  });
  const explicit = parseEngineHost(env['DOCKER_HOST']);
  if (root !== '') return explicit === undefined ? [] : [{ engine: 'docker', host: explicit }];
  const chosen = explicit ?? hostInContext(env, home);
  const all = [
    ...(chosen === undefined ? [] : [{ engine: 'docker', host: chosen } as const]),
    socket('docker', '/var/run/docker.sock'),
    socket('docker', `${runtime}/docker.sock`),
    socket('docker', `${home}/.docker/desktop/docker.sock`),
    socket('podman', `${runtime}/podman/podman.sock`),
    socket('podman', '/run/podman/podman.sock'),
    ...(uid === 0 ? socketsOfUsers() : []),
  ];
  const byAddress = new Map<string, EnginePlace>();
  for (const place of all) if (!byAddress.has(addressOf(place))) byAddress.set(addressOf(place), place);
  return [...byAddress.values()];
}

/** The path of its socket, or the address of a remote one. */
export function addressOf({ host }: EnginePlace): string {
  return host.kind === 'socket' ? host.path : host.address;
}

function hostInContext(env: Environment, home: string): EngineHost | undefined {
  const folder = env['DOCKER_CONFIG']?.startsWith('/') === true ? env['DOCKER_CONFIG'] : `${home}/.docker`;
  const asked = env['DOCKER_CONTEXT'];
  const name = asked === undefined || asked === '' ? currentContext(jsonIn(`${folder}/config.json`)) : asked;
  if (name === undefined || name === 'default') return undefined;
  const hash = createHash('sha256').update(name).digest('hex');
  return hostOfContext(jsonIn(`${folder}/contexts/meta/${hash}/meta.json`));
}

function jsonIn(path: string): unknown {
  const read = readText(path, MOST_CONFIG_BYTES);
  if (!read.ok) return undefined;
  try {
    return JSON.parse(read.value);
  } catch {
    return undefined;
  }
}

/** More users than are ever logged in at one machine that is watched. */
const MOST_USERS = 200;

function socketsOfUsers(): readonly EnginePlace[] {
  const names = namesIn('/run/user')
    .filter((name) => /^[1-9]\d{0,9}$/.test(name))
    .slice(0, MOST_USERS);
  return names.flatMap((name): EnginePlace[] => {
    const folder = `/run/user/${name}`;
    const place = (engine: EnginePlace['engine'], path: string): EnginePlace => ({
      engine,
      host: { kind: 'socket', path: `${folder}/${path}` },
      uid: Number(name),
    });
    return [place('docker', 'docker.sock'), place('podman', 'podman/podman.sock')];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
