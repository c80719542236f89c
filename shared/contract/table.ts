import type * as v from 'valibot';
import { type Answer, type Request } from './answers.ts';
import { CHANGE_REQUESTS, type ChangeEvents } from './change.ts';
import { DOCTOR_REQUESTS } from './doctor.ts';
import { EVENTS_REQUESTS, type EventsEvents } from './events.ts';
import { GROUPS_REQUESTS, type GroupsEvents } from './groups.ts';
import { RULES_REQUESTS } from './rules.ts';
import { SETTINGS_REQUESTS, type SettingsEvents } from './settings.ts';
import { WATCH_REQUESTS, type WatchEvents } from './watch.ts';

/**
 * Every request there is, named by its subject: the schema of its input, and the type of its output. Client, server and each transport derive
 * from this table, and a server without a handler for one of them does not compile.
 */
export const REQUESTS = {
  ...WATCH_REQUESTS,
  ...GROUPS_REQUESTS,
  ...CHANGE_REQUESTS,
  ...EVENTS_REQUESTS,
  ...RULES_REQUESTS,
  ...DOCTOR_REQUESTS,
  ...SETTINGS_REQUESTS,
} as const satisfies Record<`${string}.${string}`, Request>;

export type Requests = typeof REQUESTS;
export type RequestName = keyof Requests;
export type Input<N extends RequestName> = v.InferOutput<Requests[N]['input']>;
export type Output<N extends RequestName> = Requests[N] extends Answer<infer T> ? T : never;

/** Every event that a server sends unasked, and its payload. */
export interface Events extends WatchEvents, GroupsEvents, ChangeEvents, EventsEvents, SettingsEvents {}
export type EventName = keyof Events;
