import { type Client } from '#shared/contract/client.ts';
import { parseFailure } from '#shared/failure/parse.ts';
import { isWithoutRoot } from '#shared/failure/without-root.ts';
import { type Failure } from '#shared/result.ts';
import { type Rights } from '#shared/model/change.ts';
import { failureWithWords } from '#shared/words/index.ts';
import { terminal } from '#shared/words/en/terminal.ts';
import { isTerminal } from '../../in-process.ts';
import { printLine, reportFailure } from '../../terminal/output.ts';

/** Whether a change needs root. `may`: lowering one's own process, which only the write tells. */
export type RootNeed = 'no' | 'may' | 'yes';

/** What a rehearsal knows of the way to root; undefined where none is needed, or where this is root. */
export interface RehearsedRoot {
  readonly need: Exclude<RootNeed, 'no'>;
  readonly rights: Extract<Rights, { readonly state: 'asks' | 'failed' }>;
}

/** Asks of root what the deed asks, without starting anything. */
export async function rehearseRoot(client: Client, need: RootNeed): Promise<RehearsedRoot | undefined> {
  if (need === 'no') return undefined;
  const rights = await client.request('change.rights', {});
  // In another tree nothing is written, as anyone who asked for it knows.
  if (!rights.ok || rights.value.state === 'allowed' || rights.value.state === 'read-only') return undefined;
  return { need, rights: rights.value };
}

/** Says it as the last line of a rehearsal. Where root is out of reach for certain, the rehearsal fails as the deed would. */
export function sayRoot(root: RehearsedRoot | undefined, json: boolean): void {
  if (root === undefined) return;
  const { need, rights } = root;
  if (rights.state === 'failed' && need === 'yes') reportFailure(asTheDeed(rights));
  else if (!json) {
    printLine(
      rights.state === 'asks'
        ? terminal.root.asks(need, rights.method, isTerminal())
        : terminal.root.outOfReach(failureWithWords(rights.error).message),
    );
  }
}

/** With the command that does it by hand, as the start of the helper says it. */
function asTheDeed({ error, command }: Extract<Rights, { readonly state: 'failed' }>): Failure {
  if (command === '' || !isWithoutRoot(error)) return error;
  return parseFailure({ ...error, facts: { ...error.facts, instead: command } }) ?? error;
}

/** The same as part of a JSON object. */
export function rootJson(root: RehearsedRoot | undefined) {
  if (root === undefined) return {};
  const { need, rights } = root;
  const way =
    rights.state === 'asks'
      ? { method: rights.method }
      : { why: failureWithWords(rights.error), command: rights.command };
  return { root: { need, state: rights.state, ...way } };
}
