import { type Container } from '../model/owners/container.ts';
import { healthFrom } from './engine-answers.ts';
import { idFrom, nameFrom, objectFrom } from './engine-text.ts';

/** What happened to a container. `started` and `updated`: what the engine knows of it has to be asked again. */
export type EngineEventKind =
  'started' | 'updated' | 'renamed' | 'oom' | 'died' | 'removed' | 'paused' | 'resumed' | 'health';

/** A line of `GET /events`. */
export interface EngineEvent {
  readonly kind: EngineEventKind;
  readonly id: string;
  /** As the engine wrote it, in nanoseconds since 1970; JSON has rounded it, to a quarter of a microsecond. */
  readonly timeNs: number;
  readonly name: string | undefined;
  readonly health: Container['health'];
}

/** Docker's names of actions, and Podman's where they differ. */
const KINDS: Readonly<Record<string, EngineEventKind>> = {
  start: 'started',
  restart: 'started',
  update: 'updated',
  rename: 'renamed',
  oom: 'oom',
  die: 'died',
  died: 'died',
  destroy: 'removed',
  remove: 'removed',
  pause: 'paused',
  unpause: 'resumed',
};

/** What is asked for of Docker: nothing else makes it write a line. */
export const EVENT_FILTER = JSON.stringify({
  type: ['container'],
  event: ['start', 'update', 'rename', 'oom', 'die', 'destroy', 'pause', 'unpause', 'health_status'],
});

/**
 * Reads one line of the stream: `other` where it is of no interest, undefined where it is no event. Only the fields that all versions write are
 * read: API 1.52 dropped `status`, `id` and `from`.
 */
export function parseEngineEvent(line: unknown): EngineEvent | 'other' | undefined {
  const event = objectFrom(line);
  const { Type: type, Action: action, timeNano } = event;
  if (typeof type !== 'string' || typeof action !== 'string' || typeof timeNano !== 'number')
    return undefined;
  if (type !== 'container' || !(timeNano > 0)) return 'other';
  const actor = objectFrom(event['Actor']);
  const id = idFrom(actor['ID']);
  if (id === undefined) return undefined;
  const attributes = objectFrom(actor['Attributes']);
  const isHealth = action.startsWith('health_status');
  const kind = isHealth ? 'health' : Object.hasOwn(KINDS, action) ? KINDS[action] : undefined;
  if (kind === undefined) return 'other';
  const health = isHealth
    ? (healthFrom(action.slice('health_status: '.length)) ?? healthFrom(attributes['health_status']))
    : undefined;
  return { kind, id, timeNs: timeNano, name: nameFrom(attributes['name']), health };
}
