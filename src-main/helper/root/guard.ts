import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { type Readable, type Writable } from 'node:stream';
import { fail, ok, type Result } from '#shared/result.ts';
import { attempt } from './files.ts';

/** A write that takes a change back: the file, the value that is ours, and the one of before. */
export interface UndoWrite {
  readonly path: string;
  readonly ours: string;
  readonly before: string;
}

/** Stands by while a change waits to be confirmed. */
export interface Guard {
  /** The change is kept, or has been taken back: there is nothing left to guard. */
  dismiss(): void;
}

/** A shell is there in some milliseconds. */
const READY_MS = 5000;

/**
 * Waits on its standard input. The word `done` ends it; the end of the input without that word means that the helper is dead, and then
 * each file that still holds our value gets the old one. Only commands that the shell has built in, since nothing can be started and
 * hardly anything allocated when memory is gone. A shell reads byte by byte, and of a sysctl the kernel gives only the first byte that way
 * (proc_dointvec() ends at any offset but 0): so what was read has to be how our value begins. Values come as arguments, never as part of
 * the script.
 */
const SCRIPT = `
trap '' HUP INT TERM
echo ready
while read -r word; do [ "$word" = done ] && exit 0; done
while [ $# -ge 3 ]; do
  now=
  read -r now < "$1"
  case "$2" in "\${now:-nothing}"*) echo "$3" > "$1" ;; esac
  shift 3
done`;

/**
 * Starts the guard of a change, before the change. The helper is a Node, which dies where memory cannot be had: measured with no more data
 * allowed to it, and just that comes about by strict overcommit. A shell that waits in a read needs nothing and lives on. In a session of
 * its own, so that what ends the helper does not end it.
 */
export async function startGuard(undo: readonly UndoWrite[]): Promise<Result<Guard>> {
  const values = undo.flatMap(({ path, ours, before }) => [path, ours, before]);
  const started = attempt('/bin/sh', () => ok(startShell(['-c', SCRIPT, 'lifeboat-guard', ...values])));
  if (!started.ok) return started;
  const shell = started.value;
  const isReady = await new Promise<boolean>((resolve) => {
    const patience = setTimeout(resolve, READY_MS, false);
    const settle = (ready: boolean) => {
      clearTimeout(patience);
      resolve(ready);
    };
    shell.stdout.once('data', () => {
      settle(true);
    });
    shell.once('error', () => {
      settle(false);
    });
    shell.once('close', () => {
      settle(false);
    });
  });
  // Also to one that said nothing: it must not wake up later.
  const dismiss = () => void shell.stdin.end('done\n');
  if (isReady) return ok({ dismiss });
  dismiss();
  return fail('io-failed', { what: 'guard' });
}

function startShell(args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
  const shell = spawn('/bin/sh', args, {
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  // It may be gone before it is dismissed.
  shell.stdin.on('error', () => undefined);
  return shell;
}
