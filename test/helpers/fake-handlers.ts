import { type Trouble } from '#shared/model/trouble.ts';
import { fail, ok } from '#shared/result.ts';
import { type Frame, type View } from '#shared/contract/watch.ts';
import { type Handlers, type Session } from '#shared/contract/server.ts';
import { REQUESTS } from '#shared/contract/table.ts';

/** A view of the whole machine. */
export const VIEW: View = { scope: { kind: 'global' }, orderCount: 10 };

/** A frame of a machine on which nothing runs. */
export function emptyFrame(seq: number): Frame {
  return {
    seq,
    timeMs: 1_700_000_000_000 + seq,
    intervalMs: 1000,
    memory: {
      totalBytes: 1 << 30,
      freeBytes: 1 << 29,
      availableBytes: 1 << 29,
      anonBytes: 0,
      shmemBytes: 0,
      cacheBytes: 0,
      commit: { chargeBytes: 0, limitBytes: 1 << 29, mode: 0 },
    },
    killers: [],
    order: {
      scope: { kind: 'global' },
      totalPages: 1 << 18,
      outcome: 'kills',
      entries: [],
      eligibleCount: 0,
      either: [],
      errorPages: 0,
      protectedCount: 0,
      protectedPages: 0,
      protectedLargest: [],
    },
    scopes: [],
    scopeCount: 0,
    processCount: 0,
    troubles: [],
  };
}

/** Handlers that fail the test when they are called; a test puts in those that it expects. */
export function strictHandlers(expected: Partial<Handlers> = {}): Handlers {
  const unexpected = Object.keys(REQUESTS).map((name) => [
    name,
    () => {
      throw new Error(`unexpected request ${name}`);
    },
  ]);
  return {
    ...(Object.fromEntries(unexpected) as Handlers),
    ...expected,
  };
}

/** A `doctor` that fails as a value, and a `watch` that tells its session apart. */
export function watchHandlers(sessions: Session[]): Handlers {
  return strictHandlers({
    'watch.subscribe': (_view, session) => {
      sessions.push(session);
      return ok(emptyFrame(sessions.length));
    },
    'doctor.examine': () => fail('proc-unreadable', { what: 'file', path: '/proc', errno: 'EACCES' }),
  });
}

/** A trouble that has this path in it. */
export function unreadable(path: string): Trouble {
  return {
    kind: 'failed',
    failure: { code: 'proc-unreadable', facts: { what: 'file', path, errno: 'EIO' } },
  };
}
