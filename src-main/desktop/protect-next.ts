import { type Client } from '#shared/contract/client.ts';
import { type Failure } from '#shared/result.ts';
import { type AdjOutcome, type AdjPreview, type Strength, type Warning } from '#shared/model/change.ts';
import { type ProcessId } from '#shared/model/process.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';

/** What became of protecting from the tray. `nothing`: it is protected as strongly already. `ask`: a warning has to be read first. */
export type Protected =
  | { readonly kind: 'done'; readonly outcome: AdjOutcome; readonly place: AdjPreview['place'] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'ask'; readonly warning: Warning }
  | { readonly kind: 'failed'; readonly error: Failure };

/** Warnings without which "it is protected" would not be the truth, or with which it is dangerous. A refusal of the kernel does no harm and is reported. */
const READ_FIRST: ReadonlySet<Warning['kind']> = new Set<Warning['kind']>([
  'mostly-unkillable',
  'own-limit-first',
  'scope-too-small',
  'out-of-reach',
]);

/**
 * Protects a process with one of the strengths of the page, through the same requests. The dialog of the desktop asks for root where it is
 * needed. A menu shows no preview: what is dangerous, or would not protect, is left to the window.
 */
export async function protectNext(
  client: Pick<Client, 'request'>,
  { pid, startTicks }: ProcessId,
  strength: Strength = 'later',
): Promise<Protected> {
  const preview = await client.request('change.previewAdj', {
    target: { kind: 'process', id: { pid, startTicks } },
    intent: { kind: strength },
    scope: GLOBAL_SCOPE,
  });
  if (!preview.ok) return { kind: 'failed', error: preview.error };
  const { id, changes, place, warnings } = preview.value;
  const warning = warnings.find(({ kind }) => READ_FIRST.has(kind));
  if (warning !== undefined) return { kind: 'ask', warning };
  if (changes.length === 0) return { kind: 'nothing' };
  const applied = await client.request('change.applyAdj', { id });
  if (!applied.ok) return { kind: 'failed', error: applied.error };
  const [outcome] = applied.value.outcomes;
  if (outcome === undefined) return { kind: 'nothing' };
  return outcome.error === undefined
    ? { kind: 'done', outcome, place }
    : { kind: 'failed', error: outcome.error };
}
