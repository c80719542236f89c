import { fail, ok, type Result } from '#shared/result.ts';
import { runWithin } from './run-within.ts';

/** A drive of Windows can hang for minutes; whoever asks for a file of it gets an answer in this time. */
export const READ_LIMIT_MS = 2000;
/** A settings file has a few hundred bytes. */
const MOST_BYTES = 16 * 2 ** 20;

/** Exit codes of the script, apart from those of head. */
const NO_FILE = 70;
const MISSING = 71;

/**
 * In a process of its own: a thread of ours that waits for a drive that hangs could not be ended, and would keep the program from ending. A pipe
 * is refused before it is opened.
 */
const SCRIPT = `[ -e "$1" ] || [ -L "$1" ] || { ls -d -- "$1" >/dev/null; exit ${MISSING}; }
[ -f "$1" ] || exit ${NO_FILE}
exec head -c "$2" -- "$1"`;

const ERRNOS: readonly (readonly [RegExp, string])[] = [
  [/Permission denied/, 'EACCES'],
  [/No such file|Not a directory/, 'ENOENT'],
  [/Input\/output error/, 'EIO'],
  [/Operation not permitted/, 'EPERM'],
  [/Too many levels/, 'ELOOP'],
  [/File name too long/, 'ENAMETOOLONG'],
  [/Transport endpoint|Host is down|No such device/, 'ENODEV'],
];

/** The bytes of a settings file at this path, within two seconds. */
export async function readSettingsFile(path: string, limitMs = READ_LIMIT_MS): Promise<Result<Buffer>> {
  if (path === '' || path.includes('\0')) return fail('not-found', { what: 'file', path });
  const ran = await runWithin('/bin/sh', ['-c', SCRIPT, 'sh', path, `${MOST_BYTES + 1}`], {
    timeoutMs: limitMs,
    mostBytes: MOST_BYTES,
  });
  switch (ran.how) {
    case 'timeout':
      return fail('io-failed', { what: 'slow', path, seconds: limitMs / 1000 });
    case 'too-much':
      return fail('io-failed', { what: 'too-large', path, mostBytes: MOST_BYTES });
    case 'failed':
      return fail('io-failed', { what: 'read', path, errno: ran.errno });
    case 'ended':
      if (ran.code === 0) return ok(ran.stdout);
      return refused(path, ran.code, ran.stderr);
  }
}

function refused(path: string, code: number, stderr: string): Result<Buffer> {
  if (code === NO_FILE) return fail('io-failed', { what: 'no-file', path });
  const errno = ERRNOS.find(([pattern]) => pattern.test(stderr))?.[1];
  if (errno === 'ENOENT' || (code === MISSING && errno === undefined))
    return fail('not-found', { what: 'file', path });
  return fail('io-failed', { what: 'read', path, errno });
}

/** The names in the folder of a path, within two seconds; none where they cannot be read. */
export async function namesBeside(path: string, limitMs = READ_LIMIT_MS): Promise<readonly string[]> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1) || './';
  const ran = await runWithin('/bin/ls', ['-a', '--', folder], { timeoutMs: limitMs, mostBytes: MOST_BYTES });
  return ran.how === 'ended' && ran.code === 0
    ? ran.stdout
        .toString('utf8')
        .split('\n')
        .filter((name) => name !== '')
    : [];
}
