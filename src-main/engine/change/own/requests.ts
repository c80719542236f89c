import { type Result } from '#shared/result.ts';
import { type Applied } from '#shared/contract/change.ts';
import { type OwnStanding } from '#shared/model/own-process.ts';
import { type World } from '../../world.ts';

/** Where Lifeboat's own processes stand. */
export function readOwnStanding({ ownProtection }: Pick<World, 'ownProtection'>): Result<OwnStanding> {
  return ownProtection.standing();
}

/** Protects them, now. May ask for root. */
export function protectOwn({ ownProtection }: Pick<World, 'ownProtection'>): Promise<Result<Applied>> {
  return ownProtection.protect();
}
