import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { HELPER_PROTOCOL, type HelperHello } from '#shared/contract/helper.ts';
import { fail, ok, type Result } from '#shared/result.ts';
import { makeRoom } from '../../proc/descriptors.ts';
import { HelperConnection, onLines, parseObject } from './connection.ts';
import { type Helper } from './helper.ts';
import { type Method } from './methods.ts';
import { explainFailedStart } from './start-failure.ts';

/** A helper says hello at once; Windows may have to start its machine first. */
const HELLO_MS = 10_000;
/** How long a person may take to find the password. */
const PERSON_MS = 300_000;
/** Descriptors that are free for a start: three pipes with two ends, and what Node takes besides; 9 were enough. */
const DESCRIPTORS = 12;
/** As much of what a start says as can matter. */
const STDERR_CHARACTERS = 4000;

/**
 * The variables of our environment that the ways to root need: sudo and polkit identify the user by them, a password prompt needs TERM, and
 * the WSL ones reach Windows. SHELL is left out since pkexec refuses unusual ones, LD_LIBRARY_PATH and NODE_OPTIONS on principle.
 */
const HANDED_ON = ['USER', 'LOGNAME', 'HOME', 'TERM', 'XDG_SESSION_ID', 'WSL_INTEROP', 'WSL_DISTRO_NAME'];

/** Starts a helper in one way. Only its hello counts as success, since an exit code may come from pkexec, sudo or the helper. */
export function launch(
  method: Method,
  command: readonly string[],
  helloMs = HELLO_MS,
): Promise<Result<Helper>> {
  const [file = '', ...args] = [...method.prefix, ...command];
  makeRoom(DESCRIPTORS);
  const child = spawn(file, args, { cwd: '/', env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
  const notStarted = (error: Error): Result<Helper> => ({
    ok: false,
    error: explainFailedStart(method.via, { code: null, signal: null, stderr: error.message }),
  });
  return new Promise((resolve) => {
    // Without a descriptor there are no pipes either.
    if (child.pid === undefined) {
      child.once('error', (error) => {
        resolve(notStarted(error));
      });
      return;
    }
    let stderr = '';
    let connection: HelperConnection | undefined;
    const patience = waitForHello(child, method, helloMs, () => {
      settle(fail('helper-silent', {}));
    });
    const settle = (result: Result<Helper>) => {
      clearInterval(patience);
      if (!result.ok) giveUp(child);
      resolve(result);
    };
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-STDERR_CHARACTERS);
      // "Sorry, try again." is for the person at the terminal.
      if (method.asksPerson && connection === undefined && process.stderr.isTTY) process.stderr.write(chunk);
    });
    onLines(child, (line) => {
      if (connection !== undefined) connection.receive(line);
      const hello = connection === undefined ? parseHello(line) : undefined;
      if (hello === undefined) return;
      if (hello.protocol === HELPER_PROTOCOL) {
        connection = new HelperConnection(child, hello, method.via);
        settle(ok(connection));
      } else settle(wrongVersion(hello));
    });
    child.once('error', (error) => {
      settle(notStarted(error));
    });
    child.once('close', (code, signal) => {
      if (connection === undefined)
        settle({ ok: false, error: explainFailedStart(method.via, { code, signal, stderr }) });
    });
  });
}

function environment(): NodeJS.ProcessEnv {
  const handedOn: NodeJS.ProcessEnv = {};
  for (const name of HANDED_ON) {
    const value = process.env[name];
    if (value !== undefined) handedOn[name] = value;
  }
  return { ...handedOn, PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
}

/** A timer that calls `tooLate`. The time for the hello runs only after the password: pkexec then becomes the helper, with its name. */
function waitForHello(
  child: ChildProcessWithoutNullStreams,
  method: Method,
  helloMs: number,
  tooLate: () => void,
): NodeJS.Timeout {
  const tickMs = 250;
  let personMs = method.asksPerson ? PERSON_MS : 0;
  let leftMs = helloMs;
  return setInterval(() => {
    const isAsking = personMs > 0 && (method.via !== 'pkexec' || nameOf(child.pid) === 'pkexec');
    if (isAsking) personMs -= tickMs;
    else leftMs -= tickMs;
    if (leftMs <= 0) tooLate();
  }, tickMs);
}

function nameOf(pid: number | undefined): string | undefined {
  try {
    return readFileSync(`/proc/${pid ?? 'self'}/comm`, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}

/** The end of its input ends a helper; pkexec and sudo that still ask are signalled. */
function giveUp(child: ChildProcessWithoutNullStreams): void {
  child.stdin.on('error', () => undefined);
  child.stdin.end();
  child.kill();
}

function parseHello(line: string): HelperHello | undefined {
  const message = parseObject(line);
  return message?.['hello'] === 'lifeboat-helper' && typeof message['protocol'] === 'number'
    ? (message as unknown as HelperHello)
    : undefined;
}

function wrongVersion({ version }: HelperHello): Result<never> {
  return fail('helper-version', { version: typeof version === 'string' ? version : '?' });
}
