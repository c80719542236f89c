import * as v from 'valibot';
import { type WebSocket } from 'ws';
import { hello, MAX_PROOF_LENGTH, signed, type Challenge } from '#shared/contract/web-sign-in.ts';
import { type WebKeys } from './web-keys.ts';
import { logLines } from '#shared/words/en/log.ts';

/** RFC 6455, 7.4.2: codes from 4000 on are an application's own. */
const NOT_SIGNED_IN = 4401;

/** What is done with a page once it has proved itself, or has not. */
export interface ProofOutcome {
  readonly onProved: () => void;
  readonly onRefused: (why: string) => void;
}

/**
 * Lets a page prove that it was signed in, over a WebSocket that has just been opened. Nothing else is read before. The time that this may
 * take is limited by the place that the connection has.
 */
export function awaitProof(socket: WebSocket, keys: WebKeys, { onProved, onRefused }: ProofOutcome): void {
  let meeting: ReturnType<WebKeys['meet']>;
  socket.on('message', onMessage);
  socket.on('error', ignoreError);

  function onMessage(data: unknown, isBinary: boolean): void {
    const message = isBinary ? undefined : parse(data);
    if (meeting === undefined) greet(message);
    else judge(meeting, message);
  }

  function greet(message: unknown): void {
    const parsed = v.safeParse(hello, message);
    if (!parsed.success) {
      refuse(logLines.noHello);
      return;
    }
    meeting = keys.meet(parsed.output);
    if (meeting === undefined) {
      send({ unknown: true });
      refuse(logLines.notSignedIn);
    } else send(meeting.challenge);
  }

  function judge({ isSigned }: NonNullable<typeof meeting>, message: unknown): void {
    const parsed = v.safeParse(signed, message);
    if (!parsed.success || !isSigned(parsed.output.signature)) {
      refuse(logLines.wrongSignature);
      return;
    }
    socket.off('message', onMessage);
    socket.off('error', ignoreError);
    onProved();
  }

  function refuse(why: string): void {
    socket.off('message', onMessage);
    socket.close(NOT_SIGNED_IN);
    onRefused(why);
  }

  function send(message: Challenge): void {
    socket.send(JSON.stringify(message));
  }
}

/** Does nothing: `close` follows, and a connection that has not signed in is not worth a line of the log. */
function ignoreError(): void {
  // Nothing to do.
}

function parse(data: unknown): unknown {
  if (!Buffer.isBuffer(data) || data.length > MAX_PROOF_LENGTH) return undefined;
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}
