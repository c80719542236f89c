import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { type Log } from '#shared/contract/server.ts';

/** A signed-in browser. */
export interface KeptKey {
  /** Its public key. */
  readonly key: string;
  /** By this secret the page knows the server again. It does not let in anybody. */
  readonly pin: string;
  /** The port on which it signed in: a browser keeps its keys by host and port. */
  readonly port: number;
  readonly createdMs: number;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const kept = v.object({
  version: v.literal(1),
  keys: v.pipe(
    v.array(
      v.object({
        key: v.pipe(v.string(), v.regex(/^[\w-]{87}$/)),
        pin: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
        port: v.pipe(count, v.maxValue(65_535)),
        createdMs: count,
      }),
    ),
    v.maxLength(1000),
  ),
});
/** A thousand keys have 200 kB. */
const MOST_BYTES = 1 << 19;

/** The keys of a file; none where there is none. A file that is not ours or broken is kept aside, and the log says so. */
export function readKeyFile(path: string, log: Log): readonly KeptKey[] {
  const read = readOwnFile(path);
  if ('why' in read) {
    if (read.why !== 'ENOENT') log(`the sign-ins of before are lost: ${path}: ${read.why}`);
    return [];
  }
  const parsed = v.safeParse(kept, parseJson(read.text));
  if (parsed.success) return parsed.output.keys;
  try {
    renameSync(path, `${path}.broken`);
    log(`the sign-ins of before are lost: ${path} is broken; it is now ${path}.broken`);
  } catch (error) {
    log(`the sign-ins of before are lost: ${path} is broken and cannot be moved aside: ${errnoOf(error)}`);
  }
  return [];
}

/** A plain file of this user's, not by a link, not one that waits for another program. */
function readOwnFile(path: string): { readonly text: string } | { readonly why: string } {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return { why: errnoOf(error) };
  }
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile()) return { why: 'it is not a file' };
    if (found.uid !== process.geteuid?.()) return { why: `it belongs to user ${found.uid}` };
    if (found.size > MOST_BYTES) return { why: 'it is too large' };
    return { text: readFileSync(descriptor, 'utf8') };
  } catch (error) {
    return { why: errnoOf(error) };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Replaces the file in one step, readable by its owner only. Where that fails the log says so, and sign-ins last as long as the
 * server runs.
 */
export function writeKeyFile(path: string, keys: readonly KeptKey[], log: Log): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, `${JSON.stringify({ version: 1, keys })}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, path);
  } catch (error) {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // It was never made.
    }
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

function errnoOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
