import { createHash, timingSafeEqual } from 'node:crypto';
import { type Log } from '#shared/contract/server.ts';
import { readSessionFile, writeSessionFile, type KeptSession } from './web-session-file.ts';

/** Secrets have 256 bits: more than can ever be tried. */
const SECRET_BYTES = 32;
/** Addresses that were given out and not used yet. */
const MAX_TOKENS = 8;
/** Signed-in browsers. */
const MAX_SESSIONS = 32;
/** A sign-in lasts a month. */
export const SESSION_MAX_AGE_MS = 30 * 24 * 60 * 60 * 1000;

/** Who may use the web transport. */
export interface Sessions {
  /** A new one-time token, 64 hexadecimal digits. Tokens given out before stay good, up to a bounded number. */
  mintToken(): string;
  /** Uses a token up and answers with the id of a new session; undefined when there is no such token (any more). */
  redeem(token: string): string | undefined;
  /** Whether a session id is good. */
  has(id: string): boolean;
}

/** What sessions need from outside. */
export interface SessionsOptions {
  /** Where the hashes of sessions outlive the server. */
  readonly file: string;
  readonly nowMs: () => number;
  readonly randomBytes: (count: number) => Buffer;
  readonly log: Log;
}

/** Sessions kept in a file. */
export function createSessions({ file, nowMs, randomBytes, log }: SessionsOptions): Sessions {
  const isFresh = (session: KeptSession) => Math.abs(nowMs() - session.createdMs) < SESSION_MAX_AGE_MS;
  const tokens: Buffer[] = [];
  let sessions = readSessionFile(file, log).filter(isFresh).slice(-MAX_SESSIONS);

  function keep(session: KeptSession): void {
    // Another server of this user may have written since: whoever signed in there stays signed in.
    const known = new Map(
      [...readSessionFile(file, log), ...sessions, session].map((each) => [each.hash, each] as const),
    );
    sessions = [...known.values()]
      .filter(isFresh)
      .sort((a, b) => a.createdMs - b.createdMs)
      .slice(-MAX_SESSIONS);
    writeSessionFile(file, sessions, log);
  }

  return {
    mintToken() {
      const token = randomBytes(SECRET_BYTES).toString('hex');
      tokens.push(hash(token));
      if (tokens.length > MAX_TOKENS) tokens.shift();
      return token;
    },
    redeem(token) {
      const index = indexOfSecret(tokens, hash(token));
      if (index === undefined) return undefined;
      tokens.splice(index, 1);
      const id = randomBytes(SECRET_BYTES).toString('base64url');
      keep({ hash: hash(id).toString('hex'), createdMs: nowMs() });
      return id;
    },
    has(id) {
      const fresh = sessions.filter(isFresh).map((session) => Buffer.from(session.hash, 'hex'));
      return indexOfSecret(fresh, hash(id)) !== undefined;
    },
  };
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Looks at every one of them, each in constant time, so that the time it takes tells nothing. */
function indexOfSecret(hashes: readonly Buffer[], wanted: Buffer): number | undefined {
  let found: number | undefined;
  for (const [index, each] of hashes.entries()) {
    if (timingSafeEqual(each, wanted)) found = index;
  }
  return found;
}
