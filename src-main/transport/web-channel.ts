import { WebSocket } from 'ws';
import { type Channel } from '#shared/contract/channel.ts';
import { type Log } from '#shared/contract/server.ts';
import { logLines } from '#shared/words/en/log.ts';

/** Events are skipped while this much waits to be sent: the client is behind, and the next frame replaces the one it misses. */
const SKIP_EVENTS_ABOVE_BYTES = 64 * 1024;
/** No request is read while this much waits, so a client that does not take its answers cannot ask for more of them. */
const STOP_READING_ABOVE_BYTES = 1024 * 1024;
/** Bytes waiting to be sent at which a client counts as hung. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;

/** A WebSocket as a channel: JSON in text messages. Text that is not JSON arrives as undefined, which no schema accepts. */
export function webSocketChannel(socket: WebSocket, log: Log): Channel {
  socket.on('error', (error) => {
    log(logLines.closedConnection(error.message));
  });
  return {
    send(message, urgency) {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (urgency === 'droppable' && socket.bufferedAmount > SKIP_EVENTS_ABOVE_BYTES) return;
      socket.send(JSON.stringify(message), () => {
        if (socket.isPaused && socket.bufferedAmount < STOP_READING_ABOVE_BYTES) socket.resume();
      });
      if (socket.bufferedAmount > MAX_WAITING_BYTES) {
        log(logLines.closedConnection(logLines.answersUnread));
        socket.terminate();
      } else if (socket.bufferedAmount > STOP_READING_ABOVE_BYTES) {
        socket.pause();
      }
    },
    onMessage(listener) {
      socket.on('message', (data, isBinary) => {
        listener(isBinary || !Buffer.isBuffer(data) ? undefined : parseJson(data.toString('utf8')));
      });
    },
    onClose(listener) {
      socket.on('close', listener);
    },
    close() {
      socket.close();
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
