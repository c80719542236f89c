import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { type Log } from '#shared/contract/server.ts';
import { type Phase, type Places } from './web-places.ts';
import { type PeerUsers, peerConnection } from './web-users.ts';
import { logLines } from '#shared/words/en/log.ts';

/** What the door needs. */
export interface DoorOptions {
  /** Answers the requests of connections that were let in; does not listen itself. */
  readonly http: Server;
  readonly places: Places<Duplex>;
  readonly peers: PeerUsers;
  /** The users whose programs may connect. */
  readonly users: ReadonlySet<number>;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
  readonly log: Log;
}

/** Decides which connections reach the HTTP server, and for how long. */
export interface Door {
  /** A connection was accepted, and nothing of it was read yet. */
  readonly knock: (socket: Socket) => void;
  /** A WebSocket is open on the connection, and proves itself next. */
  readonly prove: (socket: Duplex) => void;
  /** The connection has signed in: it keeps its place. */
  readonly admit: (socket: Duplex) => void;
  /** Ends every connection, admitted or not. */
  readonly closeAll: () => void;
}

/**
 * Not a byte of a connection is read before the kernel has named the user at its other end. Those of other users are closed without an
 * answer; the others get one of few places until they have signed in.
 */
export function createDoor({ http, places, peers, users, nowMs, log }: DoorOptions): Door {
  const open = new Set<Duplex>();
  let timer: NodeJS.Timeout | undefined;
  let dueMs = Infinity;

  http.on('request', (request, response) => {
    const { socket } = request;
    const hasBody =
      request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
    if (hasBody)
      request.once('end', () => {
        progress(socket, 'answering');
      });
    else progress(socket, 'answering');
    response.once('finish', () => {
      progress(socket, 'asking');
    });
  });

  function progress(socket: Duplex, phase: Phase): void {
    places.progress(socket, phase, nowMs());
    settle();
  }

  function knock(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      open.delete(socket);
      places.leave(socket);
      settle();
    });
    const connection = peerConnection(socket);
    if (connection === undefined) {
      turnAway(socket);
      return;
    }
    peers.ask(connection, (uid) => {
      if (socket.destroyed) return;
      if (uid === undefined || !users.has(uid)) {
        log(refusal(uid));
        turnAway(socket);
        return;
      }
      places.enter(socket);
      settle();
    });
  }

  function settle(): void {
    const { admitted, ended } = places.settle(nowMs());
    for (const socket of ended) socket.destroy();
    for (const socket of admitted) {
      http.emit('connection', socket);
      socket.resume();
    }
    wakeUp();
  }

  /** Settles again when the time of a connection is up; there is no timer while there is no connection. */
  function wakeUp(): void {
    const nextMs = places.nextMs() ?? Infinity;
    if (nextMs === dueMs) return;
    clearTimeout(timer);
    dueMs = nextMs;
    if (nextMs === Infinity) return;
    timer = setTimeout(
      () => {
        dueMs = Infinity;
        // Only after what has come meanwhile was read: a busy program hears late of a request that was here in time.
        setImmediate(settle);
      },
      Math.max(1, nextMs - nowMs()),
    );
    timer.unref();
  }

  return {
    knock,
    prove(socket) {
      progress(socket, 'proving');
    },
    admit(socket) {
      places.leave(socket);
      settle();
    },
    closeAll() {
      clearTimeout(timer);
      for (const socket of open) socket.destroy();
    },
  };
}

/** Leaves nothing of the connection behind: thousands in TIME_WAIT would make every read of the kernel's tables slow. */
function turnAway(socket: Socket): void {
  socket.resetAndDestroy();
}

function refusal(uid: number | undefined): string {
  return uid === undefined ? logLines.refusedConnection(logLines.userUnknown) : logLines.refusedUser(uid);
}
