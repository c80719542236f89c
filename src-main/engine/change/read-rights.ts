import { ok, type Result } from '#shared/result.ts';
import { type Rights } from '#shared/model/change.ts';
import { type ChangeWorld } from '../world.ts';

/** Whether changes can be made, and how. Starts nothing. */
export function readRights({ rights }: Pick<ChangeWorld, 'rights'>): Result<Rights> {
  return ok(rights.rights);
}

/** Starts the helper, which may ask for a password. */
export async function unlock({ rights }: Pick<ChangeWorld, 'rights'>): Promise<Result<Rights>> {
  const helper = await rights.helper();
  return helper.ok ? ok(rights.rights) : helper;
}
