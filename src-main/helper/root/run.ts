import { once } from 'node:events';
import { HELPER_HEARTBEAT_MS, HELPER_LINE_BYTES } from '#shared/contract/helper.ts';
import { safeJson } from '#shared/format/safe-text.ts';
import { AuditLog } from './audit-log.ts';
import { type GuardProgram } from './guard/guard.ts';
import { LineReader } from './line-reader.ts';
import { helloOf, stayAlive } from './self.ts';
import { Session } from './session.ts';
import { type Tree } from './tree.ts';

/** Bytes of output that may wait to be read. Above it no input is read, and records of the kernel are left where they are. */
const BACKLOG_BYTES = 64 * 1024;

/**
 * Speaks the protocol of shared/contract/helper.ts over standard input and output until the input ends, nothing was heard for a while, a
 * signal comes, or the other side no longer reads. Whatever ends it: what was not confirmed is taken back first.
 */
export async function runHelper(tree: Tree, version: string, guard: GuardProgram): Promise<void> {
  const { stdin, stdout } = process;
  const hello = helloOf(tree, version);
  const log = new AuditLog(tree, hello.askedByUid);
  const send = (message: unknown): void => void stdout.write(`${safeJson(message)}\n`);
  const isBehind = () => stdout.writableLength > BACKLOG_BYTES;
  const session = new Session(tree, log, send, isBehind, guard);

  let ended = false;
  const hasEnded = () => ended;
  const end = (cause: string, code: number): void => {
    if (ended) return;
    ended = true;
    // Whatever is wrong, the guard takes back what the helper cannot.
    void session.end(cause).finally(() => process.exit(code));
  };
  const heartbeat = setTimeout(() => {
    end('no heartbeat', 1);
  }, HELPER_HEARTBEAT_MS);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const)
    process.on(signal, () => {
      end(signal, 0);
    });
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    end('a bug', 70);
  });
  stdout.on('error', () => {
    end('output is closed', 1);
  });

  process.chdir('/');
  process.umask(0o022);
  stayAlive(tree);
  log.record({ started: hello });
  send(hello);
  await session.begin();

  const reader = new LineReader(HELPER_LINE_BYTES);
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    for (const line of reader.feed(chunk)) {
      if (hasEnded()) return;
      await session.handle(line);
      if (isBehind()) await once(stdout, 'drain');
      heartbeat.refresh();
    }
  }
  end('end of input', 0);
}
