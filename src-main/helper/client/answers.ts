import * as v from 'valibot';
import { type HelperEvent, type HelperValue } from '#shared/contract/helper.ts';

const whole = v.pipe(v.number(), v.integer());

const written = v.array(
  v.object({ subject: v.string(), before: v.string(), asked: v.string(), after: v.string() }),
);

/** What a request that the helper carried out answers. */
export const helperValue = v.object({
  written,
  pending: v.exactOptional(v.object({ change: whole, deadlineMs: v.number() })),
}) satisfies v.GenericSchema<unknown, HelperValue>;

/** What the helper says unasked. */
export const helperEvent = v.variant('event', [
  v.object({ event: v.literal('reverted'), change: whole, written }),
  v.object({ event: v.literal('kernel-log'), line: v.string() }),
]) satisfies v.GenericSchema<unknown, HelperEvent>;
