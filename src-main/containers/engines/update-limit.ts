import { parseUpdateAnswer, type EngineRefusal } from '#shared/containers/engine-refusals.ts';
import { idFrom, objectFrom } from '#shared/containers/engine-text.ts';
import { type EngineAccess } from '#shared/model/owners/container.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { type Ask } from './ask.ts';

/** A limit to ask for. Engines know no way to take one off: a very large one is as good. */
export interface WantedLimit {
  readonly memoryBytes: number;
  /** Memory and swap together: never -1, which Docker stores and does not send to the running container. */
  readonly memorySwapBytes: number;
}

/** The engine that is asked. */
export interface AskedEngine {
  readonly ask: Ask;
  /** `/v1.41` */
  readonly prefix: string;
  readonly engine: EngineAccess['engine'];
}

/**
 * Changes the limits of a container by its engine, which keeps them for its later starts. Both limits go together: Docker refuses one that
 * is above the stored other. Podman takes a request without a restart policy for one without restarts, so its own is sent back.
 */
export async function updateLimit(
  { ask, prefix, engine }: AskedEngine,
  id: string,
  { memoryBytes, memorySwapBytes }: WantedLimit,
): Promise<Result<null>> {
  const refused = (why: EngineRefusal, message?: string) => fail('engine-refused', { engine, why, message });
  const inspected = await ask({ path: `${prefix}/containers/${id}/json` });
  if (typeof inspected === 'string') return refused('unreachable');
  const container = objectFrom(inspected.body);
  if (idFrom(container['Id']) !== id) return refused('gone');
  const policy = objectFrom(objectFrom(container['HostConfig'])['RestartPolicy']);
  const limits = { Memory: memoryBytes, MemorySwap: memorySwapBytes };
  const body = engine === 'podman' ? { ...limits, RestartPolicy: policy } : limits;
  const answer = await ask({ method: 'POST', path: `${prefix}/containers/${id}/update`, body });
  if (typeof answer === 'string') return refused('unreachable');
  const refusal = parseUpdateAnswer(answer.status, answer.body);
  return refusal === undefined ? ok(null) : refused(refusal.why, refusal.message);
}
