import { fail, type FactsOf, type Result } from '#shared/result.ts';

/** A mistake in a request; caught by parseLine(), and never leaves it. */
export class Mistake extends Error {
  readonly failure: Result<never>;
  constructor(failure: ReturnType<typeof fail>) {
    super(failure.error.code);
    this.failure = failure;
  }
}

type FieldFault = Extract<FactsOf<'bad-request'>, { readonly problem: 'field' }>['fault'];

/** A request that is not what it has to be. */
export function bad(facts: FactsOf<'bad-request'>): Mistake {
  return new Mistake(fail('bad-request', facts));
}

/** A field that is not what it has to be. */
export function wrong(field: string, fault: FieldFault): Mistake {
  return bad({ problem: 'field', field, fault });
}

/** Takes a value from outside as what it has to be, or throws a Mistake. `what` is what it is called. */
export type Reader<T> = (value: unknown, what: string) => T;

/** What each field of an object has to be. */
export type Readers<T> = { readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>> };

/** An object with all of `needs`, any of `may`, and no other field: so that a mistake never passes as a default. */
export function object<N extends object, M extends object>(
  needs: Readers<N>,
  may?: Readers<M>,
): Reader<N & Partial<M>> {
  const readers = new Map<string, Reader<unknown>>(Object.entries({ ...needs, ...may }));
  return (value, what) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, 'no-object');
    for (const key of Object.keys(needs)) if (!Object.hasOwn(value, key)) throw wrong(key, 'missing');
    for (const key of Object.keys(value)) if (!readers.has(key)) throw wrong(what, 'unknown');
    const read = Object.entries(value).map(([key, field]) => [key, readers.get(key)?.(field, key)]);
    return Object.fromEntries(read) as N & Partial<M>;
  };
}

/** A whole number between two. */
export function whole(lowest: number, highest: number): Reader<number> {
  return (value, what) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(what, 'no-number');
    if (value < lowest || value > highest)
      throw new Mistake(fail('out-of-range', { what: 'number', subject: what, lowest, highest }));
    // JSON has a -0, and String(-0) is "0": one zero is enough.
    return value + 0;
  };
}

/** One of a closed set. */
export function oneOf<T>(values: readonly T[]): Reader<T> {
  return (value, what) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw wrong(what, 'no-choice');
    return found;
  };
}
