import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { type Log } from '#shared/contract/server.ts';

/** A signed-in browser. Only the hash of its id is kept, so who reads the file cannot sign in with it. */
export interface KeptSession {
  /** SHA-256 of the session id, 64 hexadecimal digits. */
  readonly hash: string;
  readonly createdMs: number;
}

const kept = v.object({
  version: v.literal(1),
  sessions: v.pipe(
    v.array(
      v.object({
        hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
        createdMs: v.pipe(v.number(), v.integer(), v.minValue(0)),
      }),
    ),
    v.maxLength(1000),
  ),
});

/** The sessions of a file; none where there is none. A file that is not ours or broken is kept aside, and the log says so. */
export function readSessionFile(path: string, log: Log): readonly KeptSession[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') log(`the sign-ins of before are lost: ${path}: ${errnoOf(error)}`);
    return [];
  }
  const parsed = v.safeParse(kept, parseJson(text));
  if (parsed.success) return parsed.output.sessions;
  try {
    renameSync(path, `${path}.broken`);
    log(`the sign-ins of before are lost: ${path} is broken; it is now ${path}.broken`);
  } catch (error) {
    log(`the sign-ins of before are lost: ${path} is broken and cannot be moved aside: ${errnoOf(error)}`);
  }
  return [];
}

/**
 * Replaces the file in one step, readable by its owner only. Where that fails the log says so, and sign-ins last as long as the
 * server runs.
 */
export function writeSessionFile(path: string, sessions: readonly KeptSession[], log: Log): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // What a killed server of the same pid left behind; the flag refuses a link that somebody else put there since.
    rmSync(temporary, { force: true });
    writeFileSync(temporary, `${JSON.stringify({ version: 1, sessions })}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    log(`this sign-in will not outlive the server: ${path}: ${errnoOf(error)}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The system's name of a file error; anything else is a bug and is thrown on. */
function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
