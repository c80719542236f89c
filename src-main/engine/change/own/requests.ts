import { ok, type Result } from '#shared/result.ts';
import { type Applied } from '#shared/contract/change.ts';
import { type OwnStanding } from '#shared/model/own-process.ts';
import { type World } from '../../world.ts';
import { adjWrite } from '../planned-writes.ts';

/** Where Lifeboat's own processes stand, and what protecting them would write; exactly that can be applied. */
export function readOwnStanding({
  ownProtection,
  planned,
}: Pick<World, 'ownProtection' | 'planned'>): Result<OwnStanding> {
  const standing = ownProtection.standing();
  if (!standing.ok) return standing;
  return ok(planned.own.add(standing.value, standing.value.changes.map(adjWrite)));
}

/** Protects them as their standing showed. May ask for root. */
export async function protectOwn(
  { ownProtection, planned }: Pick<World, 'ownProtection' | 'planned'>,
  { id }: { readonly id: string },
): Promise<Result<Applied>> {
  const standing = planned.own.find(id);
  return standing.ok ? ownProtection.protect(standing.value) : standing;
}
