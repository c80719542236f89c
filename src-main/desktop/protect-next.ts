import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import { type AdjOutcome } from '#shared/model/change.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';

/** What became of protecting from the tray. `nothing`: it stands behind another one already. */
export type Protected =
  | { readonly kind: 'done'; readonly outcome: AdjOutcome }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'failed'; readonly error: Failure };

/**
 * Moves a process behind the next one by the smallest change, as the page does, and by the same way. Root is asked for where it is needed, by
 * the dialog of the desktop.
 */
export async function protectNext(
  client: Pick<Client, 'request'>,
  { pid, startTicks }: ProcessId,
): Promise<Protected> {
  const preview = await client.request('change.previewAdj', {
    target: { kind: 'process', id: { pid, startTicks } },
    intent: { kind: 'behind', n: 1 },
    scope: GLOBAL_SCOPE,
  });
  if (!preview.ok) return { kind: 'failed', error: preview.error };
  const { id, changes } = preview.value;
  if (changes.length === 0) return { kind: 'nothing' };
  const applied = await client.request('change.applyAdj', { id });
  if (!applied.ok) return { kind: 'failed', error: applied.error };
  const [outcome] = applied.value.outcomes;
  if (outcome === undefined) return { kind: 'nothing' };
  return outcome.error === undefined ? { kind: 'done', outcome } : { kind: 'failed', error: outcome.error };
}
