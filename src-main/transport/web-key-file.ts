import { renameSync } from 'node:fs';
import * as v from 'valibot';
import { type Log } from '#shared/contract/server.ts';
import { failureLine } from '#shared/words/index.ts';
import { type OwnFileFault, readOwnFile } from '../store/own-file.ts';
import { writeWhole } from '../store/whole-file.ts';
import { logLines } from '#shared/words/en/log.ts';

/** A signed-in browser. */
export interface KeptKey {
  /** Its public key. */
  readonly key: string;
  /** The secret by which the page recognizes the server. It gives no access. */
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
  const read = readOwnFile(path, { mostBytes: MOST_BYTES, followLinks: false });
  if (!read.ok) {
    const { fault } = read;
    if (fault.kind !== 'missing') log(logLines.signInsLost(faultLine(path, fault)));
    return [];
  }
  const parsed = v.safeParse(kept, parseJson(read.text));
  if (parsed.success) return parsed.output.keys;
  try {
    renameSync(path, `${path}.broken`);
    log(logLines.signInsLost(logLines.movedAside(path)));
  } catch (error) {
    log(logLines.signInsLost(logLines.cannotMoveAside(path, errnoOf(error))));
  }
  return [];
}

/**
 * Replaces the file in one step, readable by its owner only. Where that fails the log says so, and sign-ins last as long as the
 * server runs.
 */
export function writeKeyFile(path: string, keys: readonly KeptKey[], log: Log): void {
  const written = writeWhole(path, `${JSON.stringify({ version: 1, keys })}\n`, 0o600, false);
  if (!written.ok) log(logLines.signInNotKept(failureLine(written.error)));
}

function faultLine(path: string, fault: OwnFileFault): string {
  return fault.kind === 'unsafe' ? failureLine(fault.failure) : `${path}: ${fault.kind}`;
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
