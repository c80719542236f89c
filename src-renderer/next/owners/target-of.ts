import { type Target } from '#shared/model/change.ts';
import { type OwnerPlace } from '#shared/model/owners/owner-order.ts';

/** What a change of an owner is for: its container or its service where it is one, so that it can be kept for later starts; else all its processes. */
export function targetOf({ owner, first }: OwnerPlace): Target {
  if (owner.kind === 'container' && first.container !== undefined)
    return { kind: 'container', container: first.container };
  if (owner.kind === 'service' && first.unit !== undefined) return { kind: 'unit', unit: first.unit };
  return { kind: 'owner', key: owner.key, name: owner.name === '' ? first.name : owner.name };
}
