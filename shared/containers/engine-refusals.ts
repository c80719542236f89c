import { objectFrom } from './engine-text.ts';

/** Why an engine did not change the limits of a container. */
export const ENGINE_REFUSALS = [
  'too-small',
  'swap-below-memory',
  'below-reservation',
  'swap-not-sent',
  'auto-remove',
  'gone',
  'in-use',
  'too-old',
  'unreachable',
  'other',
] as const;

export type EngineRefusal = (typeof ENGINE_REFUSALS)[number];

/** Beginnings of Docker's messages; the API has no code for them (daemon/daemon_unix.go, container/container_unix.go). */
const MESSAGES: readonly (readonly [RegExp, EngineRefusal])[] = [
  [/Minimum memory limit allowed is/i, 'too-small'],
  [/Minimum memoryswap limit should be larger/i, 'swap-below-memory'],
  [/can not be less than memory reservation/i, 'below-reservation'],
  [/should be smaller than already set memoryswap/i, 'swap-not-sent'],
  [/AutoRemove is enabled/i, 'auto-remove'],
  // runc, cgroup v1: the kernel refuses a limit below what is in use.
  [/unable to set memory limit|device or resource busy/i, 'in-use'],
];

/** Reads the answer to `POST /containers/ID/update`: undefined where the engine has done it. */
export function parseUpdateAnswer(
  status: number,
  body: unknown,
): { readonly why: EngineRefusal; readonly message: string | undefined } | undefined {
  if (status >= 200 && status < 300) return undefined;
  const said = objectFrom(body)['message'];
  const message = typeof said === 'string' ? said.slice(0, 500) : undefined;
  const known = MESSAGES.find(([pattern]) => message !== undefined && pattern.test(message));
  if (known !== undefined) return { why: known[1], message };
  if (status === 405 || (status === 404 && !/container/i.test(message ?? '')))
    return { why: 'too-old', message };
  return { why: status === 404 ? 'gone' : 'other', message };
}
