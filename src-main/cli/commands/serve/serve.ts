import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Command } from 'commander';
import { GLOBAL_SCOPE } from '#shared/model/scope.ts';
import { wordsFor } from '#shared/words/index.ts';
import { type Snapshot } from '../../../collect/snapshot.ts';
import { compose } from '../../../composition.ts';
import { type Actions } from '../../../engine/change/actions.ts';
import { orderOfScope, orderView } from '../../../engine/watch/order-view.ts';
import { stateFolder } from '../../../store/folders.ts';
import { kernelFiles } from '../../../this-machine.ts';
import { startWeb } from '../../../transport/web.ts';
import { wholeNumber } from '../../terminal/arguments.ts';
import { confirm } from '../../terminal/ask.ts';
import { listText } from '../watch/list-text.ts';
import { ownCommand } from '../../terminal/own-command.ts';
import { EXIT, logLine, printLine, reportFailure } from '../../terminal/output.ts';

const DEFAULT_PORT = 7733;
const PLACES = 10;
/** Why a page may look only, and how it may do more. */
const READ_ONLY =
  'This page shows everything and changes nothing. Started with --allow-changes, lifeboat serve lets it.';

interface ServeOptions {
  readonly port: number;
  readonly open?: true;
  readonly allowChanges?: true;
}

/** `lifeboat serve`: the page, for browsers on this machine. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .summary('serve the page to a browser on this machine')
    .description('Serves the page on 127.0.0.1 only and prints its address. Ends with Ctrl-C.')
    .option('--port <number>', 'the port, 0 for any free port', wholeNumber(0, 65_535), DEFAULT_PORT)
    .option('--open', 'open the page in a browser')
    .option('--allow-changes', 'allow changes from the page; asks for a password once, in this terminal')
    .action(serve);
}

async function serve({ port, open, allowChanges }: ServeOptions): Promise<void> {
  const composed = compose({
    policy: allowChanges === true ? 'when-asked' : { readOnly: READ_ONLY, command: allowing() },
    asks: process.stdin.isTTY ? 'terminal' : 'nobody',
    log: logLine,
  });
  if (!composed.ok) {
    reportFailure(composed.error);
    return;
  }
  const lifeboat = composed.value;
  if (allowChanges === true && !(await allow(lifeboat.actions))) {
    await lifeboat.close();
    return;
  }
  lifeboat.followRules();
  const web = await startWeb({
    handlers: lifeboat.handlers,
    port,
    filesDir: fileURLToPath(new URL('../renderer', import.meta.url)),
    stateDir: stateFolder(),
    log: logLine,
    files: kernelFiles(),
    nowMs: Date.now,
    randomBytes,
    onSignIn: () => {
      if (web.ok) printLine(`Another browser: ${web.value.mintAddress()}`);
    },
  });
  if (!web.ok) {
    await lifeboat.close();
    reportFailure(web.error);
    return;
  }
  printOrder(lifeboat.first);
  printLine(`\nOpen ${web.value.address}\n(this machine only; the address works once; Ctrl-C ends it)`);
  if (open === true) openBrowser(web.value.address);
  const end = () => {
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

function printOrder(snapshot: Snapshot): void {
  const order = orderOfScope(snapshot, GLOBAL_SCOPE, PLACES);
  if (!order.ok) return;
  printLine(listText(snapshot, orderView(order.value, PLACES), wordsFor(process.env['LANG'])).join('\n'));
}

/**
 * Whether this terminal lets the page change things: asked once, here, and root is reached here as well, so that no request of a page ever
 * raises a question.
 */
async function allow(actions: Actions): Promise<boolean> {
  if (!(await confirm('Let the page protect processes and change settings, as root where that is needed?'))) {
    logLine('Nothing was started. Without --allow-changes the page shows everything and changes nothing.');
    process.exitCode = EXIT.failure;
    return false;
  }
  const rights = await actions.unlock();
  // Raising one's own processes needs no root: the page is still of use.
  if (!rights.ok) reportFailure(rights.error);
  return rights.ok;
}

function openBrowser(address: string): void {
  const opener = spawn('xdg-open', [address], { stdio: 'ignore', detached: true });
  opener.on('error', () => {
    logLine('There is no xdg-open here: open the address by hand.');
  });
  opener.unref();
}
