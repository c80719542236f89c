/**
 * `npm start`: builds when that is needed, then opens the window where there can be one, and else serves the page and says why. What
 * follows `--` goes to `lifeboat serve`, and means the page; `--page` alone means it too. Electron's program, which its package comes without, is
 * fetched at the first start.
 */
import { fileURLToPath } from 'node:url';
import { HOST_FILES } from '../src-main/proc/kernel-files.ts';
import { detectWsl } from '../src-main/proc/surroundings.ts';
import { PROGRAM, buildWhenNeeded } from './builder.ts';
import {
  downloadElectron,
  electronGet,
  electronPackage,
  electronProgram,
  type Outcome,
  sandboxFacts,
  tryElectron,
  unpackElectron,
} from './electron.ts';
import { chooseFront, hasDisplay, PAGE_ARG, WINDOW_ARGS, whyNoSandbox } from './front.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { env, argv, execPath } = process;
const args = argv.slice(2);

if (buildWhenNeeded()) await start();
else process.exitCode = 1;

async function start(): Promise<void> {
  const isWsl = detectWsl(HOST_FILES) !== undefined;
  const front = chooseFront({ args, uid: process.getuid?.(), env, isWsl });
  if (front.kind === 'page') {
    servePage(front.why);
    return;
  }
  const electron = electronPackage(ROOT);
  const fetched = electronProgram(electron) === undefined ? await fetchElectron() : { ok: true as const };
  const program = electronProgram(electron);
  if (!fetched.ok || program === undefined) {
    servePage(`Electron could not be fetched: ${fetched.ok ? 'its program is missing' : fetched.why}`);
    return;
  }
  const tried = tryElectron(program);
  const why = tried.ok ? whyNoSandbox(sandboxFacts(program)) : `Electron does not run here: ${tried.why}`;
  if (why === undefined) become(program, [ROOT, ...args]);
  else servePage(why);
}

async function fetchElectron(): Promise<Outcome> {
  const electron = electronPackage(ROOT);
  const say = (text: string) => process.stderr.write(text);
  const isTerminal = process.stderr.isTTY;
  say(`Fetching Electron ${electron.version}, once (some 110 MiB) ...${isTerminal ? '' : '\n'}`);
  const downloaded = await downloadElectron(electron, await electronGet(electron), (percent) => {
    if (isTerminal) say(`\rFetching Electron ${electron.version}, once (some 110 MiB) ... ${percent}% `);
    else if (percent % 10 === 0) say(`${percent}%\n`);
  });
  if (isTerminal) say('\n');
  return downloaded.ok ? unpackElectron(electron) : downloaded;
}

function servePage(why?: string): void {
  if (why !== undefined) process.stderr.write(`The page instead of the window: ${why}.\n`);
  const serveArgs = args.filter((arg) => arg !== PAGE_ARG && !WINDOW_ARGS.includes(arg));
  const open = hasDisplay(env) && !serveArgs.includes('--open') ? ['--open'] : [];
  // As bin/lifeboat does: it is to stay small.
  become(execPath, ['--max-semi-space-size=1', '--v8-pool-size=0', PROGRAM, 'serve', ...open, ...serveArgs]);
}

/** Replaces this process by that program: it gets the terminal's signals directly, and no second Node stays in memory. */
function become(program: string, programArgs: readonly string[]): void {
  const own = { ...env };
  // Left in the environment it would make the window's program run as Node.
  delete own['ELECTRON_RUN_AS_NODE'];
  process.execve?.(program, [program, ...programArgs], own);
}
