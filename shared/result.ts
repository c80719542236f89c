import { type InferOutput } from 'valibot';
import { type FACTS } from './failure/facts.ts';

/** All ways in which a request can fail that are normal life. Bugs throw. */
export type ErrorCode = keyof typeof FACTS;

/** The facts that belong to a code. */
export type FactsOf<C extends ErrorCode> = Readonly<InferOutput<(typeof FACTS)[C]>>;

/** A failure as facts: what is said about it stands in shared/words. */
export type Failure = {
  readonly [C in ErrorCode]: { readonly code: C; readonly facts: FactsOf<C> };
}[ErrorCode];

/** The failure of one code. */
export type FailureOf<C extends ErrorCode> = Extract<Failure, { readonly code: C }>;

/** What every request answers. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

/** Facts in which what is optional may be given as undefined. */
type Loose<T> = T extends unknown
  ? { readonly [K in keyof T]: object extends Pick<T, K> ? T[K] | undefined : T[K] }
  : never;

/** A success. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** A failure with its code and its facts. What is undefined is left out of them. */
export function fail<C extends ErrorCode>(
  code: C,
  facts: Loose<FactsOf<C>>,
): { readonly ok: false; readonly error: FailureOf<C> } {
  const known = Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
  // The parameters have just tied these facts to this code; the union of all codes loses that tie.
  return { ok: false, error: { code, facts: known } as unknown as FailureOf<C> };
}

/** Closes a switch: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
