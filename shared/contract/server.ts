import * as v from 'valibot';
import { safeText, shorten } from '../format/safe-text.ts';
import { type Channel } from './channel.ts';
import { fail, type Result } from '../result.ts';
import { requestMessage } from './messages.ts';
import { REQUESTS, type EventName, type Events, type Input, type Output, type RequestName } from './table.ts';
import { logLines } from '../words/en/log.ts';

/** What a handler knows of the connection that asks. Also serves as the key of what belongs to it. */
export interface Session {
  emit<E extends EventName>(event: E, payload: Events[E]): void;
  /** Calls back once when the line is closed; at once if it already is. */
  onClose(listener: () => void): void;
}

/** One handler for every request of the table. */
export type Handlers = {
  readonly [N in RequestName]: (
    input: Input<N>,
    session: Session,
  ) => Result<Output<N>> | Promise<Result<Output<N>>>;
};

/** Takes a line about something that went wrong with a connection. */
export type Log = (line: string) => void;

/** Requests of one connection that may be under way at the same time: a screen has fewer than ten. */
const MAX_PENDING = 64;
/** Events of which only the newest counts. */
const FRAMES: ReadonlySet<EventName> = new Set(['watch.frame', 'groups.frame']);

/**
 * Answers requests that come over a channel. Only own keys of the table are dispatched, and every input is parsed before a handler
 * sees it; what does not fit is refused and logged, and the connection stays.
 */
export function serve(channel: Channel, handlers: Handlers, log: Log): void {
  const closers = new Set<() => void>();
  let closed = false;
  let pendingCount = 0;
  const session: Session = {
    emit: (event, payload) => {
      // The next frame says all that is missing; everything else happens once.
      channel.send({ event, payload }, FRAMES.has(event) ? 'droppable' : undefined);
    },
    onClose: (listener) => {
      if (closed) listener();
      else closers.add(listener);
    },
  };
  channel.onClose(() => {
    closed = true;
    for (const closer of closers) closer();
    closers.clear();
  });
  channel.onMessage((message) => {
    const parsed = v.safeParse(requestMessage, message);
    if (!parsed.success) {
      log(logLines.refusedMessage(issueText(issueOf(parsed.issues))));
      return;
    }
    const { id, request, input } = parsed.output;
    if (pendingCount >= MAX_PENDING) {
      log(logLines.refusedBusy(quote(request), MAX_PENDING));
      channel.send({ id, result: fail('busy', { with: 'requests' }) });
      return;
    }
    pendingCount += 1;
    void answer(handlers, request, input, session, log).then((result) => {
      pendingCount -= 1;
      try {
        channel.send({ id, result });
      } catch (error) {
        channel.send({ id, result: broken(request, error, log) });
      }
    });
  });
}

async function answer(
  handlers: Handlers,
  request: string,
  input: unknown,
  session: Session,
  log: Log,
): Promise<Result<unknown>> {
  if (!isRequestName(request)) {
    log(logLines.refusedUnknown(quote(request)));
    return fail('unknown-request', { request: safeText(request) });
  }
  const parsed = v.safeParse(REQUESTS[request].input, input);
  if (!parsed.success) {
    const issue = issueOf(parsed.issues);
    log(`refused ${request}: ${issueText(issue)}`);
    return fail('bad-request', { problem: 'schema', request, ...issue });
  }
  try {
    // The schema of this very name has just accepted the input.
    const handler = handlers[request] as (input: unknown, session: Session) => unknown;
    return (await handler(parsed.output, session)) as Result<unknown>;
  } catch (error) {
    return broken(request, error, log);
  }
}

/** A handler threw, or answered what cannot be sent: a bug of ours that costs this answer and not the connection. */
function broken(request: string, error: unknown, log: Log) {
  log(`${request} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return fail('internal', { where: `The request ${request}` });
}

function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(REQUESTS, name);
}

function quote(text: string): string {
  return `"${safeText(text)}"`;
}

/** Where and why, without the received value. The path may hold keys that the other side made up, so it is cut and made harmless. */
function issueOf([first]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]) {
  const path = v.getDotPath(first);
  const where = path === null ? 'the message' : shorten(safeText(path), 80);
  return first.expected === 'never'
    ? { where }
    : { where, expected: shorten(first.expected ?? 'something else', 200) };
}

function issueText({ where, expected }: ReturnType<typeof issueOf>): string {
  return expected === undefined ? `${where} is not known` : `${where} should be ${expected}`;
}
