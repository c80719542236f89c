import type * as v from 'valibot';

/** Says what a request answers, for the types only. */
export interface Answer<T> {
  readonly answers?: T;
}

/** A request of the table: the schema of its input, and the type of its answer. */
export interface Request extends Answer<unknown> {
  readonly input: v.GenericSchema;
}

/** Put beside the schema of a request: the type of its answer. */
export function answers<T>(): Answer<T> {
  return {};
}
