import { objectFrom } from './engine-text.ts';

/** Where an engine is asked: a Unix socket of this machine, or elsewhere. */
export type EngineHost =
  { readonly kind: 'socket'; readonly path: string } | { readonly kind: 'remote'; readonly address: string };

/** A host as `DOCKER_HOST` and contexts write it: `unix:///run/docker.sock`, `tcp://…`, `ssh://…`. Undefined where it is none. */
export function parseEngineHost(text: unknown): EngineHost | undefined {
  if (typeof text !== 'string' || text.length > 1_000 || text.includes('\0')) return undefined;
  const match = /^(?:([a-z]+):\/\/)(.+)$/s.exec(text);
  if (match === null) return undefined;
  const [, scheme, rest = ''] = match;
  if (scheme !== 'unix') return { kind: 'remote', address: text };
  return rest.startsWith('/') ? { kind: 'socket', path: rest } : undefined;
}

/** The context in use by `config.json` of the docker command; undefined for its default. */
export function currentContext(config: unknown): string | undefined {
  const name = objectFrom(config)['currentContext'];
  return typeof name === 'string' && name !== '' && name !== 'default' && name.length < 256
    ? name
    : undefined;
}

/** The host in `contexts/meta/<sha256 of the name>/meta.json`. */
export function hostOfContext(meta: unknown): EngineHost | undefined {
  return parseEngineHost(objectFrom(objectFrom(objectFrom(meta)['Endpoints'])['docker'])['Host']);
}
