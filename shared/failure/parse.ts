import * as v from 'valibot';
import { type Failure } from '../result.ts';
import { FACTS } from './facts.ts';

/** A failure that comes from outside (the helper, a server, the journal); undefined where the code or one of its facts is not known. */
export function parseFailure(value: unknown): Failure | undefined {
  if (typeof value !== 'object' || value === null || !('code' in value)) return undefined;
  const { code } = value;
  if (typeof code !== 'string' || !isCode(code)) return undefined;
  const parsed = v.safeParse(FACTS[code], 'facts' in value ? value.facts : undefined);
  // The schema of this very code has just accepted the facts.
  return parsed.success ? ({ code, facts: parsed.output } as Failure) : undefined;
}

function isCode(code: string): code is keyof typeof FACTS {
  return Object.hasOwn(FACTS, code);
}
