import { type Socket } from 'node:net';
import { type KernelFiles } from '../proc/kernel-files.ts';
import { readTcpOwners, type TcpConnection } from '../proc/tcp-owners.ts';
import { readUserIds } from '../proc/user-ids.ts';

/**
 * The users whose programs may connect: the user who runs Lifeboat, and root, who can read and change everything of Lifeboat anyway. Where
 * root runs it by sudo, the browser is that of the user who typed the command: `sudoUid`, as sudo names it.
 */
export function acceptedUsers(
  uid: number,
  sudoUid: string | undefined,
  files: KernelFiles,
): ReadonlySet<number> {
  const accepted = new Set([0, uid]);
  if (uid === 0 && sudoUid !== undefined && /^\d{1,10}$/.test(sudoUid)) accepted.add(Number(sudoUid));
  const ids = readUserIds(files);
  // In a user namespace the kernel shows every user from outside as this one: it does not say which user that is.
  if (ids.unmapped !== undefined) accepted.delete(ids.unmapped);
  return accepted;
}

/**
 * Pause after each read of the tables, as a multiple of its duration: reading costs a fifth of a processor at most, except in a flood, when
 * the waiting connections are answered at once.
 */
const PAUSE_FACTOR = 4;

/** What asking for owners needs from outside. */
export interface PeerUsersOptions {
  readonly files: KernelFiles;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
  readonly schedule: (callback: () => void, delayMs: number) => void;
  /** Waiting connections at which there is no pause: in a flood of another user's connections, those of the own user come through. */
  readonly mostWaiting: number;
}

interface Question {
  readonly connection: TcpConnection;
  readonly answer: (uid: number | undefined) => void;
  /** A socket can be missing from a table that changes while it is read, but hardly twice. */
  readonly isRepeated: boolean;
}

/** Finds the users at the other end of connections. One read answers all that come while it waits. */
export class PeerUsers {
  readonly #options: PeerUsersOptions;
  #waiting: Question[] = [];
  #nextMs = -Infinity;
  #isScheduled = false;

  constructor(options: PeerUsersOptions) {
    this.#options = options;
  }

  /** Calls back once with the user id of the program at the other end; with undefined where the kernel does not tell. */
  ask(connection: TcpConnection, answer: (uid: number | undefined) => void): void {
    this.#wait({ connection, answer, isRepeated: false });
    if (this.#waiting.length >= this.#options.mostWaiting) this.#read();
  }

  #wait(question: Question): void {
    this.#waiting.push(question);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const { nowMs, schedule } = this.#options;
    schedule(
      () => {
        this.#isScheduled = false;
        if (this.#waiting.length > 0) this.#read();
      },
      Math.max(0, this.#nextMs - nowMs()),
    );
  }

  #read(): void {
    const { files, nowMs } = this.#options;
    const asked = this.#waiting;
    this.#waiting = [];
    const beforeMs = nowMs();
    const owners = readTcpOwners(
      files,
      asked.map(({ connection }) => connection),
    );
    const afterMs = nowMs();
    this.#nextMs = afterMs + PAUSE_FACTOR * (afterMs - beforeMs);
    for (const [index, question] of asked.entries()) {
      const uid = owners.ok ? owners.value[index] : undefined;
      if (uid === undefined && owners.ok && !question.isRepeated)
        this.#wait({ ...question, isRepeated: true });
      else question.answer(uid);
    }
  }
}

/** The connection of a socket that was accepted, seen from the other end; undefined when it has gone already. */
export function peerConnection(socket: Socket): TcpConnection | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (
    remoteAddress === undefined ||
    remotePort === undefined ||
    localAddress === undefined ||
    localPort === undefined
  )
    return undefined;
  return {
    near: { address: remoteAddress, port: remotePort },
    far: { address: localAddress, port: localPort },
  };
}
