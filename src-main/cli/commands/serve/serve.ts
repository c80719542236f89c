import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Command } from 'commander';
import { type Client } from '#shared/contract/client.ts';
import { type Killer } from '#shared/model/killer.ts';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { compose } from '../../../composition.ts';
import { AHEAD_PLACES, aheadWithVictims } from '../../../engine/watch/ahead.ts';
import { scopesOf } from '../../../engine/watch/scope-summaries.ts';
import { orderOfScope, orderView } from '../../../engine/watch/order-view.ts';
import { readSelfLimits } from '../../../proc/pid/self-limits.ts';
import { stateFolder, homeFolder } from '../../../store/folders.ts';
import { kernelFiles } from '../../../this-machine.ts';
import { startWeb } from '../../../transport/web.ts';
import { wholeNumber } from '../../terminal/arguments.ts';
import { confirm } from '../../terminal/ask.ts';
import { listText } from '../watch/list-text.ts';
import { ownCommand } from '../../terminal/own-command.ts';
import { keepRunningWithoutOutput, EXIT, logLine, printLine, reportFailure } from '../../terminal/output.ts';
import { HAND_OVER_LIFE_MS, handOverFolders, writeHandOver, type HandOver } from './hand-over.ts';
import { terminal } from '#shared/words/en/terminal.ts';

const DEFAULT_PORT = 7733;
/** A page that may change things is at an address where no other program can have left anything in the browser: docs/security.md. */
const ANY_PORT = 0;
const PLACES = 10;
/** With fewer, Node's own and one connection leave none to look up whose the next connection is. */
const LEAST_OPEN_FILES = 32;
/** xdg-settings is a shell script; what takes longer hangs. */
const XDG_SETTINGS_MS = 3000;

interface ServeOptions {
  readonly port?: number;
  readonly open?: true;
  readonly allowChanges?: true;
}

/** `lifeboat serve`: the page, for browsers on this machine. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .summary('serve the page to a browser on this machine')
    .description('Serves the page on 127.0.0.1 only and prints its address. Ends with Ctrl-C.')
    .option(
      '--port <number>',
      `the port, 0 for any free port (default: ${DEFAULT_PORT}; with --allow-changes: 0)`,
      wholeNumber(0, 65_535),
    )
    .option('--open', 'open the page in a browser')
    .option('--allow-changes', 'allow changes from the page; asks for a password once, in this terminal')
    .action(serve);
}

async function serve({ port, open, allowChanges }: ServeOptions): Promise<void> {
  const limits = readSelfLimits(kernelFiles());
  if (limits.ok && limits.value.openFilesHard < LEAST_OPEN_FILES) {
    logLine(terminal.serve.fewFiles(limits.value.openFilesHard, LEAST_OPEN_FILES));
    process.exitCode = EXIT.failure;
    return;
  }
  const words = wordsFor(process.env['LANG']).alerts;
  const composed = compose({
    policy: allowChanges === true ? 'when-asked' : { readOnly: true, command: allowing() },
    asks: process.stdin.isTTY ? 'terminal' : 'none',
    log: logLine,
    onAlert: ({ alert }) => {
      if (alert.kind === 'itself-next') logLine(`${words.alertTitle(alert)}. ${words.alertText(alert)}`);
    },
  });
  if (!composed.ok) {
    reportFailure(composed.error);
    return;
  }
  const lifeboat = composed.value;
  if (allowChanges === true && !(await allow(lifeboat.client))) {
    await lifeboat.close();
    return;
  }
  keepRunningWithoutOutput();
  lifeboat.followRules();
  let printed = '';
  let handOver: HandOver | undefined;
  const web = await startWeb({
    handlers: lifeboat.handlers,
    port: port ?? (allowChanges === true ? ANY_PORT : DEFAULT_PORT),
    filesDir: fileURLToPath(new URL('../renderer', import.meta.url)),
    icons: lifeboat.icons,
    right: allowChanges === true ? 'change' : 'look',
    stateDir: stateFolder(),
    log: logLine,
    files: kernelFiles(),
    nowMs: Date.now,
    randomBytes,
    onSignIn: (address) => {
      if (address !== printed) handOver?.remove();
      else if (web.ok) {
        printed = web.value.mintAddress();
        printLine(`Another browser: ${printed}`);
      }
    },
  });
  if (!web.ok) {
    await lifeboat.close();
    reportFailure(web.error);
    return;
  }
  printed = web.value.address;
  printOrder(lifeboat.first, lifeboat.monitor.killers);
  printLine(terminal.serve.open(printed));
  if (open === true) handOver = openBrowser(web.value.mintAddress(HAND_OVER_LIFE_MS));
  const end = () => {
    handOver?.remove();
    void Promise.all([lifeboat.close(), web.value.close()]).then(() => process.exit(0));
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  await lifeboat.learnIdentity();
}

function allowing(): string {
  const bin = fileURLToPath(new URL('../../bin/lifeboat', import.meta.url));
  return `${ownCommand(bin, process.env['PATH'])} serve --allow-changes`;
}

function printOrder(snapshot: Snapshot, killers: readonly Killer[]): void {
  const order = orderOfScope(snapshot, GLOBAL_SCOPE, PLACES);
  if (!order.ok) return;
  const words = wordsFor(process.env['LANG']);
  const ahead = aheadWithVictims(
    { killers },
    scopesOf(snapshot),
    (scope) => orderOfScope(snapshot, scope, AHEAD_PLACES),
    () => undefined,
  );
  const lines = listText(snapshot, orderView(order.value, PLACES), words, undefined, { killers, ahead });
  printLine(lines.join('\n'));
}

/**
 * Whether this terminal lets the page change things: asked once, here, and root is reached here as well, so that no request of a page ever
 * raises a question.
 */
async function allow(client: Client): Promise<boolean> {
  if (!(await confirm(terminal.serve.allow))) {
    logLine(terminal.serve.notAllowed);
    process.exitCode = EXIT.failure;
    return false;
  }
  const rights = await client.request('change.unlock', {});
  // Raising one's own processes needs no root: the page is still of use.
  if (!rights.ok) reportFailure(rights.error);
  return rights.ok;
}

/** Opens the address by a file that only this user can read: every user can read the arguments of xdg-open and of the browser. */
function openBrowser(address: string): HandOver | undefined {
  const browser = defaultBrowser();
  const folders = handOverFolders({
    env: process.env,
    home: homeFolder(),
    stateFolder: stateFolder(),
    ...(browser !== undefined && { browser }),
  });
  const handOver = writeHandOver(folders, address, randomBytes(12).toString('base64url'));
  if (handOver === undefined) {
    logLine(terminal.serve.noFolder);
    return undefined;
  }
  setTimeout(() => {
    handOver.remove();
  }, HAND_OVER_LIFE_MS).unref();
  const opener = spawn('xdg-open', [handOver.file], { stdio: 'ignore', detached: true });
  opener.on('error', () => {
    handOver.remove();
    logLine(terminal.serve.noOpener);
  });
  opener.unref();
  return handOver;
}

function defaultBrowser(): string | undefined {
  const asked = spawnSync('xdg-settings', ['get', 'default-web-browser'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: XDG_SETTINGS_MS,
  });
  return asked.status === 0 ? asked.stdout : undefined;
}
