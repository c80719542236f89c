import * as v from 'valibot';
import { type Unit, type UnitManager } from '../model/unit.ts';

/** The most rows that one request may ask for: a screen shows fewer than a hundred. */
export const MAX_ROWS = 500;
/** include/linux/threads.h, PID_MAX_LIMIT. */
const PID_MAX = 2 ** 22;

/** A whole number from 0 to `most`. */
export const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));

export const id = count(Number.MAX_SAFE_INTEGER);
export const nothing = v.strictObject({});
export const processId = v.strictObject({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(PID_MAX)),
  startTicks: count(Number.MAX_SAFE_INTEGER),
});
export const cgroupPath = v.pipe(v.string(), v.maxLength(4096), v.startsWith('/'));

export const scope = v.variant('kind', [
  v.strictObject({ kind: v.literal('global') }),
  v.strictObject({ kind: v.literal('cgroup'), path: cgroupPath }),
]);

/** The newest of a record, or those before one of them: pages stay the same while entries are added. */
export const page = v.strictObject({ count: count(MAX_ROWS), beforeId: v.exactOptional(id) });
export type PageRequest = v.InferOutput<typeof page>;

const isManager = (value: unknown) => typeof value === 'string' && /^(?:system|user:\d{1,10})$/.test(value);

export const unit = v.strictObject({
  manager: v.custom<UnitManager>(isManager),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(300)),
}) satisfies v.GenericSchema<Unit>;
