import * as v from 'valibot';

/** JSON leaves out a key whose value is undefined, so what may be undefined may be absent. */
const anything = v.optional(v.unknown());

/** The wire format. `request`: client to server; `answer` and `event`: server to client. */
export const requestMessage = v.strictObject({
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER)),
  request: v.pipe(v.string(), v.maxLength(64)),
  input: anything,
});

const result = v.variant('ok', [
  v.object({ ok: v.literal(true), value: anything }),
  v.object({ ok: v.literal(false), error: v.looseObject({ code: v.string(), facts: anything }) }),
]);

export const serverMessage = v.union([
  v.object({ id: v.number(), result }),
  v.object({ event: v.string(), payload: anything }),
]);
