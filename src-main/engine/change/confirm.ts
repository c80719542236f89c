import { type Result } from '#shared/result.ts';
import { type Kept, type PendingChange } from '#shared/model/sysctl/sysctl.ts';
import { type ChangeWorld } from '../world.ts';

/** Lets a pending change stand; `onDisk` also keeps it for the next boot. */
export function confirmPending(
  { pending }: Pick<ChangeWorld, 'pending'>,
  { id, onDisk }: { readonly id: number; readonly onDisk: boolean },
): Promise<Result<readonly Kept[]>> {
  return pending.confirm(id, onDisk);
}

/** Starts the clock of a pending change again: it is being looked at. */
export function extendPending(
  { pending }: Pick<ChangeWorld, 'pending'>,
  { id }: { readonly id: number },
): Promise<Result<PendingChange>> {
  return pending.extend(id);
}

/** Puts back what waits to be confirmed. */
export function revertPending(
  { pending }: Pick<ChangeWorld, 'pending'>,
  { id }: { readonly id: number },
): Promise<Result<null>> {
  return pending.revert(id);
}
